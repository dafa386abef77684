// `report`: the figures of a known ledger, and a page that nothing in a ledger can make into
// something else.

import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import LedgerCommand

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ReportTests {
  /// A ledger with something in every section; event times are minutes apart.
  private func withLedger(_ body: (KnownLedger) throws -> Void) throws {
    try KnownLedger.with { ledger in
      ledger.seconds = 60
      try ledger.create(1, ["a", "<script>alert(1)</script>"], "USER u")
      try ledger.create(2, ["a", "\u{202E}evil"])
      try ledger.create(3, [], "USER v")
      ledger.seconds = 120
      for _ in 1...3 {
        try ledger.write("TOKEN.REFRESHFAILED 1 CLASS unavailable CODE \"><img_src=x>")
      }
      try ledger.write("TOKEN.REFRESHFAILED 2 CLASS incomplete CODE cut")
      try ledger.write("TOKEN.REFRESHED 2 ACCESS pl4nted")
      ledger.seconds = 7200
      try ledger.write("TOKEN.DELETE 3 REASON left_&_gone")
      try ledger.write("TOKEN.DELETE 2 REASON outage")
      try ledger.write("TOKEN.RESTORE 2")
      try body(ledger)
    }
  }

  private func page(_ ledger: KnownLedger, _ rest: String...) -> String {
    ledger.run(["report", "--html", "-"] + rest).output
  }

  @Test func `the figures are those of the ledger`() throws {
    try withLedger { ledger in
      let figures = try #require(try ledger.objects(["report"]).first)
      #expect(figures["events"] as? Int == 12 && figures["tokens"] as? Int == 2)
      let types = figures["types"] as? [String: Int]
      #expect(types?["created"] == 3 && types?["refreshFailed"] == 4 && types?["restored"] == 1)
      let failures = figures["failures"] as? [[String: Any]]
      #expect(
        failures?.map { $0["failure"] as? String } == [
          "incomplete cut", "unavailable \"><img src=x>",
        ])
      #expect(failures?.last?["events"] as? Int == 3)
      let risk = figures["risk"] as? [String: [Int]]
      #expect(risk?["failing"] == [1] && risk?["without_user"] == [2])
      #expect(risk?["held_back"] == [])
      let deletions = figures["deletions"] as? [[String: Any]]
      #expect(deletions?.map { $0["reason"] as? String } == ["left & gone", "outage"])
      #expect(deletions?.map { $0["restored"] as? Int } == [0, 1])
      let scopes = figures["scopes"] as? [[String: Any]]
      let scope = scopes?.first { $0["scope"] as? String == "a" }
      #expect(scope?["tokens"] as? Int == 2)
      let activity = figures["activity"] as? [[String: Any]]
      let counted = activity?.compactMap { $0["events"] as? [String: Int] } ?? []
      #expect(counted.flatMap(\.values).reduce(0, +) == 12)
    }
  }

  @Test func `a span counts its events alone`() throws {
    try withLedger { ledger in
      let figures = try #require(try ledger.objects(["report", "--since", "#10"]).first)
      #expect(figures["events"] as? Int == 3 && (figures["failures"] as? [Any])?.isEmpty == true)
      let none = try #require(try ledger.objects(["report", "--until", "#0"]).first)
      #expect(none["events"] as? Int == 0)
      #expect(page(ledger, "--until", "#0").contains("No events in this span."))
    }
  }

  @Test func `nothing in the ledger becomes part of the page's markup`() throws {
    try withLedger { ledger in
      let page = page(ledger)
      #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(page.contains("unavailable &quot;&gt;&lt;img src=x&gt;"))
      #expect(page.contains("left &amp; gone"))
      #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("http://x"))
      #expect(!page.contains("src=\"") && !page.contains("url(") && !page.contains("@import"))
      let parser = XMLParser(data: Data(page.utf8))
      #expect(parser.parse(), "\(parser.parserError.debugDescription) line \(parser.lineNumber)")
    }
  }

  @Test(arguments: [
    ("", ""), ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"),
    ("\u{202E}x\u{7}\n", "\u{FFFD}x\u{FFFD}\u{FFFD}"),
    ("é👩‍🚀", "é👩‍🚀"), ("\u{FEFF}\u{2028}", "\u{FFFD}\u{FFFD}"),
  ])
  func `a text shows itself and nothing else`(text: String, expected: String) {
    #expect(HTML.escaped(text) == expected)
  }

  @Test func `a long text is cut, and says so`() {
    let most = String(repeating: "x", count: HTML.maximumCharacters)
    #expect(HTML.escaped(most) == most && HTML.escaped(most + "y") == most + "…")
  }

  @Test func `the same ledger at the same time gives the same page`() throws {
    try withLedger { ledger in #expect(page(ledger) == page(ledger)) }
  }

  @Test func `an empty ledger has a page, too`() throws {
    try KnownLedger.with { ledger in
      let page = page(ledger)
      for text in ["No token was deleted.", "No refresh failed.", "No token has a scope."] {
        #expect(page.contains(text))
      }
      #expect(XMLParser(data: Data(page.utf8)).parse())
    }
  }

  @Test func `long lists are cut, and say how much is left out`() throws {
    try KnownLedger.with { ledger in
      for number in 1...ReportPage.maximumRows + 5 {
        try ledger.create(number, ["scope\(number)"], "REASON r")
        try ledger.write("TOKEN.DELETE \(number) REASON because_\(number)")
        try ledger.write("TOKEN.RESTORE \(number)")
      }
      let page = page(ledger)
      #expect(page.contains("Tokens by scope; 5 more are left out"))
      #expect(page.contains("Deletions by reason and actor; 5 more are left out"))
      #expect(!page.contains(">scope9<"))
    }
  }

  @Test func `the file is for its owner, and a line needs one form`() throws {
    try withLedger { ledger in
      let path = ledger.directory + "/report.html"
      #expect(ledger.run(["report", "--html", path]).exitCode == .done)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(ledger.run(["report"]).exitCode == .usage)
      #expect(ledger.run(["report", "--json", "--html", path]).exitCode == .usage)
      #expect(ledger.run(["report", "--html", "/no/such/place.html"]).exitCode == .failedIO)
    }
  }

  // MARK: Bins and axes

  @Test(
    arguments: [
      (0, 0, 60_000, 1), (0, 3_599_999, 60_000, 60), (0, 3_600_000, 300_000, 13),
      (59_999, 60_000, 60_000, 2), (0, 86_400_000 * 30, 86_400_000, 31),
      (0, 86_400_000 * 365 * 30, 364 * 86_400_000, 31),
    ] as [(Int64, Int64, Int64, Int)])
  func `bins cover a span with round borders`(
    first: Int64, last: Int64, width: Int64, count: Int
  ) {
    let bins = ReportBins(from: first, through: last)
    #expect(bins.width == width && bins.count == count && bins.start % width == 0)
    #expect(bins.index(of: first) == 0 && bins.index(of: last) == count - 1)
  }

  @Test func `bins stay few however long the span is`() {
    for shift in 0..<62 {
      let bins = ReportBins(from: 0, through: Int64(1) << Int64(shift))
      #expect(bins.count <= ReportBins.maximumCount)
    }
  }

  @Test(arguments: [(0, 1), (3, 1), (4, 1), (5, 2), (20, 5), (21, 10), (4000, 1000), (4001, 2000)])
  func `axes have round steps`(greatest: Int, step: Int) {
    #expect(ActivityPlot.niceStep(greatest, 4) == step)
  }
}
