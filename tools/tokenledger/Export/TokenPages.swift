// Whole tokens, page by page in ascending id, each with its secrets if they are wanted. Another
// client may refresh a token between the two questions about it; its fingerprints then do not fit
// its secrets, and it is asked for again.

import RESP
import TokenLedger

/// A reader of all tokens of a ledger.
struct TokenPages {
  private let endpoint: any LedgerEndpoint
  private let withSecrets: Bool
  private var ids: RowPages

  /// A token, and its secrets if they were asked for.
  typealias Element = (TokenRecord, TokenSecrets?)

  /// Starts at the lowest id.
  init(_ endpoint: any LedgerEndpoint, withSecrets: Bool, pageTokens: Int64) {
    self.endpoint = endpoint
    self.withSecrets = withSecrets
    ids = RowPages(
      endpoint, LedgerRequest("TOKENS.FIND"), fields: [.id], limit: nil, pageRows: pageTokens)
  }

  /// The next page, without tokens deleted meanwhile; nil at the end.
  mutating func next() throws(EndpointError) -> [Element]? {
    guard let rows = try ids.next() else { return nil }
    var waiting = rows.compactMap { $0[0].integer }
    var found: [Element] = []
    for _ in 0..<Export.maximumAttempts where !waiting.isEmpty {
      waiting = try read(waiting, &found)
    }
    guard waiting.isEmpty else { throw .unsteady }
    return found.sorted { $0.0.id < $1.0.id }
  }

  /// Adds what could be read to `found`, and gives the ids to be read again.
  private func read(_ ids: [Int64], _ found: inout [Element]) throws(EndpointError) -> [Int64] {
    var again: [Int64] = []
    let requests = ids.flatMap { id in
      [LedgerRequest("TOKEN.GET", id: id)]
        + (withSecrets ? [LedgerRequest("TOKEN.SECRETS", id: id)] : [])
    }
    let replies = try endpoint.pipeline(requests)
    guard replies.count == requests.count else { throw .unexpectedReply(command: "TOKEN.GET") }
    let stride = withSecrets ? 2 : 1
    for (index, id) in ids.enumerated() {
      let reply = try replies[index * stride].checked()
      guard !reply.isNull else { continue }
      guard let token = TokenRecord(reply) else { throw .unexpectedReply(command: "TOKEN.GET") }
      guard withSecrets else {
        found.append((token, nil))
        continue
      }
      let secrets = TokenSecrets(try replies[index * stride + 1].checked())
      if let secrets, token.has(secrets) {
        found.append((token, secrets))
      } else {
        again.append(id)
      }
    }
    return again
  }
}

extension TokenRecord {
  /// Whether these are the secrets that the fingerprints stand for.
  fileprivate func has(_ secrets: TokenSecrets) -> Bool {
    secrets.access.fingerprint == accessFingerprint
      && secrets.refresh.fingerprint == refreshFingerprint
  }
}

extension [UInt8]? {
  /// The fingerprint of a secret; nil for none and for the empty text.
  fileprivate var fingerprint: String? {
    guard let self, !self.isEmpty else { return nil }
    return SecretDigest(of: self).fingerprint
  }
}
