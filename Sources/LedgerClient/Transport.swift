// Bytes to the ledger and back, over one socket that never waits by itself.
//
// While there is something to send, whatever arrives is taken in too: a server that has to write
// before it reads on, and whose socket is full, would otherwise wait for us while we wait for it. A
// server that closes after a last word (`LIMIT …`) is heard out: sending ends quietly, and the end
// is told by `receive` once all is read. Owner: the thread of the connection.

internal import LinuxIO
internal import RESP

/// A connected socket and the means to wait for it.
struct Transport: ~Copyable {
  private let socket: UnixSocket
  private let poll: EventPoll
  private var events: EventBuffer
  private var interest: EventInterest = .readable
  private var chunk = [UInt8](repeating: 0, count: 64 << 10)
  /// The peer takes nothing more, or sends nothing more.
  private var isPeerGone = false

  /// Takes over a connected socket.
  init(_ socket: consuming UnixSocket) throws(SystemError) {
    try socket.descriptor.setNonblocking()
    let poll = try EventPoll()
    try poll.add(EventWord(descriptor: socket.rawValue, generation: 0), for: .readable)
    self.socket = socket
    self.poll = poll
    events = EventBuffer(capacity: 1)
  }

  /// Sends all that is written, and appends to `received` what arrives meanwhile.
  mutating func send(
    _ outgoing: inout RequestWriter, receivingInto received: inout [UInt8], until deadline: Deadline
  ) throws(ClientError) {
    while !outgoing.bytes.isEmpty, !isPeerGone {
      switch try sendOnce(outgoing.bytes.span) {
      case .transferred(let count): outgoing.removeFirst(count)
      case .closed: isPeerGone = true
      case .wouldBlock:
        let event = try wait(for: [.readable, .writable], until: deadline)
        if event.isReadable { try receiveOnce(into: &received) }
      }
    }
    outgoing.removeFirst(outgoing.bytes.count)
  }

  /// Waits for bytes and appends them to `received`, at least one.
  mutating func receive(
    into received: inout [UInt8], until deadline: Deadline
  ) throws(ClientError) {
    let count = received.count
    while received.count == count {
      guard try wait(for: .readable, until: deadline).isReadable else { continue }
      try receiveOnce(into: &received)
      if isPeerGone, received.count == count { throw .connectionClosed }
    }
  }

  /// Ends both directions; nothing can be sent or received afterwards.
  func shutDown() {
    // A peer that is gone already has left nothing to end.
    try? socket.shutDown()
  }

  private func sendOnce(_ bytes: Span<UInt8>) throws(ClientError) -> Transfer {
    do throws(SystemError) { return try socket.send(bytes) } catch { throw .system(error) }
  }

  /// Receives what is there, if anything.
  private mutating func receiveOnce(into received: inout [UInt8]) throws(ClientError) {
    do throws(SystemError) {
      switch try Self.receive(from: socket, into: &chunk) {
      case .transferred(let count): received += chunk[..<count]
      case .closed: isPeerGone = true
      case .wouldBlock: break
      }
    } catch {
      throw .system(error)
    }
  }

  private static func receive(
    from socket: borrowing UnixSocket, into chunk: inout [UInt8]
  ) throws(SystemError) -> Transfer {
    var span = chunk.mutableSpan
    // Safe: a `UInt8` has no padding, and every pattern of bits is one.
    var bytes = unsafe span.mutableBytes
    return try socket.receive(into: &bytes)
  }

  /// Waits until the socket is ready, or throws `timeout`.
  private mutating func wait(
    for wanted: EventInterest, until deadline: Deadline
  ) throws(ClientError) -> PollEvent {
    do throws(SystemError) {
      try watch(for: wanted)
      while true {
        let milliseconds = deadline.remainingMilliseconds
        try poll.wait(timeoutMilliseconds: milliseconds, into: &events)
        if events.count > 0 { return events[0] }
        if milliseconds == 0 { break }
      }
    } catch {
      throw .system(error)
    }
    throw .timeout
  }

  private mutating func watch(for wanted: EventInterest) throws(SystemError) {
    guard wanted != interest else { return }
    try poll.modify(EventWord(descriptor: socket.rawValue, generation: 0), for: wanted)
    interest = wanted
  }
}

extension UnixSocket {
  /// Connects to a path; waits, up to the deadline, while the listener's queue is full.
  static func connect(path: String, until deadline: Deadline) throws(ClientError) -> UnixSocket {
    let address: UnixAddress
    do throws(UnixAddressError) { address = try UnixAddress(path: path) } catch {
      throw .invalidPath(error)
    }
    do throws(SystemError) {
      let pause = try EventPoll()
      var noEvents = EventBuffer(capacity: 1)
      while deadline.remainingMilliseconds != 0 {
        if let socket = try UnixSocket.connectNonblocking(to: address) { return socket }
        try pause.wait(timeoutMilliseconds: 1, into: &noEvents)
      }
    } catch {
      throw .unreachable(error)
    }
    throw .timeout
  }
}
