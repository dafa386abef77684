// The server around the SSO: one thread accepts, one thread serves each connection, so that a delay
// of one holds nobody else up. HTTP/1.1 with connections that stay open.
// Invariant: at most `connectionLimit` threads; a client that sends or takes nothing for
// `silenceMilliseconds` is let go. The SSO is behind a lock, never held while waiting.

import LinuxIO
import Synchronization

/// A server on 127.0.0.1.
final class WebServer: Sendable {
  static let connectionLimit = 256
  static let silenceMilliseconds: Int32 = 60_000

  private let sso: Mutex<FakeSSO>
  private let listener: LoopbackListener
  private let open = Mutex(0)

  /// Listens; 0 is any free port.
  ///
  /// - Throws: `SystemError` such as EADDRINUSE.
  init(_ sso: FakeSSO, port: UInt16) throws(SystemError) {
    self.sso = Mutex(sso)
    listener = try LoopbackListener.listen(port: port)
  }

  /// Where clients connect.
  func address() throws(SystemError) -> String { "http://127.0.0.1:\(try listener.port())" }

  /// Accepts clients as long as the process lives.
  func run() throws(SystemError) -> Never {
    let poll = try EventPoll()
    try poll.add(EventWord(descriptor: listener.rawValue, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    while true {
      try poll.wait(timeoutMilliseconds: -1, into: &events)
      while let socket = try listener.accept() { try serve(socket) }
    }
  }

  private func serve(_ socket: consuming LoopbackSocket) throws(SystemError) {
    let count = open.withLock { count in
      count += 1
      return count
    }
    // One too many is closed at once.
    guard count <= Self.connectionLimit else { return release() }
    let connection = WebConnection(socket, self)
    _ = try SystemThread.start(name: "connection") {
      connection.run()
      self.release()
    }
  }

  private func release() { open.withLock { $0 -= 1 } }

  /// Has the SSO answer.
  func reply(to request: WebRequest) -> WebReply {
    sso.withLock { $0.reply(to: request, now: SystemClock.realtimeMicroseconds() / 1_000_000) }
  }
}

/// One client.
private final class WebConnection: Sendable {
  private let socket: LoopbackSocket
  private let server: WebServer

  init(_ socket: consuming LoopbackSocket, _ server: WebServer) {
    self.socket = socket
    self.server = server
  }

  /// Serves requests until the client has left, or one is no request.
  func run() {
    var reader = RequestReader()
    // Whatever breaks, the connection ends with it, and the client sees that.
    do throws(SystemError) {
      let poll = try EventPoll()
      try poll.add(EventWord(descriptor: socket.rawValue, generation: 0), for: .readable)
      while try isServed(&reader, poll) {}
    } catch {}
  }

  /// Answers what is there, or waits for more.
  ///
  /// - Returns: false once the connection is over.
  private func isServed(
    _ reader: inout RequestReader, _ poll: borrowing EventPoll
  ) throws(SystemError) -> Bool {
    let request: WebRequest?
    do throws(RequestFault) { request = try reader.next() } catch {
      _ = try isSent(error.answer.bytes(keepsAlive: false), poll)
      return false
    }
    guard let request else { return try hasReceived(&reader, poll) }
    let reply = server.reply(to: request)
    if reply.delayMilliseconds > 0 { try pause(reply.delayMilliseconds) }
    let bytes = reply.answer.bytes(keepsAlive: request.keepsAlive)
    switch reply.manner {
    case .whole: return try isSent(bytes, poll) && request.keepsAlive
    case .nothing: return false
    case .half:
      _ = try isSent(Array(bytes.prefix(bytes.count / 2)), poll)
      return false
    case .drip(let milliseconds):
      let head = bytes.count - reply.answer.body.count
      guard try isSent(Array(bytes[..<head]), poll) else { return false }
      for byte in bytes[head...] {
        guard try isSent([byte], poll) else { return false }
        try pause(milliseconds)
      }
      return request.keepsAlive
    }
  }

  private func hasReceived(
    _ reader: inout RequestReader, _ poll: borrowing EventPoll
  ) throws(SystemError) -> Bool {
    var storage = [UInt8](repeating: 0, count: 16 << 10)
    let transfer = try {
      () throws(SystemError) in
      var elements = storage.mutableSpan
      // Safe: every bit pattern is a `UInt8`.
      var buffer = unsafe elements.mutableBytes
      return try socket.receive(into: &buffer)
    }()
    switch transfer {
    case .transferred(let count):
      reader.append(storage[..<count])
      return true
    case .closed: return false
    case .wouldBlock: return try isReady(.readable, poll)
    }
  }

  /// Sends all bytes; false when the client is gone or takes nothing.
  private func isSent(
    _ bytes: [UInt8], _ poll: borrowing EventPoll
  ) throws(SystemError) -> Bool {
    var done = 0
    while done < bytes.count {
      switch try socket.send(bytes.span.extracting(done..<bytes.count)) {
      case .transferred(let count): done += count
      case .closed: return false
      case .wouldBlock: guard try isReady(.writable, poll) else { return false }
      }
    }
    return true
  }

  private func isReady(
    _ interest: EventInterest, _ poll: borrowing EventPoll
  ) throws(SystemError) -> Bool {
    let word = EventWord(descriptor: socket.rawValue, generation: 0)
    try poll.modify(word, for: interest)
    var events = EventBuffer(capacity: 1)
    try poll.wait(timeoutMilliseconds: WebServer.silenceMilliseconds, into: &events)
    return events.count > 0
  }

  /// Waits; the client may leave meanwhile, which the next send tells.
  private func pause(_ milliseconds: Int) throws(SystemError) {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 1)
    try poll.wait(timeoutMilliseconds: Int32(clamping: milliseconds), into: &events)
  }
}
