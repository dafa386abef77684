// A client of a refresh simulation: one request at a time, whole, and what a worker has in hand.

import RESP

@testable import LedgerServer

/// A refresh that a worker has made and not told yet.
struct JobInHand {
  let id: Int64
  let fence: Int64
  let answer: RotatingAnswer
  /// Whether it was sent, on this connection or an earlier one.
  var wasSent = false
  /// Whether the ledger may know it from an earlier connection.
  private(set) var wasSentBefore = false

  init(id: Int64, fence: Int64, answer: RotatingAnswer) {
    self.id = id
    self.fence = fence
    self.answer = answer
  }

  /// Whether the SSO has given a new refresh token.
  var isRotated: Bool {
    if case .rotated = answer { true } else { false }
  }

  /// The outcome as a request.
  var words: String {
    switch answer {
    case .rotated(let access, let refresh):
      "REFRESH.DONE \(id) \(fence) ACCESS \(access) REFRESH \(refresh) OWNER o"
    case .unavailable: "REFRESH.FAIL \(id) \(fence) CLASS unavailable CODE http_503"
    case .invalidGrant: "REFRESH.FAIL \(id) \(fence) CLASS definite CODE invalid_grant"
    }
  }

  /// Notes that the connection is another one.
  mutating func connectAgain() { wasSentBefore = wasSent }
}

/// One connection to the node, from the other end.
final class JobClient {
  let number: Int32
  let wire: SimulatedWire
  let connection: Connection
  private(set) var isIdle = true
  private(set) var isTelling = false
  /// The token that the request is about.
  var subject: Int64?
  /// What a worker has in hand.
  var hand: [JobInHand] = []
  /// Looks at each reply.
  var onReply: (Reply) -> Void = { _ in }
  private var parser = ReplyParser()
  private var received: [UInt8] = []

  init(number: Int32, _ wire: SimulatedWire, _ connection: Connection) {
    self.number = number
    self.wire = wire
    self.connection = connection
  }

  /// Goes on with what was in hand when another connection broke.
  func takeOver(_ jobs: [JobInHand]) {
    hand = jobs
    for index in hand.indices { hand[index].connectAgain() }
  }

  /// Sends a request given as a line.
  func send(_ line: String) {
    precondition(isIdle, "one request at a time")
    var writer = RequestWriter()
    writer.write(line.split(separator: " ").map { Array($0.utf8) })
    wire.deliver(writer.bytes)
    isIdle = false
    isTelling = line.hasPrefix("REFRESH.DONE") || line.hasPrefix("REFRESH.FAIL")
  }

  /// The reply, if it has come.
  func reply() throws -> Reply? {
    guard !isIdle else { return nil }
    received += wire.take(.max)
    var offset = 0
    defer { received.removeFirst(offset) }
    switch parser.next(received.span, at: &offset) {
    case .needMore: return nil
    case .failure(let error): throw Violation("client \(number) cannot read: \(error)")
    case .reply(let reply):
      isIdle = true
      onReply(reply)
      return reply
    }
  }
}
