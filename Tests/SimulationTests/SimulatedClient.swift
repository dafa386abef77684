// A client of a run: it asks at random, sends what it asks in pieces, does not read for a while,
// and holds every reply against the chronicle. After bytes that are no request it only looks on.

import RESP
import TestSupport

@testable import LedgerServer

/// One connection to the node, from the other end.
final class SimulatedClient {
  /// How a client goes on.
  private enum Manner {
    case asking
    /// It sends nothing more, and waits for the end of the connection.
    case finished
    /// It sent what is no request: an error and the end must follow what it had asked.
    case broken
  }

  let number: Int32
  let wire: SimulatedWire
  let connection: Connection
  private let chronicle: Chronicle
  private let trace: Trace
  private var manner = Manner.asking
  /// Composed and not sent yet.
  private var unsent: [UInt8] = []
  private var outstanding: [SentRequest] = []
  private var dialect = Dialect.two
  private var name: String?
  private var seen: SeenMoment
  private var parser = ReplyParser()
  private var received: [UInt8] = []
  private var requestCount = 0
  /// How often in a row it was served for nothing.
  var idleWakes = 0

  /// How many requests a client may be waiting for.
  static let mostOutstanding = 12

  init(
    number: Int32, wire: SimulatedWire, connection: Connection, _ chronicle: Chronicle,
    _ trace: Trace
  ) {
    self.number = number
    self.wire = wire
    self.connection = connection
    self.chronicle = chronicle
    self.trace = trace
    seen = SeenMoment(index: chronicle.latest)
  }

  /// Whether the connection is over for both ends.
  var isOver: Bool { wire.isClosedByNode && (wire.isGone || wire.sent.isEmpty) }

  /// Whether a reply is due that only an event or a deadline can bring.
  var isOnlyBlocked: Bool {
    guard let first = outstanding.first, case .read(_, _, _?) = first.request else { return false }
    return unsent.isEmpty && wire.sent.isEmpty && wire.event == nil
  }

  /// Whether it has all its replies.
  var isContent: Bool {
    isOver || (!wire.isGone && unsent.isEmpty && outstanding.isEmpty && manner == .asking)
  }

  // MARK: Sending

  /// Asks something, to be sent later.
  func compose(_ generator: inout SeededGenerator, monotonicMicroseconds: Int64) {
    guard manner == .asking, !wire.isGone, outstanding.count < Self.mostOutstanding else { return }
    let now = chronicle.clockMicroseconds.last ?? 0
    var request = ClientRequest.random(
      &generator, now: now, eventCount: chronicle.events.count)
    if requestCount == 0, Bool.random(using: &generator) { request = .hello(name: "c\(number)") }
    ask(request, monotonicMicroseconds)
  }

  /// Asks one thing, to be sent later.
  func ask(_ request: ClientRequest, _ monotonicMicroseconds: Int64) {
    requestCount += 1
    if case .hello(let name) = request { self.name = name }
    let sent = SentRequest(
      request: request, tag: "w\(number)-\(requestCount)",
      actor: "uid:7 pid:\(number)" + (name.map { " \($0)" } ?? ""), moment: chronicle.latest,
      clock: chronicle.clockMicroseconds.count - 1, monotonicMicroseconds: monotonicMicroseconds,
      fullCount: chronicle.fullCount
        - (chronicle.isFull || chronicle.isRefusalInFlight ? 1 : 0))
    chronicle.note(sent)
    outstanding.append(sent)
    var writer = RequestWriter()
    writer.write(
      request.words(tag: sent.tag) { chronicle.events[$0 - 1].id }.map { Array($0.utf8) })
    unsent += writer.bytes
  }

  /// Sends a part of what it has to say.
  func deliver(_ generator: inout SeededGenerator) {
    guard !unsent.isEmpty, !wire.isGone else { return }
    let isWhole = Bool.random(using: &generator)
    let count = isWhole ? unsent.count : Int.random(in: 1...unsent.count, using: &generator)
    wire.deliver(unsent[..<count])
    unsent.removeFirst(count)
  }

  /// Sends everything.
  func deliverAll() {
    guard !wire.isGone else { return }
    wire.deliver(unsent)
    unsent = []
  }

  /// Asks something that is no request; nothing can follow it.
  func breakOff(_ generator: inout SeededGenerator) {
    guard manner == .asking else { return }
    let garbage = ["*1\r\n$-5\r\n", "*x\r\n", "*2\r\n:5\r\n", "PING \"\r\n", "*99999999\r\n"]
    unsent += Array((garbage.randomElement(using: &generator) ?? "").utf8)
    manner = .broken
  }

  /// Says that nothing more will come.
  func finishSending() {
    guard manner == .asking else { return }
    // What was not sent is never asked.
    deliverAll()
    wire.finishSending()
    manner = .finished
  }

  // MARK: Receiving

  /// Reads at most so many bytes, and checks the replies in them.
  func read(_ count: Int, monotonicMicroseconds: Int64, isEnding: Bool) throws {
    guard !wire.isGone else { return }
    received += wire.take(count)
    var offset = 0
    loop: while true {
      switch parser.next(received.span, at: &offset) {
      case .needMore: break loop
      case .failure(let error): throw Violation("client \(number) cannot read: \(error)")
      case .reply(let reply):
        try take(reply, monotonicMicroseconds: monotonicMicroseconds, isEnding: isEnding)
      }
    }
    received.removeFirst(offset)
  }

  private func take(_ reply: Reply, monotonicMicroseconds: Int64, isEnding: Bool) throws {
    guard !outstanding.isEmpty else {
      guard manner == .broken, reply.shown.hasPrefix("-ERR")
      else { throw Violation("client \(number) did not ask for \(reply.shown)") }
      return
    }
    let sent = outstanding.removeFirst()
    if case .hello = sent.request {
      dialect = .three
      guard case .map = reply else { throw Violation("HELLO was answered \(reply.shown)") }
      return
    }
    trace.note(reply.shown)
    do {
      try chronicle.check(
        reply.shown, to: sent, dialect, seen: &seen,
        monotonicMicroseconds: monotonicMicroseconds, isEnding: isEnding)
    } catch {
      throw Violation("client \(number): \(error)")
    }
  }

  /// Why it is not content, for whoever has to find out.
  var complaint: String {
    "client \(number) waits for \(outstanding.first.map { "\($0.tag) \($0.request)" } ?? "its end")"
  }

  /// Checks that the node ended the connection where it had to, and not before everything was
  /// answered.
  func checkEnd(isNodeGone: Bool) throws {
    guard wire.isClosedByNode, !wire.isGone, !isNodeGone, manner == .asking
    else { return }
    if case .quit = outstanding.first?.request { return }
    throw Violation("the node left client \(number), which asked nothing wrong")
  }
}
