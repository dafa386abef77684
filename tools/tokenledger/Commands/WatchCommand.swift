// `tokenledger watch`: the events as they happen, each written at once.
// The daemon is waited for with XREAD; what passes the filters is then read with LEDGER.HISTORY, up
// to the same event, so nothing is left out or shown twice, also over a daemon that is restarted.
// Ends with --count, with a signal, or when the output takes no more.

import RESP
import TokenLedger

/// The subcommand `watch`.
enum WatchCommand {
  /// Shows events until there were as many as asked for.
  static func run(_ session: Session) throws {
    let arguments = session.arguments
    var endpoint = try daemon(session)
    var writer = try EventWriter(session, endpoint)
    var left = arguments.integer(.count) ?? .max
    var position = try Position(of: endpoint)
    let first = try firstPage(endpoint, session, before: &position)
    try write(first, &left, &writer)
    if first.isEmpty { try writer.write([]) }
    while left > 0 {
      do {
        let next = try position.next(on: endpoint)
        guard next.sequence > position.sequence else { continue }
        var request = EventSelection.request(arguments)
        request.add("SINCE", "#\(position.sequence + 1)")
        request.add("UNTIL", "#\(next.sequence)")
        var pages = EventPages(endpoint, request)
        var found: [EventEntry] = []
        while let entries = try pages.next() { found += entries }
        try write(found, &left, &writer)
        position = next
      } catch let error as EndpointError where error.isAway {
        endpoint = try reconnect(session, after: error)
      }
    }
  }

  /// The daemon that the line names, by its socket or by its directory: only a daemon has events
  /// that are to come.
  private static func daemon(_ session: Session) throws -> any LedgerEndpoint {
    let socket = LedgerOpening.socketPath(in: session.directory)
    guard !session.arguments.has(.data) else {
      return try session.open(.socket(socket), for: .reading)
    }
    let endpoint = try session.open(for: .reading)
    guard endpoint.isDaemon else {
      throw EndpointError.notReachable(socket: socket, reason: "nothing would happen without one")
    }
    return endpoint
  }

  /// What is shown before anything new: from --since on, or the --last ones.
  private static func firstPage(
    _ endpoint: any LedgerEndpoint, _ session: Session, before position: inout Position
  ) throws -> [EventEntry] {
    let arguments = session.arguments
    let last = arguments.integer(.last)
    guard last != nil || arguments.has(.since) else { return [] }
    var request = EventSelection.request(arguments)
    request.add("UNTIL", "#\(position.sequence)")
    var pages = EventPages(
      endpoint, request, last == nil ? .oldestFirst : .newestFirst,
      limit: last ?? arguments.integer(.count))
    var entries: [EventEntry] = []
    while let page = try pages.next() { entries += page }
    return last == nil ? entries : entries.reversed()
  }

  private static func write(
    _ entries: [EventEntry], _ left: inout Int64, _ writer: inout EventWriter
  ) throws {
    let shown = entries.prefix(Int(clamping: left))
    guard !shown.isEmpty else { return }
    try writer.write(Array(shown))
    left -= Int64(shown.count)
  }

  // MARK: A daemon that is away

  /// The first pause before another attempt, and the longest, in milliseconds.
  private static let firstPauseMilliseconds: Int64 = 250
  private static let longestPauseMilliseconds: Int64 = 10_000

  /// Waits for the daemon to come back, for as long as it takes.
  private static func reconnect(
    _ session: Session, after error: EndpointError
  ) throws -> any LedgerEndpoint {
    session.console.tell("tokenledger: \(error.wording); waiting for it\n")
    var pause = firstPauseMilliseconds
    while true {
      do {
        let endpoint = try daemon(session)
        session.console.tell("tokenledger: the daemon is back\n")
        return endpoint
      } catch let error as EndpointError where error.isAway {
        session.pause(milliseconds: pause)
        pause = min(pause * 2, longestPauseMilliseconds)
      }
    }
  }
}

/// Up to where the log was seen.
private struct Position {
  /// How long one request waits for an event.
  static let blockMilliseconds: Int64 = 20_000
  /// The most events that one request brings.
  static let maximumEvents: Int64 = 1000

  var sequence: Int64
  var id: String

  /// The end of the log now.
  init(of endpoint: any LedgerEndpoint) throws(EndpointError) {
    let status = try endpoint.call(LedgerRequest("LEDGER.STATUS"))
    guard let events = status.value(for: "events")?.integer,
      let id = status.value(for: "last_event_id")?.text
    else { throw .unexpectedReply(command: "LEDGER.STATUS") }
    sequence = events
    self.id = id
  }

  private init(sequence: Int64, id: String) {
    self.sequence = sequence
    self.id = id
  }

  /// Waits for what comes next; the same position when nothing came in time.
  func next(on endpoint: any LedgerEndpoint) throws(EndpointError) -> Position {
    var request = LedgerRequest("XREAD")
    request.add("COUNT", Self.maximumEvents)
    request.add("BLOCK", Self.blockMilliseconds)
    request.add("STREAMS")
    request.add("ledger", id)
    let reply = try endpoint.call(request)
    guard !reply.isNull else { return self }
    guard let last = reply.value(for: "ledger")?.elements?.last
    else { throw .unexpectedReply(command: "XREAD") }
    let entry = try EventEntry(last, of: "XREAD")
    guard let sequence = entry.sequence else { throw .unexpectedReply(command: "XREAD") }
    return Position(sequence: sequence, id: entry.id)
  }
}

extension EndpointError {
  /// Whether the daemon is away, and may come back.
  fileprivate var isAway: Bool {
    switch self {
    case .notReachable, .connectionLost, .noAnswer, .noLedger: true
    case .refused(let prefix, _): prefix == "LOADING"
    default: false
    }
  }
}
