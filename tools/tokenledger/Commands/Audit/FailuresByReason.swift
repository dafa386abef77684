// `audit failures-by-reason`: failed refreshes by their class and the code that the provider or the
// worker gave, the most frequent first. Only a definite failure ends tokens.
// Schema: schema/events.md section 3, `refreshFailed`.

import TokenLedger

/// Failures, by class and code.
enum FailuresByReason {
  private static let columns = [
    Table.Column("class"), Table.Column("code"), Table.Column("failures", .right),
    Table.Column("tokens", .right), Table.Column("first"), Table.Column("last"),
  ]

  /// Why a refresh failed.
  private struct Reason: Hashable, Comparable {
    let failureClass: String
    let code: String

    static func < (left: Reason, right: Reason) -> Bool {
      (left.failureClass, left.code) < (right.failureClass, right.code)
    }
  }

  /// Counts them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var reasons: [Reason: EventTally] = [:]
    var all = EventTally()
    try audit.forEachEvent([.refreshFailed]) { entry in
      let reason = Reason(failureClass: entry["class"] ?? "", code: entry["code"] ?? "")
      reasons[reason, default: EventTally()].add(entry)
      all.add(entry)
    }
    let sorted = reasons.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    for (reason, tally) in sorted {
      let cells: [AuditAnswer.Cell] = [
        .text(reason.failureClass), .text(reason.code), .number(tally.count),
        .number(tally.tokenCount), .init(tally.first), .init(tally.last),
      ]
      answer.add(cells, reason.failureClass == "definite" ? .alarm : .plain)
    }
    answer.summary =
      "\(AuditAnswer.counted(all.count, "failure")) of "
      + AuditAnswer.counted(all.tokenCount, "token")
    return answer
  }
}
