// `audit without-owner`: live tokens that belong to nobody in one of two senses: the provider's
// mark of the account that owns the character is missing, or the application's user is.
// Two queries of the present state, each page by page; a token may be found by both.

import TokenLedger

/// Tokens without owner hash or user.
enum WithoutOwner {
  private static let columns = [
    Table.Column("token", .right), Table.Column("character_id", .right),
    Table.Column("character_name"), Table.Column("user"), Table.Column("without_owner_hash"),
    Table.Column("without_user"), Table.Column("created"), Table.Column("can_refresh"),
  ]
  private static let fields: [TokenField] = [
    .id, .characterID, .characterName, .user, .ownerHash, .createdMicroseconds, .canRefresh,
  ]

  /// Finds them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var tokens: [Int64: [TokenField: AuditAnswer.Cell]] = [:]
    func add(_ token: [TokenField: AuditAnswer.Cell]) {
      if case .number(let id) = token[.id] { tokens[id] = token }
    }
    var withoutHash = LedgerRequest("TOKENS.FIND")
    withoutHash.add("OWNER", "")
    try audit.forEachToken(withoutHash, fields, add)
    var withoutUser = LedgerRequest("TOKENS.FIND")
    withoutUser.add("NOUSER")
    try audit.forEachToken(withoutUser, fields, add)

    var answer = AuditAnswer(columns)
    var counts = (hash: 0, user: 0)
    for (id, token) in tokens.sorted(by: { $0.key < $1.key }) {
      let (lacksHash, lacksUser) = (
        token[.ownerHash] == .text(""), token[.user] == AuditAnswer.Cell.none
      )
      counts = (counts.hash + (lacksHash ? 1 : 0), counts.user + (lacksUser ? 1 : 0))
      answer.add([
        .number(id), token[.characterID] ?? .none, token[.characterName] ?? .none,
        token[.user] ?? .none, .truth(lacksHash), .truth(lacksUser),
        token[.createdMicroseconds] ?? .none, token[.canRefresh] ?? .none,
      ])
    }
    let count = AuditAnswer.counted(tokens.count, "token")
    answer.summary =
      "\(count): \(counts.hash) without owner hash, \(counts.user) without user"
    return answer
  }
}
