import TestSupport
import Testing
import TokenLedger

@Suite struct EventIDTests {
  private static func parse(_ text: String, missing: UInt64 = 77) -> EventID? {
    let bytes = Array(text.utf8)
    return EventID(text: bytes.span, counterIfMissing: missing)
  }

  @Test(
    arguments: [
      ("0-0", 0, 0), ("1-2", 1, 2), ("1795435200000-17", 1_795_435_200_000, 17), ("5", 5, 77),
      ("007-01", 7, 1), ("18446744073709551615-18446744073709551615", .max, .max),
      ("00000000000000000001", 1, 77),
    ] as [(String, UInt64, UInt64)])
  func `a well-formed id is read`(text: String, milliseconds: UInt64, counter: UInt64) {
    #expect(Self.parse(text) == EventID(milliseconds: milliseconds, counter: counter))
  }

  @Test(arguments: [
    "", "-", "-1", "1-", "--", "1--2", "1-2-3", "+1-2", "1-+2", " 1-2", "1-2 ", "1_2", "a", "1-b",
    "0x10-0", "18446744073709551616-0", "0-18446744073709551616", "99999999999999999999", "1.5-0",
    "000000000000000000000", "1\u{2010}2", "١-٢", "1-2\u{0}",
  ])
  func `anything else is no id`(text: String) {
    #expect(Self.parse(text) == nil)
  }

  @Test func `the text reads back as the id`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      let id = EventID(
        milliseconds: generator.next() >> UInt64.random(in: 0..<64, using: &generator),
        counter: generator.next() >> UInt64.random(in: 0..<64, using: &generator))
      #expect(Self.parse(id.text) == id)
    }
  }

  @Test func `ids rise when the clock goes on, stands still or steps back`() {
    var id = EventID.zero
    let clock: [Int64] = [
      -5_000_000, -1, 0, 999, 1000, 1999, 2000, 500, -7, 2000, 2001, 3000, 3000,
    ]
    var texts: [String] = []
    for microseconds in clock {
      let next = id.following(at: UnixTime(clampingMicroseconds: microseconds))
      #expect(id < next && !(next < id))
      id = next
      texts.append(next.text)
    }
    let expected = [
      "0-1", "0-2", "0-3", "0-4", "1-0", "1-1", "2-0", "2-1", "2-2", "2-3", "2-4", "3-0", "3-1",
    ]
    #expect(texts == expected)
  }

  @Test func `ids are ordered by their time first`() {
    let low = EventID(milliseconds: 1, counter: .max)
    let high = EventID(milliseconds: 2, counter: 0)
    #expect(low < high)
    #expect(EventID.zero < low && high < EventID.maximum)
  }

  @Test func `a counter that has run through traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = EventID.maximum.following(at: .epoch)
    }
  }
}
