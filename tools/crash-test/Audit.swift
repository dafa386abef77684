// Compares what the ledger has with what its clients know: every acknowledged write is there and
// whole, every token found was asked for, and of what was undecided a first part was carried out
// and nothing behind it, since one connection's writes stand in the log in their order.
// The number of events in the log must be the number of writes: nothing hides behind the tokens.

import LedgerClient
import RESP

/// What an audit looks at besides the tokens.
struct LogPosition {
  /// The id of the last event seen.
  var lastID = "0-0"
  var lastSequence: Int64 = 0
  /// Events of clients seen so far; `opened` and `recovered` are the daemon's own.
  var clientEventCount: Int64 = 0
}

/// Compares a running ledger with the accounts of its clients.
struct Audit {
  let connection: LedgerConnection

  private static let fields = [
    "id", "character_id", "character_name", "owner_hash", "scopes", "access_fingerprint",
    "refresh_fingerprint", "version",
  ]

  /// Checks everything, and settles what was undecided.
  func check(_ accounts: inout [Account], _ position: inout LogPosition) throws(Trouble) {
    for index in accounts.indices { try check(&accounts[index]) }
    let total = try answered("COUNT") { () throws(ClientError) in
      try connection.count(RemoteQuery.find)
    }
    let known = accounts.map(\.tokens.count).reduce(0, +)
    guard total == known else {
      throw .finding("\(total) tokens are there, the clients know of \(known)")
    }
    try readLog(&position)
    let expected = accounts.map(\.eventCount).reduce(0, +)
    guard position.clientEventCount == expected else {
      throw .finding(
        "the log has \(position.clientEventCount) events of clients, they know of \(expected)")
    }
  }

  // MARK: Tokens

  /// Finds the first part of the undecided writes that explains what is there.
  private func check(_ account: inout Account) throws(Trouble) {
    let found = try foundTokens(of: account)
    var candidate = account
    candidate.undecided = []
    var best = Self.differences(candidate, found)
    for operation in account.undecided where !best.isEmpty {
      candidate.apply(operation)
      let differences = Self.differences(candidate, found)
      guard !differences.isEmpty else {
        best = []
        break
      }
      if differences.count < best.count { best = differences }
    }
    guard best.isEmpty else {
      throw .finding("client \(account.user): " + best.prefix(8).joined(separator: "; "))
    }
    candidate.tokens = found
    account = candidate
  }

  private static func differences(_ account: Account, _ found: [Int64: OwnToken]) -> [String] {
    var texts: [String] = []
    for (character, token) in account.tokens {
      guard let there = found[character] else {
        texts.append("the token of \(character) is lost")
        continue
      }
      if !token.matches(there) { texts.append("\(character) is \(there), known as \(token)") }
    }
    for (character, token) in found where account.tokens[character] == nil {
      texts.append("\(character) is there as \(token), but was deleted or never acknowledged")
    }
    return texts.sorted()
  }

  private func foundTokens(of account: Account) throws(Trouble) -> [Int64: OwnToken] {
    let rows = try answered("FIELDS") { () throws(ClientError) in
      try connection.fields(Self.fields, of: RemoteQuery.find.user(String(account.user)))
    }
    var found: [Int64: OwnToken] = [:]
    for row in rows {
      guard let id = row[0].integer, let character = row[1].integer,
        let scopes = row[4].elements?.compactMap(\.text), let version = row[7].integer
      else { throw .finding("a token without its fields") }
      try checkTexts(row, character, account)
      guard found[character] == nil else { throw .finding("\(character) is there twice") }
      found[character] = OwnToken(id: id, scopes: scopes, version: version)
    }
    return found
  }

  /// What follows from the character must be as it was sent, secrets by their fingerprints.
  private func checkTexts(
    _ row: [Reply], _ character: Int64, _ account: Account
  ) throws(Trouble) {
    let expected = [
      Account.name(of: character), "owner-\(account.user)",
      Account.fingerprint(account.secret("at", of: character)),
      Account.fingerprint(account.secret("rt", of: character)),
    ]
    let shown = [row[2].text, row[3].text, row[5].text, row[6].text]
    guard shown == expected else {
      throw .finding("the token of \(character) is not whole: \(shown) instead of \(expected)")
    }
  }

  // MARK: The log

  /// Reads the events that came since the last look: they must follow without a gap.
  private func readLog(_ position: inout LogPosition) throws(Trouble) {
    let id = position.lastID
    let reply = try answered("XREAD") { () throws(ClientError) in
      try connection.call(["XREAD", "STREAMS", "ledger", id])
    }
    let entries = reply.elements?.first?.elements?.last?.elements ?? []
    for entry in entries {
      guard let id = entry.elements?.first?.text, let fields = entry.elements?.last,
        let sequence = fields.value(for: "seq")?.text.flatMap({ Int64($0) })
          ?? fields.value(for: "seq")?.integer, let type = fields.value(for: "type")?.text
      else { throw .finding("an entry of the log without id, seq or type") }
      guard sequence == position.lastSequence + 1 else {
        throw .finding("event \(sequence) follows event \(position.lastSequence)")
      }
      position.lastID = id
      position.lastSequence = sequence
      if type != "opened" && type != "recovered" { position.clientEventCount += 1 }
    }
  }
}
