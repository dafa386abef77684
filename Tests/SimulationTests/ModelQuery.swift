// Queries as a client words them, and what they mean, said naively: every token is looked at, each
// condition by itself. schema/protocol.md, "Filters and results".

import TestSupport

/// A condition on tokens.
enum ModelCondition: Equatable {
  case character(Int64)
  case user(String)
  case noUser
  case corporation
  case ids([Int64])
  case scopes([String])
  case exactly([String])
  case equivalent(Int64)
  case expired, fresh, refreshable

  var words: [String] {
    switch self {
    case .character(let id): ["CHARACTER", "\(id)"]
    case .user(let user): ["USER", user]
    case .noUser: ["NOUSER"]
    case .corporation: ["TYPE", "corporation"]
    case .ids(let ids): ["IDS", "\(ids.count)"] + ids.map(String.init)
    case .scopes(let names): ["SCOPES", names.joined(separator: " ")]
    case .exactly(let names): ["EXACTLY", "LIST", "\(names.count)"] + names
    case .equivalent(let id): ["EQUIVALENT", "\(id)"]
    case .expired: ["EXPIRED"]
    case .fresh: ["FRESH"]
    case .refreshable: ["REFRESHABLE"]
    }
  }

  func holds(_ token: ModelToken, _ tokens: [Int64: ModelToken], now: Int64) -> Bool {
    switch self {
    case .character(let id): token.character == id
    case .user(let user): token.user == user
    case .noUser: token.user == nil
    case .corporation: token.isCorporation
    case .ids(let ids): ids.contains(token.id)
    case .scopes(let names):
      names.isEmpty ? token.scopes.isEmpty : names.allSatisfy(token.scopes.contains)
    case .exactly(let names): Set(names) == Set(token.scopes)
    case .equivalent(let id): Self.areEquivalent(token, to: tokens[id])
    case .expired: token.expiresMicroseconds <= now
    case .fresh: token.expiresMicroseconds > now
    case .refreshable: token.canRefresh
    }
  }

  private static func areEquivalent(_ token: ModelToken, to other: ModelToken?) -> Bool {
    guard let other else { return false }
    return token.id != other.id && token.character == other.character
      && Set(token.scopes) == Set(other.scopes) && (token.user == nil || token.user == other.user)
  }
}

/// All conditions must hold.
struct ModelQuery: Equatable {
  /// How a result is shown.
  enum Form: Equatable {
    case ids, count, exists, first
    case fields([String])
  }

  var conditions: [ModelCondition]
  var form = Form.ids
  var after: Int64?
  var limit: Int?

  var isAboutTime: Bool {
    if case .fields(let names) = form, names.contains("expired") { return true }
    return conditions.contains { $0 == .expired || $0 == .fresh }
  }

  var words: [String] {
    var words = conditions.flatMap(\.words)
    switch form {
    case .ids: break
    case .count: words.append("COUNT")
    case .exists: words.append("EXISTS")
    case .first: words.append("FIRST")
    case .fields(let names): words += ["FIELDS", "\(names.count)"] + names
    }
    if let after { words += ["AFTER", "\(after)"] }
    if let limit { words += ["LIMIT", "\(limit)"] }
    return words
  }

  /// The live tokens that it finds, ids ascending, without `after` and `limit`.
  func matches(_ tokens: [Int64: ModelToken], now: Int64) -> [ModelToken] {
    tokens.values
      .filter { token in
        !token.isDeleted && conditions.allSatisfy { $0.holds(token, tokens, now: now) }
      }
      .sorted { $0.id < $1.id }
  }

  /// The reply.
  func reply(_ tokens: [Int64: ModelToken], now: Int64, _ dialect: Dialect) -> String {
    for case .equivalent(let id) in conditions where tokens[id]?.isDeleted != false {
      return "-NOTFOUND no token has the id \(id)"
    }
    let behind = matches(tokens, now: now).filter { $0.id > after ?? .min }
    let found = behind.prefix(limit ?? .max)
    switch form {
    case .ids: return list(found.map { ":\($0.id)" })
    case .count: return ":\(found.count)"
    case .exists: return found.isEmpty ? ":0" : ":1"
    case .first: return found.first.map { ":\($0.id)" } ?? "_"
    case .fields(let names):
      return list(
        found.map { token in list(names.map { token.shown($0, now: now, dialect) }) })
    }
  }
}

extension ModelQuery {
  /// A query of up to three conditions.
  static func random(_ generator: inout SeededGenerator, conditions count: ClosedRange<Int> = 0...3)
    -> ModelQuery
  {
    var query = ModelQuery(
      conditions: (0..<Int.random(in: count, using: &generator)).map { _ in
        ModelCondition.random(&generator)
      })
    switch Int.random(in: 0...6, using: &generator) {
    case 0: query.form = .count
    case 1: query.form = .exists
    case 2: query.form = .first
    case 3, 4:
      query.form = .fields(ModelToken.fieldNames.filter { _ in Bool.random(using: &generator) })
    default: break
    }
    if Int.random(in: 0...4, using: &generator) == 0 {
      query.after = Int64.random(in: 0...20, using: &generator)
    }
    if Int.random(in: 0...4, using: &generator) == 0 {
      query.limit = Int.random(in: 0...5, using: &generator)
    }
    return query
  }
}

extension ModelCondition {
  /// Any condition.
  static func random(_ generator: inout SeededGenerator) -> ModelCondition {
    switch Int.random(in: 0...10, using: &generator) {
    case 0, 1: .character(Int64.random(in: 1...4, using: &generator))
    case 2: .user("u\(Int.random(in: 0...2, using: &generator))")
    case 3: .noUser
    case 4: .corporation
    case 5: .ids((0...3).map { _ in Int64.random(in: 1...30, using: &generator) })
    case 6: .exactly(randomScopes(&generator))
    case 7: .equivalent(Int64.random(in: 1...20, using: &generator))
    case 8: .expired
    case 9: Bool.random(using: &generator) ? .fresh : .refreshable
    default: .scopes(randomScopes(&generator))
    }
  }
}

/// Up to three scopes of a few, none twice.
func randomScopes(_ generator: inout SeededGenerator) -> [String] {
  ["a", "b", "c", "d.e"].filter { _ in Int.random(in: 0...2, using: &generator) == 0 }
}
