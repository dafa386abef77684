// The dates of HTTP header fields, in seconds since 1970.
//
// Invariant: the same text gives the same second on every machine; no calendar or time zone of the
// system is asked. Owner: nobody, functions only. Source: RFC 9110 §5.6.7.

/// Reads dates as they stand in `Date`, `Expires` and `Retry-After`.
enum HTTPDate {
  /// The second since 1970, or nil for a text that is no date; without a zone it is UTC.
  ///
  ///     Mon, 23 Nov 2026 12:00:30 GMT      Monday, 23-Nov-26 12:00:30 GMT
  static func seconds(_ text: String) -> Int64? {
    let words = text.split { $0 == " " || $0 == "-" || $0 == "," }
    guard (5...6).contains(words.count), words.count == 5 || zones.contains(words[5]) else {
      return nil
    }
    guard let day = number(words[1], 1...31), let year = year(words[3]),
      let month = months.firstIndex(of: words[2]), let second = secondOfDay(words[4])
    else { return nil }
    return daysSince1970(year: year, month: Int64(month) + 1, day: day) * 86_400 + second
  }

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let zones: [Substring] = ["GMT", "UTC"]

  /// Four digits, or two: those below 70 are of this century.
  private static func year(_ text: Substring) -> Int64? {
    guard text.count == 4 || text.count == 2, let year = number(text, 0...9999) else { return nil }
    guard text.count == 2 else { return year }
    return year < 70 ? 2000 + year : 1900 + year
  }

  private static func secondOfDay(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = number(parts[0], 0...23),
      let minute = number(parts[1], 0...59), let second = number(parts[2], 0...60)
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) else {
      return nil
    }
    return range.contains(number) ? number : nil
  }

  /// Counts days in years that begin in March, so that the leap day is the last one.
  private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let years = month <= 2 ? year - 1 : year
    let daysOfMonths = (153 * ((month + 9) % 12) + 2) / 5
    return 365 * years + years / 4 - years / 100 + years / 400 + daysOfMonths + day - 719_469
  }
}
