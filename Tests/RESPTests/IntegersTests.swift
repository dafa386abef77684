import RESP
import Testing

struct IntegersTests {
  @Test(
    arguments: [
      ("0", 0), ("1", 1), ("-1", -1), ("42", 42), ("1000000000000", 1_000_000_000_000),
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("-9223372036854775807", .min + 1),
    ] as [(String, Int64)])
  func `an integer in its only form is read`(text: String, number: Int64) {
    #expect(parseInteger(text.utf8Span.span) == number)
    #expect(number.description == text)
  }

  @Test(arguments: [
    "", "-", "+", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "1e3", "0x1", "--1", "1-", "a",
    "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999",
    "-99999999999999999999", "111111111111111111111", "１",
  ])
  func `any other text is no integer`(text: String) {
    #expect(parseInteger(text.utf8Span.span) == nil)
  }

  @Test func `what is written reads back`() {
    var number: Int64 = 1
    for _ in 0..<63 {
      for candidate in [number, -number, number - 1, 1 - number] {
        var writer = ReplyWriter()
        writer.writeInteger(candidate)
        #expect(writer.bytes == bytes(":\(candidate)\r\n"))
        #expect(parseInteger(candidate.description.utf8Span.span) == candidate)
      }
      number &*= 2
    }
  }
}
