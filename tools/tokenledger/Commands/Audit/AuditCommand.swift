// `tokenledger audit`: questions that an auditor asks by name, answered from the events and from
// the state, of now or of then. Reads only; secrets are in no answer, not even as fingerprints.
// Events and tokens are read page by page; what is kept is what the answer counts.

import TokenLedger

/// The subcommand `audit`.
enum AuditCommand {
  /// Answers the question that was typed.
  static func run(_ session: Session) throws {
    guard let question = AuditQuestion(rawValue: session.arguments.operands[0])
    else { preconditionFailure("the table of subcommands lists the questions") }
    try question.check(session.arguments)
    let endpoint = try session.open(for: .reading)
    let answer = try question.answer(Audit(session: session, endpoint: endpoint))
    session.progress.finish()
    try answer.show(session)
  }
}

/// What an answer is found with.
struct Audit {
  let session: Session
  let endpoint: any LedgerEndpoint

  /// Reads the events of these kinds in the span that was asked for, the oldest first; all kinds if
  /// none is named.
  func forEachEvent(_ types: [Event.Tag] = [], _ body: (EventEntry) throws -> Void) throws {
    var request = EventSelection.request(session.arguments)
    for type in types { request.add("TYPE", type.name.description) }
    var pages = EventPages(endpoint, request)
    var count = 0
    while let entries = try pages.next() {
      for entry in entries { try body(entry) }
      count += entries.count
      session.progress.show("events", count, of: nil)
    }
  }

  /// Reads fields of the tokens that a request finds, ascending by id.
  func forEachToken(
    _ request: LedgerRequest, _ fields: [TokenField],
    _ body: ([TokenField: AuditAnswer.Cell]) -> Void
  ) throws {
    var pages = RowPages(endpoint, request, fields: fields, limit: nil)
    var count = 0
    while let rows = try pages.next() {
      for row in rows {
        let cells = zip(fields, row).map { ($0, AuditAnswer.Cell($1, of: $0)) }
        body(Dictionary(uniqueKeysWithValues: cells))
      }
      count += rows.count
      session.progress.show("tokens", count, of: nil)
    }
  }
}
