// Moments for people: absolute, to the second, and relative to another moment, in the greatest
// unit that fits.
// Pure: the clock is passed in by whoever shows something, so that every output can be tested.

import TokenLedger

extension UnixTime {
  /// The moment to the second: `2026-11-23T12:00:00Z`.
  var shown: String { rfc3339.prefix(19) + "Z" }

  /// The moment to the millisecond, as exact as an event id: `2026-11-23T12:00:00.000Z`.
  var shownToMillisecond: String { rfc3339.prefix(23) + "Z" }

  /// The distance from another moment, in its greatest unit: `in 12 min`, `3 d ago`.
  func shown(from now: UnixTime) -> String {
    let seconds = (microseconds - now.microseconds) / 1_000_000
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    let (length, name) = units.first { seconds.magnitude >= $0.0 } ?? (1, "s")
    let amount = "\((seconds / length).magnitude) \(name)"
    return microseconds > now.microseconds ? "in \(amount)" : "\(amount) ago"
  }
}
