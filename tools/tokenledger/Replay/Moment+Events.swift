// On which side of a moment an event is, where the log is read without a ledger that could be
// asked. Pure.
// The same meaning as ASOF, SINCE and UNTIL have on the socket.

import TokenLedger

extension Moment {
  /// Whether `event` is at the moment or before it.
  func includes(_ event: Event) -> Bool {
    switch self {
    case .time(let time):
      time.microseconds >= 0 && event.id.milliseconds <= UInt64(time.microseconds / 1000)
    case .event(let id): event.id <= id
    case .sequence(let sequence): event.sequence <= sequence
    }
  }

  /// Whether `event` is at the moment or behind it.
  func isReached(by event: Event) -> Bool {
    switch self {
    case .time(let time):
      event.id.milliseconds >= UInt64(max(0, time.microseconds / 1000))
    case .event(let id): event.id >= id
    case .sequence(let sequence): event.sequence >= sequence
    }
  }
}
