import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct FlowingTableTests {
  private static let columns = [Table.Column("name"), Table.Column("n", .right)]

  @Test func `later pages keep the widths of the first, and have no headings`() {
    var table = FlowingTable(Self.columns, isColoured: false)
    #expect(
      table.text(of: [.init(cells: ["alpha", "10"]), .init(cells: ["b", "2"])])
        == "name    n\nalpha  10\nb       2\n")
    #expect(
      table.text(of: [.init(cells: ["c", "3"]), .init(cells: ["longer name", "4"])])
        == "c       3\nlonger name   4\n")
  }

  @Test(arguments: ["漢", "e\u{301}", "👩‍🚀", "é ", "x  ", "", "  "])
  func `a line ends with its last letter, whatever that is`(_ text: String) {
    var table = FlowingTable([Table.Column("a"), Table.Column("b")], isColoured: false)
    let lines = table.text(of: [.init(cells: ["1", text])]).split(separator: "\n")
    let end = String(text.reversed().drop { $0 == " " }.reversed())
    #expect(String(lines[1]) == (end.isEmpty ? "1" : "1  " + end))
  }

  @Test func `a line is coloured on a terminal only, and its cells never steer it`() {
    let row = FlowingTable.Row(cells: ["x\u{1b}[31m", "1"], emphasis: .alarm)
    var plain = FlowingTable(Self.columns, isColoured: false)
    #expect(!plain.text(of: [row]).unicodeScalars.contains("\u{1b}"))
    var coloured = FlowingTable(Self.columns, isColoured: true)
    let text = coloured.text(of: [row, .init(cells: ["y", "2"])])
    #expect(text.contains("\u{1b}[31mx\\u{1b}[31m  1\u{1b}[0m\n"))
    #expect(text.unicodeScalars.count { $0 == "\u{1b}" } == 2)
  }

  @Test(
    arguments: [
      (0, "0 s ago"), (-59, "59 s ago"), (-180, "3 min ago"), (-7200, "2 h ago"),
      (-86_400 * 40, "40 d ago"), (720, "in 12 min"),
    ] as [(Int64, String)])
  func `a moment is told by its distance from another`(_ seconds: Int64, _ words: String) {
    let now = UnixTime(clampingMicroseconds: 1_795_435_200_000_000)
    let then = UnixTime(clampingMicroseconds: now.microseconds + seconds * 1_000_000)
    #expect(then.shown(from: now) == words)
    #expect(now.shown == "2026-11-23T12:00:00Z")
    #expect(now.shownToMillisecond == "2026-11-23T12:00:00.000Z")
  }
}
