// The scripted ledger's end of one connection: requests in, bytes out. It looks up now and then to
// see whether the ledger is closing; that is all the waiting there is.

import LinuxIO
import RESP

/// One client of a scripted ledger; used by one thread.
final class LedgerClientSocket: @unchecked Sendable {
  // Safe: the thread that serves the connection is the only one that touches it.
  private let socket: UnixSocket
  private var parser = RequestParser()
  private var received: [UInt8] = []

  init(_ socket: consuming UnixSocket) { self.socket = socket }

  /// The next request, or nil when the client is gone or the ledger is closing.
  func next(unless isClosing: () -> Bool) -> [String]? {
    guard let poll = try? EventPoll() else { return nil }
    try? poll.add(EventWord(descriptor: socket.rawValue, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    while !isClosing() {
      var offset = 0
      if case .request = parser.next(received.span, at: &offset) {
        let request = Self.arguments(of: parser, in: received.span)
        received.removeFirst(offset)
        return request
      }
      received.removeFirst(offset)
      try? poll.wait(timeoutMilliseconds: 10, into: &events)
      if events.count > 0, !receive() { return nil }
    }
    return nil
  }

  /// Sends a reply, and says whether somebody takes it.
  func send(_ reply: String) -> Bool {
    let bytes = Array(reply.utf8)
    return (try? socket.sendAll(bytes.span.bytes)) == .transferred(bytes.count)
  }

  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    var span = chunk.mutableSpan
    var bytes = span.mutableBytes
    guard case .transferred(let count) = try? socket.receive(into: &bytes) else { return false }
    received += chunk[..<count]
    return true
  }

  private static func arguments(
    of parser: borrowing RequestParser, in buffer: Span<UInt8>
  ) -> [String] {
    let request = parser.request(in: buffer)
    var texts: [String] = []
    for index in 0..<request.count {
      let argument = request[index]
      texts.append(String(decoding: argument.indices.map { argument[$0] }, as: UTF8.self))
    }
    return texts
  }
}
