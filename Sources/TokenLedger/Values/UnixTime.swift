// Moments and spans of time, in microseconds: the oracle's boundary cases need them.
// Invariant: a UnixTime lies in the years 1 to 9999, so that sums with durations cannot overflow
// and every moment can be written as RFC 3339 and read by Python.

/// A moment: microseconds since 1970-01-01T00:00:00Z, in the years 1 to 9999.
public struct UnixTime: Hashable, Comparable, Sendable {
  /// Microseconds since 1970, negative before it.
  public let microseconds: Int64

  /// Wraps `microseconds`, or gives nil outside the years 1 to 9999.
  public init?(microseconds: Int64) {
    guard UnixTime.range.contains(microseconds) else { return nil }
    self.microseconds = microseconds
  }

  /// The moment at or nearest to `microseconds` in the years 1 to 9999.
  public init(clampingMicroseconds microseconds: Int64) {
    self.microseconds = min(max(microseconds, UnixTime.range.lowerBound), UnixTime.range.upperBound)
  }

  /// From 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z.
  public static let range: ClosedRange<Int64> =
    -62_135_596_800_000_000...253_402_300_799_999_999

  /// 1970-01-01T00:00:00Z.
  public static let epoch = UnixTime(clampingMicroseconds: 0)

  /// Whether `left` is earlier.
  public static func < (left: UnixTime, right: UnixTime) -> Bool {
    left.microseconds < right.microseconds
  }
}

/// How long an access token counts as valid after `created`: 0 to 100 years.
public struct ValidDuration: Hashable, Sendable {
  /// The duration in microseconds.
  public let microseconds: Int64

  /// Wraps whole `seconds`, or gives nil outside 0 to ``maximumSeconds``.
  public init?(seconds: Int64) {
    guard (0...ValidDuration.maximumSeconds).contains(seconds) else { return nil }
    self.microseconds = seconds * 1_000_000
  }

  /// The longest duration: 100 years.
  public static let maximumSeconds: Int64 = 3_155_760_000

  /// django-esi's `ESI_TOKEN_VALID_DURATION`: 1170 seconds.
  public static let standard = ValidDuration(checkedSeconds: 1170)

  private init(checkedSeconds: Int64) {
    self.microseconds = checkedSeconds * 1_000_000
  }
}
