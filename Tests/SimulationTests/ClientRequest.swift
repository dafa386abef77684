// What a simulated client may ask, and the words for it. Every write carries a reason that no other
// one has, so that an event of the log names the request that led to it.

import TestSupport

/// A new token as a request describes it.
struct ModelCreation: Equatable {
  var token: ModelToken
  /// The id that it brings along.
  var id: Int64?
  /// Whether it brings its time along; else that is now.
  var hasCreated: Bool
  var key: String?

  /// Whether the request is the same, whatever it is named.
  func isSameRequest(as other: ModelCreation) -> Bool {
    var (mine, its) = (self, other)
    (mine.key, its.key) = (nil, nil)
    return mine == its
  }

  var words: [String] {
    var words = [
      "TOKEN.CREATE", "CHARACTER", "\(token.character)", "NAME", token.name, "OWNER", token.owner,
      "TYPE", token.type, "SCOPES", token.scopes.joined(separator: " "), "SSOVERSION",
      "\(token.ssoVersion)",
    ]
    if let user = token.user { words += ["USER", user] }
    if let access = token.access, !access.isEmpty { words += ["ACCESS", access] }
    if let refresh = token.refresh { words += ["REFRESH", refresh] }
    if let id { words += ["ID", "\(id)"] }
    if hasCreated { words += ["CREATED", seconds(token.createdMicroseconds)] }
    if let key { words += ["KEY", key] }
    return words
  }

  /// Microseconds as seconds with six decimals.
  private func seconds(_ microseconds: Int64) -> String {
    let fraction = String(microseconds % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.count)
    return "\(microseconds / 1_000_000).\(zeros)\(fraction)"
  }
}

/// A request.
enum ClientRequest {
  case create(ModelCreation)
  case grant(Int64, [String], expected: Int?)
  case delete(Int64, expected: Int?)
  case deleteMatching(ModelQuery)
  case get(Int64)
  case secrets(Int64)
  case lookUp(character: Int64, [String])
  case find(ModelQuery)
  /// As of an event; 0: before the first.
  case findAsOf(ModelQuery, Int)
  case history(Int64, count: Int?, isReverse: Bool)
  /// The events of a token, or of all.
  case ledgerHistory(Int64?, count: Int?, isReverse: Bool)
  case range(count: Int?, isReverse: Bool)
  /// From here on; nil: from the next event on.
  case read(after: Int?, count: Int?, blockMilliseconds: Int64?)
  case length
  case echo(String)
  case hello(name: String)
  /// A request that is no command.
  case unknown
  case quit

  var isWrite: Bool {
    switch self {
    case .create, .grant, .delete, .deleteMatching: true
    default: false
    }
  }

  /// The words, with `tag` as the reason of a write; `eventID` has the ids of events by sequence.
  func words(tag: String, eventID: (Int) -> String) -> [String] {
    switch self {
    case .create(let creation): creation.words + ["REASON", tag]
    case .grant(let id, let scopes, let expected):
      ["TOKEN.GRANT", "\(id)", scopes.joined(separator: " "), "REASON", tag] + expect(expected)
    case .delete(let id, let expected):
      ["TOKEN.DELETE", "\(id)", "REASON", tag] + expect(expected)
    case .deleteMatching(let query): ["TOKENS.DELETE"] + query.words + ["REASON", tag]
    case .get(let id): ["TOKEN.GET", "\(id)"]
    case .secrets(let id): ["TOKEN.SECRETS", "\(id)"]
    case .lookUp(let character, let scopes):
      ["TOKEN.LOOKUP", "\(character)", scopes.joined(separator: " ")]
    case .find(let query): ["TOKENS.FIND"] + query.words
    case .findAsOf(let query, let last): ["TOKENS.FIND", "ASOF", "#\(last)"] + query.words
    case .ledgerHistory(let id, let count, let isReverse):
      ["LEDGER.HISTORY"] + (id.map { ["TOKEN", "\($0)"] } ?? []) + counted(count)
        + (isReverse ? ["REV"] : [])
    case .history(let id, let count, let isReverse):
      ["TOKEN.HISTORY", "\(id)"] + counted(count) + (isReverse ? ["REV"] : [])
    case .range(let count, false): ["XRANGE", "ledger", "-", "+"] + counted(count)
    case .range(let count, true): ["XREVRANGE", "ledger", "+", "-"] + counted(count)
    case .read(let after, let count, let block):
      ["XREAD"] + counted(count) + (block.map { ["BLOCK", "\($0)"] } ?? [])
        + ["STREAMS", "ledger", after.map { $0 == 0 ? "0" : eventID($0) } ?? "$"]
    case .length: ["XLEN", "ledger"]
    case .echo(let text): ["ECHO", text]
    case .hello(let name): ["HELLO", "3", "SETNAME", name]
    case .unknown: ["NOSUCH", "1"]
    case .quit: ["QUIT"]
    }
  }

