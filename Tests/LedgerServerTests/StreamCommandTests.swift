// The log read as a Redis stream, and the history of a token: bounds, counts, directions, and lists
// that are longer than one slice.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct StreamCommandTests {
  private let ledger: LocalLedger
  private static let milliseconds = LocalLedger.nowSeconds * 1000

  /// Six events, with the ids `<now>-0` to `<now>-5`.
  init() throws {
    ledger = try LocalLedger()
    for number in 1...5 { ledger.create(character: number) }
  }

  /// The counters of the ids that a request lists.
  private func counters(_ line: String) -> [Int]? {
    let entries = ledger.reply(words(line)).elements
    return entries?.compactMap { entry in
      let id = entry.elements?.first?.text?.split(separator: "-")
      return id.flatMap { $0.first.map(String.init) == "\(Self.milliseconds)" ? Int($0[1]) : nil }
    }
  }

  private func entries(_ line: String) -> [Reply] { ledger.reply(words(line)).elements ?? [] }

  // MARK: XLEN, XRANGE, XREVRANGE

  @Test(arguments: [
    ("-", "+", [0, 1, 2, 3, 4, 5]), ("-", "-", []), ("+", "+", []), ("+", "-", []),
    ("0", "+", [0, 1, 2, 3, 4, 5]), ("0-0", "18446744073709551615", [0, 1, 2, 3, 4, 5]),
    ("T", "T", [0, 1, 2, 3, 4, 5]), ("T", "T-2", [0, 1, 2]), ("T-2", "T", [2, 3, 4, 5]),
    ("T-2", "T-2", [2]), ("T-2", "T-4", [2, 3, 4]), ("(T-2", "T-4", [3, 4]),
    ("T-2", "(T-4", [2, 3]), ("(T-2", "(T-3", []), ("(T-2", "(T-2", []), ("T-4", "T-2", []),
    ("T-5", "+", [5]), ("(T-5", "+", []), ("T-6", "+", []), ("-", "(T-0", []), ("-", "(T-1", [0]),
    ("T-18446744073709551615", "+", []), ("(T-18446744073709551615", "+", []),
    ("(0-0", "+", [0, 1, 2, 3, 4, 5]),
    ("(T", "+", [1, 2, 3, 4, 5]), ("-", "(T", [0, 1, 2, 3, 4, 5]),
  ])
  func `a range has the events between its bounds, in either direction`(
    start: String, end: String, expected: [Int]
  ) {
    let now = "\(Self.milliseconds)"
    let start = start.replacing("T", with: now)
    let end = end.replacing("T", with: now)
    #expect(counters("XRANGE ledger \(start) \(end)") == expected)
    #expect(counters("XREVRANGE ledger \(end) \(start)") == expected.reversed())
    for count in [-1, 0, 1, 2, 100] {
      let first = Array(expected.prefix(max(0, count)))
      #expect(counters("XRANGE ledger \(start) \(end) COUNT \(count)") == first)
      let last = Array(expected.reversed().prefix(max(0, count)))
      #expect(counters("xrevrange ledger \(end) \(start) count \(count)") == last)
    }
    #expect(ledger.ask("XRANGE other \(start) \(end)") == "[]")
  }

  @Test func `an entry has the fields of its event`() {
    #expect(
      ledger.ask("XRANGE ledger - + COUNT 1")
        == "[[$\(Self.milliseconds)-0, [$seq, $1, $type, $opened, $actor, $system,"
        + " $format_version, $1, $program_version, $]]]")
    ledger.create("SCOPES LIST 2 a%b c\u{a0}d USER  REASON why KEY k ACCESS access", character: 6)
    let entry = entries("XREVRANGE ledger + - COUNT 1").first?.elements?.last
    #expect(entry?.value(for: "scopes")?.text == "a%25b c%C2%A0d")
    #expect(entry?.value(for: "user")?.text == "")
    #expect(entry?.value(for: "reason")?.text == "why" && entry?.value(for: "key")?.text == "k")
    #expect(entry?.value(for: "access_fingerprint")?.text == "a0561fd6")
    #expect(entry?.value(for: "refresh_fingerprint") == nil)
    #expect(entry?.value(for: "token")?.text == "6")
    #expect(entry?.value(for: "actor")?.text?.hasPrefix("uid:") == true)
    #expect(entry?.value(for: "previous") == nil)
  }

  @Test func `lists longer than a slice are whole and in order`() {
    for number in 1...200 { #expect(ledger.ask("TOKEN.GRANT 1 s\(number)") == ":1") }
    let all = Array(0...205)
    #expect(counters("XRANGE ledger - +") == all)
    #expect(counters("XREVRANGE ledger + -") == all.reversed())
    for count in [63, 64, 65, 127, 128, 129, 206, 207] {
      #expect(counters("XRANGE ledger - + COUNT \(count)") == Array(all.prefix(count)))
      #expect(
        counters("XREVRANGE ledger + - COUNT \(count)") == Array(all.reversed().prefix(count)))
    }
    let history = [1] + Array(6...205)
    #expect(counters("TOKEN.HISTORY 1") == history)
    #expect(counters("TOKEN.HISTORY 1 REV") == history.reversed())
    for count in [0, 1, 63, 64, 65, 128, 200, 201, 202] {
      #expect(counters("TOKEN.HISTORY 1 COUNT \(count)") == Array(history.prefix(count)))
      let last = Array(history.reversed().prefix(count))
      #expect(counters("TOKEN.HISTORY 1 REV COUNT \(count)") == last)
    }
  }

  // MARK: TOKEN.HISTORY

  @Test func `a history has the events of its token alone, also of a deleted one`() {
    #expect(ledger.ask("TOKEN.GRANT 2 a") == ":1")
    #expect(ledger.ask("TOKEN.GRANT 3 a") == ":1")
    #expect(ledger.ask("TOKEN.DELETE 2") == ":1")
    #expect(counters("TOKEN.HISTORY 2") == [2, 6, 8])
    #expect(counters("TOKEN.HISTORY 2 REV COUNT 2") == [8, 6])
    #expect(counters("TOKEN.HISTORY 2 COUNT 2 REV") == [8, 6])
    #expect(counters("TOKEN.HISTORY 1") == [1])
    let types = entries("TOKEN.HISTORY 2").map { $0.elements?.last?.value(for: "type")?.text }
    #expect(types == ["created", "scopesGranted", "deleted"])
    let links = entries("TOKEN.HISTORY 2").map { $0.elements?.last?.value(for: "previous")?.text }
    #expect(links == [nil, "3", "7"])
  }

  // MARK: XREAD

  @Test func `XREAD gives what comes after an id`() throws {
    let now = Self.milliseconds
    for (id, first) in [("0", 0), ("0-0", 0), ("\(now)-2", 3), ("\(now - 1)", 0), ("\(now)", 1)] {
      let reply = ledger.reply(words("XREAD STREAMS ledger \(id)"))
      let entries = try #require(reply.value(for: "ledger")?.elements)
      #expect(entries.count == 6 - first)
      #expect(entries.first?.elements?.first?.text == "\(now)-\(first)")
    }
    for id in ["$", "\(now)-5", "\(now)-6", "\(now + 1)", "18446744073709551615"] {
      #expect(ledger.ask("XREAD STREAMS ledger \(id)") == "_")
      #expect(ledger.ask("XREAD BLOCK 1000 STREAMS ledger \(id)") == "_")
    }
    let two = ledger.reply(words("XREAD COUNT 2 BLOCK 0 STREAMS ledger 0"))
    #expect(two.value(for: "ledger")?.elements?.count == 2)
    for count in [0, -1] {
      let all = ledger.reply(words("XREAD COUNT \(count) STREAMS ledger 0"))
      #expect(all.value(for: "ledger")?.elements?.count == 6)
    }
  }

  @Test func `streams with other names have no entries, beside ledger or alone`() {
    #expect(ledger.ask("XREAD STREAMS other 0") == "_")
    let both = ledger.reply(words("XREAD STREAMS other ledger 0 0"))
    #expect(both.pairs?.count == 1 && both.value(for: "ledger")?.elements?.count == 6)
    #expect(ledger.ask("XLEN other") == ":0" && ledger.ask("XLEN LEDGER") == ":0")
  }

  @Test func `in RESP2 a stream is a list of lists`() {
    #expect(ledger.ask("HELLO 2").hasPrefix("["))
    let reply = ledger.reply(words("XREAD COUNT 1 STREAMS ledger 0"))
    let stream = reply.elements?.first?.elements
    #expect(reply.elements?.count == 1 && stream?.count == 2)
    #expect(stream?.first?.text == "ledger" && stream?.last?.elements?.count == 1)
    #expect(ledger.ask("XREAD STREAMS ledger $") == "_")
  }

  // MARK: XINFO

  @Test func `XINFO STREAM has the names of Redis`() {
    let info = ledger.reply(words("XINFO STREAM ledger"))
    #expect(
      info.pairs?.compactMap(\.key.text) == [
        "length", "radix-tree-keys", "radix-tree-nodes", "last-generated-id",
        "max-deleted-entry-id", "entries-added", "recorded-first-entry-id", "groups",
        "first-entry", "last-entry",
      ])
    #expect(info.value(for: "length") == .integer(6))
    #expect(info.value(for: "last-generated-id")?.text == "\(Self.milliseconds)-5")
    #expect(info.value(for: "first-entry")?.elements?.first?.text == "\(Self.milliseconds)-0")
    #expect(info.value(for: "last-entry")?.elements?.first?.text == "\(Self.milliseconds)-5")
  }
}
