import TestSupport
import Testing
import TokenLedger

@Suite struct UnixTimeTests {
  /// What Python's `datetime.fromisoformat` makes of them, in microseconds since 1970.
  static let dates: [(String, Int64)] = [
    ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ("0001-01-01T00:00:00.000001Z", -62_135_596_799_999_999),
    ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ("1969-12-31T23:59:59.999999Z", -1),
    ("1970-01-01T00:00:00Z", 0),
    ("0004-02-29T00:00:00Z", -62_035_891_200_000_000),
    ("0400-02-29T00:00:00Z", -49_539_340_800_000_000),
    ("1600-02-29T12:00:00Z", -11_670_955_200_000_000),
    ("1900-02-28T23:59:59Z", -2_203_891_201_000_000),
    ("1900-03-01T00:00:00Z", -2_203_891_200_000_000),
    ("2000-02-29T00:00:00Z", 951_782_400_000_000),
    ("2024-02-29T23:59:59.5Z", 1_709_251_199_500_000),
    ("2100-02-28T00:00:00Z", 4_107_456_000_000_000),
    ("2100-03-01T00:00:00Z", 4_107_542_400_000_000),
    ("2026-11-23T12:00:00+01:00", 1_795_431_600_000_000),
    ("2026-11-23T12:00:00-23:59", 1_795_521_540_000_000),
    ("2026-11-23T12:00:00+23:59", 1_795_348_860_000_000),
    ("2026-12-31T23:30:00-01:00", 1_798_763_400_000_000),
    ("2038-01-19T03:14:08Z", 2_147_483_648_000_000),
    ("9999-12-31T23:59:59+00:01", 253_402_300_739_000_000),
    ("0001-01-01T00:01:00+00:01", -62_135_596_800_000_000),
    ("2026-11-23T12:00:00.000123Z", 1_795_435_200_000_123),
    ("2026-11-23t12:00:00.1z", 1_795_435_200_100_000),
    ("2026-11-23 12:00:00.12-00:00", 1_795_435_200_120_000),
  ]

