// A moment after which a call gives up.
//
// Taken once at the start of a call, so that many short waits do not add up to more than the caller
// allowed. Owner: the call.

internal import LinuxIO

/// A moment of the monotonic clock, or never.
struct Deadline {
  /// Microseconds of `SystemClock.monotonicMicroseconds`, or nil for never.
  private let microseconds: Int64?

  /// The moment that lies this far ahead; nil is never.
  init(after timeout: Duration?) {
    microseconds = timeout.map { timeout in
      let (seconds, attoseconds) = timeout.components
      let whole = seconds.multipliedReportingOverflow(by: 1_000_000)
      let waiting = whole.overflow ? Int64.max : whole.partialValue
      let end = waiting.addingReportingOverflow(
        SystemClock.monotonicMicroseconds() + attoseconds / 1_000_000_000_000)
      return end.overflow ? .max : end.partialValue
    }
  }

  /// The milliseconds left, rounded up, as epoll_wait(2) takes them; -1 is for ever, 0 is past.
  var remainingMilliseconds: Int32 {
    guard let microseconds else { return -1 }
    let left = microseconds - SystemClock.monotonicMicroseconds()
    guard left > 0 else { return 0 }
    return Int32(clamping: left / 1_000 + 1)
  }
}
