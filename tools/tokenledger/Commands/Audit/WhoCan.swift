// `audit who-can SCOPES`: the tokens that have all these scopes, now or at a moment, and how many
// characters, users and owners that makes. Scopes are taken as everywhere: split at white space.
// Schema: schema/protocol.md, TOKENS.FIND and "As of".

import TokenLedger

/// Who has scopes.
enum WhoCan {
  private static let columns = [
    Table.Column("token", .right), Table.Column("character_id", .right),
    Table.Column("character_name"), Table.Column("user"), Table.Column("owner_hash"),
    Table.Column("type"), Table.Column("expired"), Table.Column("can_refresh"),
  ]
  private static let fields: [TokenField] = [
    .id, .characterID, .characterName, .user, .ownerHash, .tokenType, .expired, .canRefresh,
  ]

  /// Finds them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var request = LedgerRequest("TOKENS.FIND")
    request.add("SCOPES", scopes: audit.session.arguments.operands[1])
    let moment = audit.session.arguments.value(.asof)
    if let moment { request.add("ASOF", moment) }
    try audit.forEachToken(request, fields) { token in
      answer.add(fields.map { token[$0] ?? .none })
    }
    let counts = [(1, "character"), (3, "user"), (4, "owner")].map { column, thing in
      AuditAnswer.counted(count(answer, column), thing)
    }
    answer.summary =
      "\(AuditAnswer.counted(answer.rows.count, "token")) of \(counts.joined(separator: ", "))"
      + (moment.map { ", as of \($0.harmless)" } ?? "")
    return answer
  }

  /// How many different values a column has.
  private static func count(_ answer: AuditAnswer, _ column: Int) -> Int {
    let values = answer.rows.compactMap { row -> String? in
      switch row.cells[column] {
      case .number(let number): String(number)
      case .text(let text): text
      default: nil
      }
    }
    return Set(values.map { Array($0.utf8) }).count
  }
}
