// The breaker against mass deletion: an SSO that suddenly says `invalid_grant` for everybody must
// not end everybody's tokens. Times are handed in; memory is a fixed number of buckets.
// Invariant: while any token is held back, nothing ends: what tripped stays tripped until an
// operator has said what becomes of the held ones, also over a restart.
// Owner: the loop's thread. schema/protocol.md, "The guard".

import TokenLedger

/// When definite failures are too many to be true.
public struct GuardThreshold: Equatable, Sendable {
  /// The share of definite failures among all outcomes of the window, 0 to 1, that is too much when
  /// it is exceeded.
  public var share: Double
  /// How many of them there may be in any case.
  public var count: Int
  /// The length of the window, in seconds.
  public var windowSeconds: Int64

  /// More than half of the outcomes of an hour, and more than ten.
  public static let standard = GuardThreshold(share: 0.5, count: 10, windowSeconds: 3600)

  /// Puts a threshold together.
  public init(share: Double, count: Int, windowSeconds: Int64) {
    self.share = share
    self.count = count
    self.windowSeconds = windowSeconds
  }
}

/// Counts outcomes in a window that moves on in sixty steps.
struct DeletionGuard {
  private struct Bucket {
    /// Which step of time it counts; an older one is empty.
    var step: Int64 = -1
    var successes = 0
    var definite = 0
  }

  /// Into how many steps the window is cut.
  static let bucketCount = 60

  private var buckets = [Bucket](repeating: Bucket(), count: Self.bucketCount)

  /// Whether one more definite failure may end its token.
  func allowsEnding(
    at now: UnixTime, heldBackCount: Int, _ threshold: GuardThreshold?
  ) -> Bool {
    guard let threshold else { return true }
    guard heldBackCount == 0 else { return false }
    let first = step(now, threshold) - Int64(Self.bucketCount) + 1
    let recent = buckets.filter { $0.step >= first }
    let definite = recent.reduce(1) { $0 + $1.definite }
    let outcomes = recent.reduce(definite) { $0 + $1.successes }
    return definite <= threshold.count
      || Double(definite) <= threshold.share * Double(outcomes)
  }

  /// Counts an outcome.
  mutating func note(isDefinite: Bool, at now: UnixTime, _ threshold: GuardThreshold?) {
    guard let threshold else { return }
    let step = step(now, threshold)
    let index = Int(step % Int64(Self.bucketCount))
    if buckets[index].step != step { buckets[index] = Bucket(step: step) }
    if isDefinite { buckets[index].definite += 1 } else { buckets[index].successes += 1 }
  }

  private func step(_ now: UnixTime, _ threshold: GuardThreshold) -> Int64 {
    let length = max(1, threshold.windowSeconds * 1_000_000 / Int64(Self.bucketCount))
    return max(0, now.microseconds) / length
  }
}
