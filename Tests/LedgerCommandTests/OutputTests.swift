import Testing

@testable import LedgerCommand

@Suite struct OutputTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4),
    ("ｱ", 1), ("Ａ", 2), ("한", 2),
    ("🚀", 2), ("👩‍🚀", 2), ("☂\u{fe0f}", 2), ("\u{200b}", 0), ("ﾊﾟ", 1),
  ])
  func `the width of a text is what a terminal shows`(_ text: String, _ width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test func `a name cannot steer the terminal`() {
    #expect("a\u{1b}[2Jb\n\u{202e}c\u{85}".harmless == "a\\u{1b}[2Jb\\u{a}\\u{202e}c\\u{85}")
    var table = Table([Table.Column("name")])
    table.add(["x\u{1b}]0;y\u{7}"])
    #expect(!table.text.unicodeScalars.contains("\u{1b}"))
  }

  @Test func `columns are as wide as their widest cell, and no line ends in blanks`() {
    var table = Table([Table.Column("a"), Table.Column("b", .right), Table.Column("c")])
    table.add(["漢", "1", ""])
    table.add(["x", "1000", "y"])
    #expect(table.text == "a      b  c\n漢     1\nx   1000  y\n")
  }

  @Test func `JSON text is escaped where it must be and kept where it may be`() {
    let value = JSONValue.list([
      .string("q\" b\\ n\n t\t \u{7f} é 漢 \u{1f680}"), .null, .boolean(true), .integer(.min),
      .object([]), .list([]),
    ])
    #expect(
      String(decoding: value.serialized, as: UTF8.self)
        == #"["q\" b\\ n\u000a t\u0009 \u007f é 漢 🚀",null,true,-9223372036854775808,{},[]]"#)
  }

  @Test func `progress is shown after a second, on a terminal or when asked for`() {
    for (isInteractive, isForced) in [(true, false), (false, true), (false, false)] {
      let console = Console(
        output: .memory([]), messages: .memory([]), isInteractive: isInteractive)
      var time: Int64 = 0
      let progress = Progress(console, isForced: isForced, clock: { time })
      progress.show("created", 1, of: 10)
      #expect(console.messages.text.isEmpty)
      time = 1_000_000
      progress.show("created", 5, of: 10)
      progress.show("created", 6, of: 10)
      progress.finish()
      let expected = isInteractive ? "\rcreated 5 of 10\u{1b}[K\r\u{1b}[K" : "created 5 of 10\n"
      #expect(console.messages.text == (isInteractive || isForced ? expected : ""))
    }
  }

  @Test(
    arguments: [
      ("import", "import"), ("imort", "import"), ("ezport", "export"), ("stat", "status"),
      ("zebra", nil), ("q", nil),
    ] as [(String, String?)])
  func `a near name is found, a far one is not made up`(_ word: String, _ near: String?) {
    #expect(nearName(to: word, among: SubcommandName.allCases.map(\.rawValue)) == near)
  }
}
