// The one clock of a ledger: every "now" in the service comes from here, so that a frozen clock
// freezes all of it, and a simulation sets it. Nothing in the fold over the events asks it: an
// event carries its time. Event ids rise also when this clock steps back.

import LinuxIO
import Synchronization
public import TokenLedger

/// What time it is.
public enum LedgerClock: Sendable {
  /// The kernel's clocks.
  case system
  /// A clock that stands still, beside the kernel's monotonic one: tests, and looking at a moment.
  case frozen(UnixTime)
  /// Clocks that somebody sets: simulations.
  case settable(SettableClock)

  /// The present moment, in microseconds.
  public var now: UnixTime {
    switch self {
    case .system: UnixTime(clampingMicroseconds: SystemClock.realtimeMicroseconds())
    case .frozen(let moment): moment
    case .settable(let clock): clock.now
    }
  }

  /// Microseconds since some moment, never stepping back: for waits.
  public var monotonicMicroseconds: Int64 {
    switch self {
    case .system, .frozen: SystemClock.monotonicMicroseconds()
    case .settable(let clock): clock.monotonicMicroseconds
    }
  }
}

/// A wall clock and a monotonic clock that stand still until they are set; from any thread.
public final class SettableClock: Sendable {
  private let wall: Atomic<Int64>
  private let monotonic = Atomic<Int64>(0)

  /// Starts at `now`, and at 0 on the monotonic clock.
  public init(now: UnixTime) {
    wall = Atomic(now.microseconds)
  }

  /// The moment; it may be set back.
  public var now: UnixTime {
    get { UnixTime(clampingMicroseconds: wall.load(ordering: .relaxed)) }
    set { wall.store(newValue.microseconds, ordering: .relaxed) }
  }

  /// Microseconds on the monotonic clock.
  public var monotonicMicroseconds: Int64 { monotonic.load(ordering: .relaxed) }

  /// Moves the monotonic clock on.
  public func advanceMonotonic(microseconds: Int64) {
    precondition(microseconds >= 0, "a monotonic clock never steps back")
    monotonic.wrappingAdd(microseconds, ordering: .relaxed)
  }
}
