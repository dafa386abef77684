// One place for one thing, between two threads: whoever puts wakes whoever takes. The only mutex of
// the service is in here, held for the time of a move. The wake-up is an eventfd, so that a loop
// can wait for it together with its sockets.

internal import Synchronization

/// A place for at most one value, handed from one thread to another.
public final class Mailbox<Content: ~Copyable & Sendable>: Sendable {
  private let slot = Mutex(Slot())
  /// Above zero after something was put or the mailbox was closed.
  private let arrivals: EventCounter
  private let poll: EventPoll

  private struct Slot: ~Copyable {
    var value: Content?
    var isClosed = false
  }

  /// Makes an empty mailbox.
  ///
  /// - Throws: `SystemError` of eventfd(2) and epoll(7).
  public init() throws(SystemError) {
    arrivals = try EventCounter()
    poll = try EventPoll()
    try poll.add(EventWord(descriptor: arrivals.rawValue, generation: 0), for: .readable)
  }

  /// The descriptor that is readable after something was put.
  public var descriptor: CInt { arrivals.rawValue }

  /// Puts a value into the empty mailbox and wakes the taker.
  ///
  /// - Precondition: the mailbox is empty.
  public func put(_ value: consuming sending Content) {
    var value: Content? = value
    slot.withLock { slot in
      precondition(slot.value == nil, "a mailbox holds one value")
      slot.value = value.take()
    }
    arrivals.signal()
  }

  /// Says that nothing more will be put, and wakes the taker.
  public func close() {
    slot.withLock { $0.isClosed = true }
    arrivals.signal()
  }

  /// Takes the value out, or gives `nil` when there is none.
  ///
  /// The counter is set back first: a value put in between is taken now, and its signal then
  /// wakes the taker for nothing; the other way round it would be lost.
  public func take() -> Content? {
    arrivals.drain()
    return slot.withLock { $0.value.take() }
  }

  /// Waits for a value and takes it out, or gives `nil` when the mailbox is closed and empty.
  public func receive(_ events: inout EventBuffer) -> Content? {
    while true {
      if let value = take() { return value }
      if slot.withLock({ $0.isClosed && $0.value == nil }) { return nil }
      do throws(SystemError) {
        try poll.wait(timeoutMilliseconds: -1, into: &events)
      } catch {
        preconditionFailure("an eventfd cannot be waited for: \(error)")
      }
    }
  }
}
