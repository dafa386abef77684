// The one clock of a ledger: every "now" in the service comes from here, so that a frozen clock
// freezes all of it. Nothing in the fold over the events asks it: an event carries its time.
// Event ids rise also when this clock steps back.

import LinuxIO
public import TokenLedger

/// What time it is.
public enum LedgerClock: Sendable {
  /// The kernel's real-time clock.
  case system
  /// A clock that stands still: tests, and looking at a moment.
  case frozen(UnixTime)

  /// The present moment, in microseconds.
  public var now: UnixTime {
    switch self {
    case .system: UnixTime(clampingMicroseconds: SystemClock.realtimeMicroseconds())
    case .frozen(let moment): moment
    }
  }
}
