// A connection without a kernel: bytes on their way in both directions, of which the simulation
// decides how many arrive and when. It says what a poll would say of a socket in the same state.

import LinuxIO

@testable import LedgerServer

/// The wire between a simulated client and the node.
final class SimulatedWire: Wire {
  /// Bytes that have arrived at the node and were not received yet.
  private var arrived: [UInt8] = []
  /// Bytes that the node sent and the client has not read.
  private(set) var sent: [UInt8] = []
  private let capacityBytes: Int
  private var interest: EventInterest = .readable
  /// Whether the client sends nothing more.
  private(set) var isFinished = false
  /// Whether the client is gone.
  private(set) var isGone = false
  /// Whether the node has ended the connection.
  private(set) var isClosedByNode = false
  /// How often the node has used the wire.
  private(set) var callCount = 0
  private let trace: Trace

  init(capacityBytes: Int, _ trace: Trace) {
    self.capacityBytes = capacityBytes
    self.trace = trace
  }

  // MARK: The client's side

  func deliver(_ bytes: some Collection<UInt8>) {
    trace.note(bytes)
    arrived += bytes
  }

  func finishSending() { isFinished = true }

  func leave() {
    isFinished = true
    isGone = true
  }

  /// Takes the first bytes that the node sent.
  func take(_ count: Int) -> [UInt8] {
    let taken = Array(sent.prefix(count))
    sent.removeFirst(taken.count)
    trace.note(taken)
    return taken
  }

  /// What a poll would report now; nil for nothing.
  var event: PollEvent? {
    guard !isClosedByNode else { return nil }
    var ready: EventInterest = []
    if !arrived.isEmpty || isFinished { ready.insert(.readable) }
    if sent.count < capacityBytes || isGone { ready.insert(.writable) }
    if isFinished { ready.insert(.peerFinished) }
    ready.formIntersection(interest)
    guard !ready.isEmpty || isGone else { return nil }
    return PollEvent(
      word: EventWord(descriptor: 0, generation: 0), ready: ready, isClosed: isGone)
  }

  // MARK: The node's side

  func receive(into buffer: inout MutableRawSpan) throws(SystemError) -> Transfer {
    callCount += 1
    guard !arrived.isEmpty else { return isFinished ? .closed : .wouldBlock }
    let count = min(arrived.count, buffer.byteCount)
    let bytes = arrived
    buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes[..<count]) }
    arrived.removeFirst(count)
    return .transferred(count)
  }

  func send(_ bytes: Span<UInt8>) throws(SystemError) -> Transfer {
    callCount += 1
    if isGone { return .closed }
    let count = min(bytes.count, capacityBytes - sent.count)
    guard count > 0 else { return .wouldBlock }
    for index in 0..<count { sent.append(bytes[index]) }
    return .transferred(count)
  }

  func watch(for interest: EventInterest) throws(SystemError) {
    callCount += 1
    self.interest = interest
  }

  func close() {
    callCount += 1
    isClosedByNode = true
  }
}
