// ASOF against what the same questions were answered when the moment was the present one: digests,
// tokens, lookups and queries, after every event of a ledger's life.

import EventLog
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct AsOfTests {
  /// Questions, to be asked of the present and of the past.
  private static let questions = [
    "LEDGER.DIGEST", "TOKEN.GET 1", "TOKEN.GET 7", "TOKEN.GET 30", "TOKEN.LOOKUP 1 a",
    "TOKEN.LOOKUP -4 LIST 1 b", "TOKENS.FIND", "TOKENS.FIND USER u COUNT",
    "TOKENS.FIND NOUSER EXPIRED", "TOKENS.REQUIRESCOPES a CHARACTER 2",
    "TOKENS.REQUIRESCOPESEXACT LIST 1 b FIELDS 3 id expired version", "TOKENS.EQUIVALENTTO 3",
    "TOKENS.FIND EQUIVALENT 5 FIRST", "TOKENS.GETEXPIRED CHARACTER 3 LIMIT 2",
    "TOKENS.FIND SCOPES c FRESH EXISTS", "TOKENS.FIND REFRESHABLE AFTER 4 LIMIT 3",
  ]

  /// What was answered when the log ended with an event.
  private struct Answers {
    var last: EventID
    var sequence: UInt64
    var texts: [String]
  }

  /// Asks everything, with the last event's millisecond as "now".
  private static func ask(_ life: HistoryLedger) -> Answers {
    let now = life.clock.now
    defer { life.clock.now = now }
    let last = life.ledger.store.state.lastEventID
    life.clock.now = UnixTime(clampingMicroseconds: Int64(last.milliseconds) * 1000)
    return Answers(
      last: last, sequence: life.ledger.store.eventCount,
      texts: questions.map { life.ledger.ask($0) })
  }

  @Test(arguments: 0..<UInt64(Campaign.scaled(3)))
  func `the past answers as it did when it was the present`(seed: UInt64) throws {
    var recorded: [Answers] = []
    let life = try HistoryLedger(seed: seed, steps: 150) { life in
      if recorded.last?.last != life.ledger.store.state.lastEventID {
        recorded.append(Self.ask(life))
      }
    }
    let last = try #require(recorded.last?.last)
    life.clock.now = UnixTime(clampingMicroseconds: Int64(last.milliseconds) * 1000)
    var generator = SeededGenerator(seed: seed &+ 7)
    for index in recorded.indices.shuffled(using: &generator) {
      let answers = recorded[index]
      var moments = ["#\(answers.sequence)", answers.last.text]
      let next = index + 1 < recorded.count ? recorded[index + 1].last : nil
      if next.map({ $0.milliseconds > answers.last.milliseconds }) ?? true {
        let milliseconds = answers.last.milliseconds
        moments.append("\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())")
      }
      for moment in moments {
        let texts = Self.questions.map { life.ledger.ask("\($0) ASOF \(moment)") }
        #expect(texts == answers.texts, "seed \(seed), as of \(moment)")
      }
    }
  }

  @Test func `an empty ledger, the first event and the last one are moments too`() throws {
    let ledger = try LocalLedger()
    ledger.create("SCOPES a")
    let last = LocalLedger.nowSeconds
    #expect(ledger.ask("TOKENS.FIND ASOF #0") == "[]")
    #expect(ledger.ask("TOKEN.GET 1 ASOF #0") == "_" && ledger.ask("TOKEN.GET 1 ASOF #1") == "_")
    #expect(ledger.ask("TOKENS.FIND ASOF 0001-01-01T00:00:00Z") == "[]")
    #expect(ledger.ask("TOKENS.FIND ASOF #2") == "[:1]")
    #expect(ledger.ask("TOKENS.FIND ASOF \(last)") == "[:1]")
    #expect(ledger.ask("TOKENS.FIND ASOF \(last - 1).999999") == "[]")
    #expect(ledger.ask("tokens.find asof \(last)000-1 count") == ":1")
    #expect(ledger.ask("LEDGER.DIGEST ASOF #2") == ledger.ask("LEDGER.DIGEST"))
  }

  @Test func `a reference that is gone now is found as of when it was there`() throws {
    let ledger = try LocalLedger()
    ledger.create("SCOPES a")
    ledger.create("SCOPES a")
    #expect(ledger.ask("TOKEN.DELETE 1") == ":1")
    #expect(ledger.ask("TOKENS.EQUIVALENTTO 1").hasPrefix("-NOTFOUND"))
    #expect(ledger.ask("TOKENS.EQUIVALENTTO 1 ASOF #3") == "[:2]")
    #expect(ledger.ask("TOKENS.FIND EQUIVALENT 1 ASOF #3") == "[:2]")
    #expect(ledger.ask("TOKENS.EQUIVALENTTO 2 ASOF #2") == "-NOTFOUND no token has the id 2")
    #expect(ledger.ask("TOKENS.EQUIVALENTTO 1 ASOF #4") == "-NOTFOUND no token has the id 1")
  }

  @Test(arguments: [
    ("TOKENS.FIND ASOF #3", "ERR ASOF is not a moment up to now"),
    ("TOKENS.FIND ASOF T000-2", "ERR ASOF is not a moment up to now"),
    ("TOKEN.GET 1 ASOF 9999-01-01T00:00:00Z", "ERR ASOF is not a moment up to now"),
    ("LEDGER.DIGEST ASOF tomorrow", "ERR ASOF is not a time, an event id, or # and a sequence"),
    ("TOKENS.FIND ASOF", "ERR syntax error: ASOF is missing"),
    ("TOKENS.FIND ASOF #1 ASOF #1", "ERR syntax error: ASOF is given twice"),
    ("TOKEN.GET 1 ASOF #1 2", "ERR syntax error: a keyword of TOKEN.GET was expected"),
    ("TOKEN.GET 1 2", "ERR syntax error: a keyword of TOKEN.GET was expected"),
    ("TOKEN.LOOKUP 1 a ASOF #1 2", "ERR syntax error: a keyword of TOKEN.LOOKUP was expected"),
    ("LEDGER.DIGEST #1", "ERR syntax error: a keyword of LEDGER.DIGEST was expected"),
    ("TOKENS.DELETE EXPIRED ASOF #1", "ERR syntax error: a keyword of TOKENS.DELETE was expected"),
  ])
  func `a moment that is none, or lies ahead, is refused`(line: String, error: String) throws {
    let ledger = try LocalLedger()
    ledger.create()
    let line = line.replacing("T000", with: "\(LocalLedger.nowSeconds)000")
    #expect(ledger.ask(line) == "-\(error)")
  }

  @Test func `a log that cannot be read any more says so, and the present goes on`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    ledger.create()
    let segment = try #require(try ledger.storage.names().first { $0.hasSuffix(".segment") })
    let file = try ledger.storage.open(segment, .readWrite)
    try file.writeAll([UInt8](repeating: 0xff, count: 8), at: 100)
    #expect(ledger.ask("TOKENS.FIND ASOF #2").hasPrefix("-ERR the log cannot be read"))
    #expect(ledger.ask("TOKENS.FIND") == "[:1, :2]")
  }
}
