// The id of an event in the log read as a stream: milliseconds and a counter, as in Redis streams.
// Invariant: ids rise strictly from event to event, also when the clock steps back or stands
// still: then the counter goes on under the highest milliseconds seen.

/// `<unix-ms>-<n>`: strictly rising from event to event, also when the clock steps back.
public struct EventID: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970 of the event, or of the latest before it when the clock stepped back.
  public let milliseconds: UInt64
  /// Counts the events of one millisecond, from 0.
  public let counter: UInt64

  /// Puts an id together.
  public init(milliseconds: UInt64, counter: UInt64) {
    self.milliseconds = milliseconds
    self.counter = counter
  }

  /// Below every event's id.
  public static let zero = EventID(milliseconds: 0, counter: 0)
  /// Above every event's id.
  public static let maximum = EventID(milliseconds: .max, counter: .max)

  /// The id of the next event, at `now`.
  ///
  /// - Precondition: the counter of one millisecond has not run through 64 bits.
  public func following(at now: UnixTime) -> EventID {
    let milliseconds = UInt64(max(0, now.microseconds / 1000))
    guard milliseconds <= self.milliseconds else {
      return EventID(milliseconds: milliseconds, counter: 0)
    }
    return EventID(milliseconds: self.milliseconds, counter: counter + 1)
  }

  /// Whether `left` comes first.
  public static func < (left: EventID, right: EventID) -> Bool {
    (left.milliseconds, left.counter) < (right.milliseconds, right.counter)
  }

  /// `<unix-ms>-<n>`.
  public var text: String { "\(milliseconds)-\(counter)" }

  /// Reads `<unix-ms>-<n>`, or `<unix-ms>` alone with `counter` in place of n; else nil.
  public init?(text: Span<UInt8>, counterIfMissing counter: UInt64) {
    var end = 0
    while end < text.count, text[end] != UInt8(ascii: "-") { end += 1 }
    guard let milliseconds = UInt64(digits: text.extracting(0..<end)) else { return nil }
    guard end < text.count else {
      self.init(milliseconds: milliseconds, counter: counter)
      return
    }
    guard let explicit = UInt64(digits: text.extracting(end + 1..<text.count)) else { return nil }
    self.init(milliseconds: milliseconds, counter: explicit)
  }
}

extension UInt64 {
  /// Reads decimal digits only: no sign, no blank; nil when empty or beyond 64 bits.
  public init?(digits: Span<UInt8>) {
    guard digits.count > 0, digits.count <= 20 else { return nil }
    var value: UInt64 = 0
    for index in digits.indices {
      let digit = digits[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    self = value
  }
}
