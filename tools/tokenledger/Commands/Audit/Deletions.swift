// `audit deletions`: every deletion of the span with its reason, who did it, what led to it, and
// whether it can be undone. A deleted token comes back whole as long as it was not brought back
// already; if the provider has revoked its refresh token, it comes back but cannot be refreshed.
// Schema: schema/events.md section 4, schema/sso.md, "Revocation".

import TokenLedger

/// Deletions, and what can be done about them.
enum Deletions {
  private static let columns = [
    Table.Column("time"), Table.Column("token", .right), Table.Column("character_id", .right),
    Table.Column("character_name"), Table.Column("user"), Table.Column("undo"),
    Table.Column("cause", .right), Table.Column("cause_event"), Table.Column("actor"),
    Table.Column("reason"),
  ]

  /// Finds them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var counts: [Deletion.Undo: Int] = [:]
    var waiting: [EventEntry] = []
    func settle() throws {
      for deletion in try Deletion.all(of: waiting, at: audit.endpoint) {
        counts[deletion.undo, default: 0] += 1
        answer.add(deletion.cells, deletion.undo == .restored ? .faint : .plain)
      }
      waiting = []
    }
    try audit.forEachEvent([.deleted]) { entry in
      waiting.append(entry)
      if waiting.count == batchDeletions { try settle() }
    }
    try settle()
    let sums = Deletion.Undo.allCases.map { "\"\($0.rawValue)\" \(counts[$0, default: 0])" }
    let count = AuditAnswer.counted(answer.rows.count, "deletion")
    answer.summary = "\(count); can be undone: \(sums.joined(separator: ", "))"
    return answer
  }

  /// Deletions whose circumstances are asked for together.
  private static let batchDeletions = 100
}
