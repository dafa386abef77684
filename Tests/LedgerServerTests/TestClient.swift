// A client of the socket as a test needs it: sends any bytes, reads one reply at a time, and gives
// up after twenty seconds, so that a reply that never comes fails the test and not the run.

import LinuxIO
import RESP

/// A blocking connection to a server under test.
final class TestClient {
  /// Why no reply came.
  enum Failure: Error {
    case noReplyInTime
    case closed
    case protocolError(ProtocolError)
  }

  private let socket: UnixSocket
  private var parser = ReplyParser()
  private var received: [UInt8] = []
  private var offset = 0

  init(path: String) throws {
    socket = try UnixSocket.connect(to: try UnixAddress(path: path))
    try socket.setReceiveTimeout(milliseconds: 20_000)
    try socket.setSendTimeout(milliseconds: 20_000)
  }

  /// Sends bytes as they are.
  func send(bytes: [UInt8]) throws {
    guard case .transferred = try socket.sendAll(bytes.span.bytes) else { throw Failure.closed }
  }

  /// Sends requests, each given as words.
  func send(_ requests: [[[UInt8]]]) throws {
    var writer = RequestWriter()
    for request in requests { writer.write(request) }
    try send(bytes: writer.bytes)
  }

  /// Sends a request given as a line.
  func send(_ line: String) throws { try send([words(line)]) }

  /// Says that nothing more will be sent.
  func finishSending() throws { try socket.finishSending() }

  /// The next reply.
  func reply() throws -> Reply {
    while true {
      switch parser.next(received.span, at: &offset) {
      case .reply(let reply): return reply
      case .failure(let error): throw Failure.protocolError(error)
      case .needMore: try receiveMore()
      }
    }
  }

  /// The next replies, shown.
  func replies(_ count: Int) throws -> [String] { try (0..<count).map { _ in try reply().shown } }

  /// Sends a request given as a line, and shows its reply.
  func ask(_ line: String) throws -> String {
    try send(line)
    return try reply().shown
  }

  /// Reads what is left, and says whether the server then closed the connection.
  func isClosedByServer() throws -> Bool {
    do {
      while true { _ = try reply() }
    } catch Failure.closed {
      return true
    } catch Failure.noReplyInTime {
      return false
    }
  }

  private func receiveMore() throws {
    received.removeFirst(offset)
    offset = 0
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var bytes = buffer.mutableSpan
    var room = bytes.mutableBytes
    switch try socket.receive(into: &room) {
    case .transferred(let count): received += buffer[..<count]
    case .wouldBlock: throw Failure.noReplyInTime
    case .closed: throw Failure.closed
    }
  }
}
