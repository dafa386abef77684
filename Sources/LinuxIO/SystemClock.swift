// The two clocks of the kernel, clock_gettime(2): one to write down, which can step back, and one
// to measure and wait with, which cannot. The domain never reads them: it is given the time by
// its caller, so that a replay or a test decides what time it is.

internal import Glibc

/// The clocks of this machine.
public enum SystemClock {
  /// The wall clock: microseconds since 1970, UTC.
  ///
  /// It can step back.
  ///
  /// - Complexity: O(1), about 25 nanoseconds, no system call.
  /// - Source: clock_gettime(2), CLOCK_REALTIME.
  public static func realtimeMicroseconds() -> Int64 {
    read(CLOCK_REALTIME).microseconds
  }

  /// Microseconds since some moment before this process, for timeouts.
  ///
  /// This clock never steps back.
  ///
  /// - Complexity: O(1), about 25 nanoseconds, no system call.
  /// - Source: clock_gettime(2), CLOCK_MONOTONIC.
  public static func monotonicMicroseconds() -> Int64 {
    read(CLOCK_MONOTONIC).microseconds
  }

  /// Nanoseconds of the same clock as `monotonicMicroseconds`, for measurements.
  public static func monotonicNanoseconds() -> Int64 {
    let time = read(CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Stands still for a while; a signal may end it early.
  ///
  /// - Source: clock_nanosleep(2), CLOCK_MONOTONIC.
  public static func sleep(microseconds: Int64) {
    precondition(microseconds >= 0, "a sleep that ends before it begins")
    let duration = timespec(
      tv_sec: Int(microseconds / 1_000_000), tv_nsec: Int(microseconds % 1_000_000) * 1_000)
    _ = unsafe withUnsafePointer(to: duration) { duration in
      unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, duration, nil)
    }
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    let result = unsafe clock_gettime(clock, &time)
    precondition(result == 0, "the kernel lacks a clock that every Linux has")
    return time
  }
}

extension timespec {
  /// The time in microseconds, rounded down.
  var microseconds: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_nsec) / 1_000 }
}
