// Reading and writing moments as text: RFC 3339, or seconds since 1970, each with up to six
// decimals. The calendar is the proleptic Gregorian one, without leap seconds.
// Invariant: what is written here reads back as the same moment; a text that names no moment of the
// years 1 to 9999 to the microsecond is refused, never rounded.

extension UnixTime {
  /// Reads `2026-11-23T12:00:00.5Z`, `2026-11-23 12:00:00+01:00` or `1795435200.5`.
  ///
  /// Gives nil when the text is neither, has more than six decimals, names a day or an hour
  /// that does not exist, or lies outside the years 1 to 9999.
  ///
  /// - Source: RFC 3339 section 5.6.
  public init?(text: Span<UInt8>) {
    var scanner = TimeScanner(text)
    let isDate = text.count > 4 && text[4] == UInt8(ascii: "-")
    guard let value = isDate ? scanner.readDateTime() : scanner.readSeconds(), scanner.isAtEnd
    else { return nil }
    self.init(microseconds: value)
  }

  /// Reads `text` as ``init(text:)`` does.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(text: bytes.span)
  }

  /// The moment as `2026-11-23T12:00:00.000000Z`, always with six decimals.
  public var rfc3339: String {
    let (days, rest) = microseconds.flooredQuotient(by: 86_400_000_000)
    let date = CivilDate(daysSince1970: days)
    let seconds = rest / 1_000_000
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60]
    let time = clock.map { padded($0, width: 2) }.joined(separator: ":")
    let day = [
      padded(date.year, width: 4), padded(date.month, width: 2), padded(date.day, width: 2),
    ]
    let fraction = padded(rest % 1_000_000, width: 6)
    return "\(day.joined(separator: "-"))T\(time).\(fraction)Z"
  }
}

/// A day of the proleptic Gregorian calendar.
///
/// The conversions count from March, so that the leap day is the last of its year.
struct CivilDate: Equatable {
  var year: Int64
  var month: Int64
  var day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  init(daysSince1970: Int64) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01; 146,097 make 400 years.
    let (era, dayOfEra) = (daysSince1970 + 719_468).flooredQuotient(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let shiftedYear = year - (month <= 2 ? 1 : 0)
    let (era, yearOfEra) = shiftedYear.flooredQuotient(by: 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Whether the calendar has this day: no other day has the same number.
  var exists: Bool {
    (1...12).contains(month) && (1...31).contains(day)
      && CivilDate(daysSince1970: daysSince1970) == self
  }
}

/// A cursor over the characters of a moment.
private struct TimeScanner: ~Escapable {
  private let text: Span<UInt8>
  private var position = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) {
    self.text = text
  }

  var isAtEnd: Bool { position == text.count }

  /// Reads seconds since 1970, as microseconds.
  @_lifetime(self: copy self)
  mutating func readSeconds() -> Int64? {
    let isNegative = take("-")
    guard let whole = readDigits(1...12), let fraction = readFraction() else { return nil }
    let value = whole * 1_000_000 + fraction
    return isNegative ? -value : value
  }

  /// Reads a date, a time and an offset, as microseconds since 1970.
  @_lifetime(self: copy self)
  mutating func readDateTime() -> Int64? {
    guard let year = readDigits(4...4), take("-"), let month = readDigits(2...2), take("-"),
      let day = readDigits(2...2), take("T") || take("t") || take(" "),
      let time = readTimeOfDay(), let offset = readOffset()
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.exists else { return nil }
    return date.daysSince1970 * 86_400_000_000 + time - offset
  }

  @_lifetime(self: copy self)
  private mutating func readTimeOfDay() -> Int64? {
    guard let hour = readDigits(2...2), take(":"), let minute = readDigits(2...2), take(":"),
      let second = readDigits(2...2), hour < 24, minute < 60, second < 60,
      let fraction = readFraction()
    else { return nil }
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
  }

  /// Reads `Z` or `±hh:mm`, as microseconds.
  @_lifetime(self: copy self)
  private mutating func readOffset() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isNegative = take("-")
    guard isNegative || take("+"), let hour = readDigits(2...2), take(":"),
      let minute = readDigits(2...2), hour < 24, minute < 60
    else { return nil }
    let offset = (hour * 60 + minute) * 60_000_000
    return isNegative ? -offset : offset
  }

  /// Reads nothing, or a point and one to six digits, as microseconds.
  @_lifetime(self: copy self)
  private mutating func readFraction() -> Int64? {
    guard take(".") else { return 0 }
    let start = position
    guard var value = readDigits(1...6) else { return nil }
    for _ in (position - start)..<6 { value *= 10 }
    return value
  }

  /// Reads as many digits as there are; nil when their number is not in `counts`.
  @_lifetime(self: copy self)
  private mutating func readDigits(_ counts: ClosedRange<Int>) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < text.count, position - start < counts.upperBound,
      case let digit = text[position] &- UInt8(ascii: "0"), digit < 10
    {
      value = value * 10 + Int64(digit)
      position += 1
    }
    return position - start >= counts.lowerBound ? value : nil
  }

  @_lifetime(self: copy self)
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}

extension Int64 {
  /// The quotient rounded towards minus infinity, and the remainder, which is never negative.
  fileprivate func flooredQuotient(by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

private func padded(_ number: Int64, width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
