// `audit never-used-scopes`: what an application asks people for and perhaps need not. A scope
// counts as used when a token that has it was refreshed: the only use that the log knows of.
// Reads the live tokens' scopes and the whole log once. Memory: the scopes of tokens not refreshed.

import TokenLedger

/// Scopes that no token was refreshed with.
enum NeverUsedScopes {
  private static let columns = [
    Table.Column("scope"), Table.Column("tokens", .right), Table.Column("known_since"),
  ]

  /// Finds them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var uses = ScopeUses()
    try audit.forEachEvent([.created, .scopesGranted, .refreshed]) { uses.add($0) }
    var liveTokens: [String: Int64] = [:]
    try audit.forEachToken(LedgerRequest("TOKENS.FIND"), [.scopes]) { token in
      guard case .names(let names) = token[.scopes] else { return }
      for name in names { liveTokens[name, default: 0] += 1 }
    }
    let unused = liveTokens.filter { !uses.used.contains($0.key) }
    for (scope, count) in unused.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      answer.add([.text(scope), .number(count), .init(uses.since[scope])])
    }
    answer.summary =
      "\(unused.count) of \(AuditAnswer.counted(liveTokens.count, "scope")) of live tokens: "
      + "no token was ever refreshed with them"
    return answer
  }
}

/// Which scopes were used, as far as the events tell.
private struct ScopeUses {
  /// The scopes that a token had when it was refreshed.
  private(set) var used: Set<String> = []
  /// When a token first had them.
  private(set) var since: [String: UnixTime] = [:]
  /// The scopes that a token got since its last refresh, if they are not known to be used.
  private var waiting: [Int64: [String]] = [:]

  mutating func add(_ entry: EventEntry) {
    guard let token = entry.token else { return }
    if entry.type == Event.Tag.refreshed.name.description {
      used.formUnion(waiting.removeValue(forKey: token) ?? [])
      return
    }
    for name in entry.scopeNames {
      if since[name] == nil { since[name] = entry.time }
      if !used.contains(name) { waiting[token, default: []].append(name) }
    }
  }
}
