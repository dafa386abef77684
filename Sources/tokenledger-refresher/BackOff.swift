// How long to wait before the ledger is tried again. Pure: chance is handed in.
//
// Invariant: the waits double up to a bound, and a part of each is chance, so that many workers of
// a ledger that was started again do not knock at once. Owner: one thread, one value each.

/// The growing waits between attempts.
struct BackOff {
  /// The bounds of the waits, in milliseconds.
  struct Bounds: Sendable {
    var first: Int64 = 100
    var longest: Int64 = 10_000
  }

  private let bounds: Bounds
  private var next: Int64

  /// Begins with the shortest wait.
  init(_ bounds: Bounds) {
    self.bounds = bounds
    next = bounds.first
  }

  /// The next wait in milliseconds: between half of the present bound and all of it.
  mutating func nextMilliseconds(chance: Double) -> Int64 {
    defer { next = min(next * 2, bounds.longest) }
    return next / 2 + Int64(Double(next) / 2 * chance)
  }

  /// Begins again with the shortest wait.
  mutating func reset() { next = bounds.first }
}
