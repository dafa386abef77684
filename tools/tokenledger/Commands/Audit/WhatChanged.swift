// `audit what-changed --since MOMENT`: what happened to each token in a span, counted.
// One row a token that anything happened to, ascending by id. Memory: the tokens that changed.
// Schema: schema/events.md section 3.

import TokenLedger

/// What happened to tokens.
enum WhatChanged {
  /// The kinds of events that are counted, each with the name of its column.
  private static let counted: [(type: String, column: String)] = [
    (Event.Tag.created, "created"), (.deleted, "deleted"), (.restored, "restored"),
    (.loggedIn, "logins"), (.refreshed, "refreshes"), (.refreshFailed, "failures"),
  ].map { ($0.name.description, $1) }

  private static let columns =
    [Table.Column("token", .right)] + counted.map { Table.Column($0.column, .right) }
    + [Table.Column("scopes_granted"), Table.Column("last")]

  /// Counts it.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var tokens: [Int64: TokenChanges] = [:]
    var (events, ofLedger) = (0, 0)
    try audit.forEachEvent { entry in
      events += 1
      if let token = entry.token {
        tokens[token, default: TokenChanges()].add(entry)
      } else {
        ofLedger += 1
      }
    }
    for (token, changes) in tokens.sorted(by: { $0.key < $1.key }) {
      let counts = counted.map { AuditAnswer.Cell.number(changes.counts[$0.type, default: 0]) }
      answer.add(
        [.number(token)] + counts + [.names(changes.scopes), .init(changes.last)],
        changes.emphasis)
    }
    let sums = counted.map { type, column in
      "\(tokens.values.reduce(0) { $0 + $1.counts[type, default: 0] }) \(column)"
    }
    let grants = tokens.values.reduce(0) { $0 + $1.scopes.count }
    answer.summary =
      "\(AuditAnswer.counted(events, "event")), \(ofLedger) of them the ledger's own, "
      + "\(AuditAnswer.counted(tokens.count, "token")): \(sums.joined(separator: ", ")), "
      + "\(AuditAnswer.counted(grants, "scope")) granted"
    return answer
  }
}

/// What happened to one token.
private struct TokenChanges {
  private(set) var counts: [String: Int64] = [:]
  private(set) var scopes: [String] = []
  private(set) var last: UnixTime?
  private var isDeleted = false

  /// Ends stand out most, then failures.
  var emphasis: Emphasis {
    if isDeleted { return .alarm }
    return counts["refreshFailed"] == nil ? .plain : .warning
  }

  mutating func add(_ entry: EventEntry) {
    counts[entry.type, default: 0] += 1
    last = entry.time
    switch entry.type {
    case "deleted": isDeleted = true
    case "restored": isDeleted = false
    case "scopesGranted": scopes += entry.scopeNames
    default: break
    }
  }
}
