// The events that a LEDGER.HISTORY finds, page by page: a reply of bounded size, however long the
// log is. Pages follow each other by sequence, so nothing is given twice or left out.
// Owner: the subcommand. Schema: schema/protocol.md, "History".

import RESP

/// A reader of the events that a request finds.
struct EventPages {
  /// Which way the pages go.
  enum Order {
    case oldestFirst, newestFirst
  }

  /// The entries of a page, unless said otherwise.
  static let standardPageEvents: Int64 = 1000

  private let endpoint: any LedgerEndpoint
  private let request: LedgerRequest
  private let order: Order
  private let pageEvents: Int64
  private var remaining: Int64?
  /// The sequence that the page before ended with.
  private var lastSequence: Int64?
  private var isAtEnd = false

  /// Starts at the first event that `request` finds, which has filters and neither COUNT nor REV.
  init(
    _ endpoint: any LedgerEndpoint, _ request: LedgerRequest, _ order: Order = .oldestFirst,
    limit: Int64? = nil, pageEvents: Int64 = standardPageEvents
  ) {
    self.endpoint = endpoint
    self.request = request
    self.order = order
    self.pageEvents = pageEvents
    remaining = limit
  }

  /// The next entries; nil at the end.
  mutating func next() throws(EndpointError) -> [EventEntry]? {
    let count = min(pageEvents, remaining ?? pageEvents)
    guard !isAtEnd, count > 0 else { return nil }
    let replies = try endpoint.call(page(count)).requireElements(of: request.command)
    isAtEnd = Int64(replies.count) < count
    if let left = remaining { remaining = left - Int64(replies.count) }
    var entries: [EventEntry] = []
    for reply in replies { entries.append(try EventEntry(reply, of: request.command)) }
    guard let last = entries.last else { return nil }
    guard let sequence = last.sequence else { throw .unexpectedReply(command: request.command) }
    lastSequence = sequence
    if order == .newestFirst, sequence <= 1 { isAtEnd = true }
    return entries
  }

  private func page(_ count: Int64) -> LedgerRequest {
    var page = request
    if let lastSequence {
      switch order {
      case .oldestFirst: page.add("SINCE", "#\(lastSequence + 1)")
      case .newestFirst: page.add("UNTIL", "#\(lastSequence - 1)")
      }
    }
    page.add("COUNT", count)
    if order == .newestFirst { page.add("REV") }
    return page
  }
}
