// How one thread wakes another that has nothing to do. What there is to do stands elsewhere, behind
// a lock: whoever is woken looks there, and waits again if it was nothing.
//
// Invariant: a signal is never lost; one that comes before the wait ends it at once. Any thread may
// signal, one thread waits.

import LinuxIO

/// A bell that one thread listens to.
final class WakeUp: Sendable {
  private let counter: EventCounter
  private let poll: EventPoll

  /// Makes a silent one.
  ///
  /// - Throws: `SystemError` of eventfd(2) and epoll(7).
  init() throws(SystemError) {
    counter = try EventCounter()
    poll = try EventPoll()
    try poll.add(EventWord(descriptor: counter.rawValue, generation: 0), for: .readable)
  }

  /// The descriptor that is readable after a signal, to be waited for together with others.
  var descriptor: CInt { counter.rawValue }

  /// Wakes the thread that waits, or the next one that does.
  func signal() { counter.signal() }

  /// Waits for a signal, or for as many milliseconds; -1 is for ever.
  func wait(milliseconds: Int32 = -1) {
    var events = EventBuffer(capacity: 1)
    do throws(SystemError) {
      try poll.wait(timeoutMilliseconds: milliseconds, into: &events)
    } catch {
      preconditionFailure("an eventfd cannot be waited for: \(error)")
    }
    counter.drain()
  }

  /// Waits as long, whatever the signals, unless there is a reason to go on.
  func pause(milliseconds: Int64, unless isOver: () -> Bool) {
    let end = SystemClock.monotonicMicroseconds() + milliseconds * 1_000
    while !isOver() {
      let left = end - SystemClock.monotonicMicroseconds()
      guard left > 0 else { return }
      wait(milliseconds: Int32(clamping: left / 1_000 + 1))
    }
  }
}
