// Reads a ledger for a report: its head, the span, each event of it, and each token, page by page.
// The ledger goes on meanwhile: the events are those up to the last one when the reading began.
// Owner: the subcommand.

import RESP
import TokenLedger

/// Reads what a report tells.
struct ReportReading {
  private let session: Session
  private let endpoint: any LedgerEndpoint

  init(_ session: Session) throws(EndpointError) {
    self.session = session
    endpoint = try session.open(for: .reading)
  }

  /// The head and the figures.
  func read() throws -> (ReportHead, ReportFigures) {
    let status = try endpoint.call(LedgerRequest("LEDGER.STATUS"))
    guard let ledger = status.value(for: "ledger")?.text,
      let last = status.value(for: "events")?.integer
    else { throw EndpointError.unexpectedReply(command: "LEDGER.STATUS") }
    guard let digest = try endpoint.call(LedgerRequest("LEDGER.DIGEST")).text
    else { throw EndpointError.unexpectedReply(command: "LEDGER.DIGEST") }
    var request = EventSelection.request(session.arguments)
    request.add("UNTIL", "#\(last)")
    let ends = (try edge(request, .oldestFirst), try edge(request, .newestFirst))
    let now = session.now.microseconds / 1000
    let first = ends.0.map { $0.microseconds / 1000 } ?? now
    let end = ends.1.map { $0.microseconds / 1000 } ?? now
    var figures = ReportFigures(ReportBins(from: first, through: end))
    try readEvents(request, into: &figures)
    try readTokens(into: &figures)
    let head = ReportHead(
      ledger: ledger, digest: digest, span: span(ends.0, ends.1), made: session.now,
      heldBack: try heldBack())
    return (head, figures)
  }

  private func span(_ first: UnixTime?, _ last: UnixTime?) -> String {
    guard let first, let last else { return "No events in this span." }
    return "Events from \(first.shown) to \(last.shown); tokens as they are now."
  }

  private func edge(
    _ request: LedgerRequest, _ order: EventPages.Order
  ) throws(EndpointError) -> UnixTime? {
    var pages = EventPages(endpoint, request, order, limit: 1)
    return try pages.next()?.first?.time
  }

  private func readEvents(
    _ request: LedgerRequest, into figures: inout ReportFigures
  ) throws(EndpointError) {
    var pages = EventPages(endpoint, request)
    while let entries = try pages.next() {
      for entry in entries { figures.take(entry) }
      session.progress.show("events", figures.eventCount, of: nil)
    }
  }

  private func readTokens(into figures: inout ReportFigures) throws(EndpointError) {
    let fields: [TokenField] = [.id, .scopes, .user, .expired, .canRefresh]
    var pages = RowPages(endpoint, LedgerRequest("TOKENS.FIND"), fields: fields, limit: nil)
    while let rows = try pages.next() {
      for row in rows {
        guard let id = row[0].integer, let scopes = row[1].elements
        else { throw .unexpectedReply(command: "TOKENS.FIND") }
        figures.take(
          token: id, scopes: scopes.map(\.cell), hasUser: !row[2].isNull,
          isExpired: row[3].boolean ?? false, canRefresh: row[4].boolean ?? false)
      }
      session.progress.show("tokens", figures.tokenCount, of: nil)
    }
  }

  private func heldBack() throws(EndpointError) -> [Int64] {
    var request = LedgerRequest("TOKENS.FIND")
    request.add("HELD")
    return try endpoint.call(request).requireElements(of: request.command).compactMap(\.integer)
  }
}