  private func counted(_ count: Int?) -> [String] { count.map { ["COUNT", "\($0)"] } ?? [] }

  private func expect(_ version: Int?) -> [String] { version.map { ["EXPECT", "\($0)"] } ?? [] }
}

extension ClientRequest {
  /// Any request, about few tokens, so that clients get into each other's way.
  ///
  /// Tokens are created near `now`, and up to `eventCount` events are asked about.
  static func random(
    _ generator: inout SeededGenerator, now: Int64, eventCount: Int
  ) -> ClientRequest {
    let id = Int64.random(in: 1...24, using: &generator)
    let version =
      Int.random(in: 0...3, using: &generator) == 0
      ? Int.random(in: 1...3, using: &generator) : nil
    let count = Bool.random(using: &generator) ? Int.random(in: 1...9, using: &generator) : nil
    switch Int.random(in: 0...30, using: &generator) {
    case 0...6: return .create(.random(&generator, now: now))
    case 7...9: return .grant(id, randomScopes(&generator) + ["z"], expected: version)
    case 10, 11: return .delete(id, expected: version)
    case 12: return .deleteMatching(.random(&generator, conditions: 2...3).asFilter)
    case 13: return .get(id)
    case 14: return .secrets(id)
    case 15:
      return .lookUp(
        character: Int64.random(in: 1...4, using: &generator), randomScopes(&generator))
    case 16...19: return .find(.random(&generator))
    case 20: return .history(id, count: count, isReverse: Bool.random(using: &generator))
    case 21: return .range(count: count, isReverse: Bool.random(using: &generator))
    case 22, 23, 24:
      let block: Int64? = [nil, 0, 5, 50].randomElement(using: &generator) ?? nil
      let after =
        Bool.random(using: &generator) ? nil : Int.random(in: 0...eventCount, using: &generator)
      return .read(after: after, count: count, blockMilliseconds: block)
    case 25: return .length
    case 26: return .echo(String(repeating: "e", count: Int.random(in: 0...300, using: &generator)))
    case 27, 28:
      return .findAsOf(.random(&generator), Int.random(in: 0...eventCount + 1, using: &generator))
    case 29:
      let token = Bool.random(using: &generator) ? id : nil
      return .ledgerHistory(token, count: count, isReverse: Bool.random(using: &generator))
    default: return .unknown
    }
  }
}

extension ModelQuery {
  /// As TOKENS.DELETE takes it: conditions alone, none of which may be unmet.
  fileprivate var asFilter: ModelQuery {
    ModelQuery(
      conditions: conditions.map { condition in
        if case .equivalent(let id) = condition { return .ids([id]) }
        return condition
      })
  }
}

extension ModelCreation {
  static func random(_ generator: inout SeededGenerator, now: Int64) -> ModelCreation {
    var token = ModelToken(id: 0, character: Int64.random(in: 1...4, using: &generator))
    token.isCorporation = Int.random(in: 0...4, using: &generator) == 0
    if Bool.random(using: &generator) {
      token.user = "u\(Int.random(in: 0...2, using: &generator))"
    }
    token.scopes = randomScopes(&generator)
    if Bool.random(using: &generator) {
      let size = Int.random(in: 0...2, using: &generator) == 0 ? 3000 : 5
      token.access = String(repeating: "s", count: Int.random(in: 1...size, using: &generator))
    }
    token.refresh = [nil, "", "r1", "r22"].randomElement(using: &generator) ?? nil
    let hasCreated = Bool.random(using: &generator)
    if hasCreated {
      token.createdMicroseconds =
        now - ModelToken.validMicroseconds + Int64.random(in: -2...2, using: &generator) * 1_000_000
    }
    let id =
      Int.random(in: 0...9, using: &generator) == 0
      ? Int64.random(in: 1...30, using: &generator) : nil
    var creation = ModelCreation(token: token, id: id, hasCreated: hasCreated)
    guard Int.random(in: 0...2, using: &generator) == 0 else { return creation }
    // The same key brings the same request more often than not.
    let number = Int.random(in: 0...5, using: &generator)
    creation.key = "k\(number)"
    guard Int.random(in: 0...3, using: &generator) > 0 else { return creation }
    creation.token = ModelToken(id: 0, character: 1, scopes: ["a"])
    (creation.id, creation.hasCreated) = (nil, false)
    return creation
  }
}
