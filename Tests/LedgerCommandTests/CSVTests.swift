import Testing

@testable import LedgerCommand

@Suite struct CSVTests {
  @Test(
    arguments: [
      ("", ""), ("a", "a"), ("a b", "a b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
      ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""), ("\"", "\"\"\"\""), ("7", "7"), ("-7", "-7"),
    ])
  func `a cell is quoted where it must be`(_ text: String, _ cell: String) {
    #expect(CSV.line([text]) == cell + "\r\n")
  }

  @Test(arguments: [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "+1+1", "-1+1", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "'x", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"http://x\",\"y\")",
  ])
  func `no cell is a formula, and each can be had back`(_ text: String) {
    let cell = CSV.line([text]).dropLast(1)
    let isQuoted = cell.hasPrefix("\"")
    let value = isQuoted ? cell.dropFirst().dropLast().replacing("\"\"", with: "\"") : cell
    #expect(String(value) == "'" + text)
  }

  @Test func `a line ends as RFC 4180 says`() {
    #expect(Array(CSV.line(["a", "", "c"]).utf8) == Array("a,,c\r\n".utf8))
  }
}
