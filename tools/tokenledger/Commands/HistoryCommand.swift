// `tokenledger history`: the events of one token, or those of the ledger that the flags choose.
// Event by event as the ledger keeps them, also of deleted tokens; secrets stand there as
// fingerprints. Schema: schema/events.md, schema/protocol.md, "History".

import RESP
import TokenLedger

/// The subcommand `history`.
enum HistoryCommand {
  /// Asks and shows the events, page by page.
  static func run(_ session: Session) throws {
    let request = try request(session.arguments)
    let endpoint = try session.open(for: .reading)
    var writer = try EventWriter(session, endpoint)
    var pages = EventPages(
      endpoint, request, session.arguments.has(.reverse) ? .newestFirst : .oldestFirst,
      limit: session.arguments.integer(.count))
    var count = 0
    while let entries = try pages.next() {
      session.progress.finish()
      try writer.write(entries)
      count += entries.count
      session.progress.show("events", count, of: nil)
    }
    session.progress.finish()
    if count == 0 { try writer.write([]) }
  }

  private static func request(_ arguments: Arguments) throws(UsageError) -> LedgerRequest {
    let token = arguments.operands.first.flatMap { Int64($0) }
    if token != nil {
      for flag in [FlagName.token, .character, .user] where arguments.has(flag) {
        throw .excludedOperand("ID", by: flag)
      }
    }
    return EventSelection.request(arguments, ofToken: token)
  }
}