  @Test(arguments: dates)
  func `a date is read as Python reads it`(text: String, microseconds: Int64) {
    #expect(UnixTime(text)?.microseconds == microseconds)
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("1", 1_000_000), ("-1", -1_000_000), ("-0.5", -500_000),
      ("-1.000001", -1_000_001), ("1795435200.123456", 1_795_435_200_123_456), ("0.1", 100_000),
      ("0.000001", 1), ("-0.000001", -1), ("000000000007", 7_000_000),
      ("253402300799.999999", 253_402_300_799_999_999), ("-62135596800", -62_135_596_800_000_000),
      ("2026", 2_026_000_000), ("-1234", -1_234_000_000),
    ] as [(String, Int64)])
  func `seconds are read with up to six decimals`(text: String, microseconds: Int64) {
    #expect(UnixTime(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "-", "+1", " 1", "1 ", "1.", ".5", "-.5", "1.0000000", "1e3", "0x10", "1,5", "--1", "1-",
    "253402300800", "253402300799.9999999", "-62135596800.000001", "1000000000000", "١", "NaN",
  ])
  func `what is no number of seconds is refused`(text: String) {
    #expect(UnixTime(text) == nil)
  }

  @Test(arguments: [
    "2026-11-23", "2026-11-23T12:00Z", "2026-11-23T12:00:00", "2026-11-23T12:00:00.Z",
    "2026-11-23T12:00:00.1234567Z", "2026-11-23T12:00:00+1:00", "2026-11-23T12:00:00+01",
    "2026-11-23T12:00:00+0100", "2026-11-23T12:00:00+24:00", "2026-11-23T12:00:00+00:60",
    "2026-11-23T12:00:00 Z", "2026-11-23T12:00:00ZZ", "2026-11-23_12:00:00Z", "2026-1-23T12:00:00Z",
    "02026-11-23T12:00:00Z", "2026-11-23T12:00:00.-5Z", "2026/11/23T12:00:00Z",
    "2026-11-23T12:00:00,5Z", "-2026-11-23T12:00:00Z", "2026-11-23T-1:00:00Z",
  ])
  func `what has not the form of RFC 3339 is refused`(text: String) {
    #expect(UnixTime(text) == nil)
  }

  @Test(arguments: [
    "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31", "2026-02-29",
    "1900-02-29",
    "2100-02-29", "2024-02-30", "2023-02-29", "2026-06-31", "2026-09-31", "2026-11-31",
  ])
  func `a day that is in no calendar is refused`(day: String) {
    #expect(UnixTime("\(day)T00:00:00Z") == nil)
  }

  @Test(arguments: ["24:00:00", "00:60:00", "00:00:60", "23:59:60", "99:00:00"])
  func `an hour that is on no clock is refused`(time: String) {
    #expect(UnixTime("2026-11-23T\(time)Z") == nil)
  }

  @Test(arguments: [
    "0000-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00Z",
  ])
  func `a moment outside the years 1 to 9999 is refused`(text: String) {
    #expect(UnixTime(text) == nil)
  }

  @Test func `no cut of a moment reads as another moment of the same form`() {
    let text = "2026-11-23T12:34:56.123456+01:30"
    for length in 0..<text.utf8.count {
      let cut = String(text.prefix(length))
      #expect(UnixTime(cut) == nil || cut.allSatisfy(\.isNumber), "\(cut)")
    }
  }

  @Test func `random moments come back from their text`() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3000 {
      let number = Int64.random(in: UnixTime.range, using: &generator)
      let time = UnixTime(clampingMicroseconds: number)
      #expect(time.microseconds == number)
      #expect(UnixTime(time.rfc3339) == time, "\(number)")
      #expect(time.rfc3339.utf8.count == 27)
      let (seconds, rest) = number.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
      let decimals = String(String(1_000_000 + rest).dropFirst())
      #expect(UnixTime("\(number < 0 ? "-" : "")\(seconds).\(decimals)") == time, "\(number)")
    }
  }

  @Test func `every day of four centuries follows the day before it`() throws {
    let start = try #require(UnixTime("1899-12-31T00:00:00Z")).microseconds
    var texts: Set<String> = []
    for day in 0..<Int64(146_097) {
      let time = UnixTime(clampingMicroseconds: start + day * 86_400_000_000)
      let text = time.rfc3339
      if UnixTime(text) != time || !texts.insert(text).inserted { Issue.record("\(text)") }
    }
    #expect(texts.contains("2000-02-29T00:00:00.000000Z"))
    #expect(!texts.contains("2100-02-29T00:00:00.000000Z"))
  }

  @Test func `the range ends where the years do, and clamping stops there`() {
    let (first, last) = (UnixTime.range.lowerBound, UnixTime.range.upperBound)
    #expect(UnixTime(microseconds: first)?.rfc3339 == "0001-01-01T00:00:00.000000Z")
    #expect(UnixTime(microseconds: last)?.rfc3339 == "9999-12-31T23:59:59.999999Z")
    #expect(UnixTime(microseconds: first - 1) == nil && UnixTime(microseconds: last + 1) == nil)
    #expect(UnixTime(clampingMicroseconds: .min).microseconds == first)
    #expect(UnixTime(clampingMicroseconds: .max).microseconds == last)
  }

  @Test func `a duration is 0 to 100 years of whole seconds`() {
    #expect(ValidDuration(seconds: -1) == nil)
    #expect(ValidDuration(seconds: ValidDuration.maximumSeconds + 1) == nil)
    #expect(ValidDuration(seconds: .max) == nil)
    #expect(ValidDuration(seconds: 0)?.microseconds == 0)
    #expect(ValidDuration(seconds: 1170) == .standard)
    #expect(ValidDuration(seconds: ValidDuration.maximumSeconds) != nil)
  }
}
