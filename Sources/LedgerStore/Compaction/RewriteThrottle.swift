// How fast a compaction goes: so many bytes a second, so that the disk stays free for whoever waits
// for a commit. The thread that rewrites stands still when it is ahead.
// Invariant: it never stands still longer than a step of the clock would take to be noticed.

import EventLog
import LinuxIO
import Synchronization

/// A rate, and a sign to give up.
final class RewriteThrottle: RewritePacing {
  /// The longest pause in one piece, in microseconds: how late a stop may come.
  private static let longestPause: Int64 = 50_000

  private let bytesPerSecond: Int
  private let stop: StopSign
  private let startMicroseconds: Int64
  private let spent = Atomic(0)

  /// A pace of `bytesPerSecond`; 0: as fast as it goes.
  init(bytesPerSecond: Int, until stop: StopSign) {
    self.bytesPerSecond = bytesPerSecond
    self.stop = stop
    startMicroseconds = SystemClock.monotonicMicroseconds()
  }

  func spend(_ bytes: Int) -> Bool {
    guard bytesPerSecond > 0 else { return !stop.isRaised }
    let total = spent.wrappingAdd(bytes, ordering: .relaxed).newValue
    let due = startMicroseconds + Int64(Double(total) / Double(bytesPerSecond) * 1_000_000)
    while !stop.isRaised {
      let ahead = due - SystemClock.monotonicMicroseconds()
      if ahead <= 0 { return true }
      SystemClock.sleep(microseconds: min(ahead, Self.longestPause))
    }
    return false
  }
}
