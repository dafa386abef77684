// TOKEN.HISTORY and LEDGER.HISTORY against a model: the whole log as XRANGE shows it, filtered
// entry by entry in the test.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct HistoryCommandTests {
  /// Patterns, each with the reasons that fit.
  private static let patterns: [(pattern: String, fits: Set<String>)] = [
    ("outage", ["outage"]), ("out*", ["outage", "out[age]"]), ("*", Set(HistoryLedger.reasons)),
    ("a ?istake", ["a mistake"]), ("\\*", ["*"]), ("out\\[age]", ["out[age]"]), ("OUTAGE", []),
  ]

  /// An event as the model sees it.
  private struct Entry {
    var id: EventID
    var fields: [String: String]
    var reply: Reply

    init(_ reply: Reply) throws {
      let id = Array(try #require(reply.elements?.first?.text).utf8)
      let eventID = EventID(text: id.span, counterIfMissing: 0)
      self.id = try #require(eventID)
      var fields: [String: String] = [:]
      for pair in try #require(reply.elements?.last?.pairs) {
        fields[try #require(pair.key.text)] = pair.value.text
      }
      self.fields = fields
      self.reply = reply
    }

    var sequence: UInt64 { fields["seq"].flatMap { UInt64($0) } ?? 0 }
  }

  /// A random request, and what the model says that it finds.
  private struct Question {
    var words: [String] = []
    var holds: [(Entry) -> Bool] = []

    /// Adds some values of one filter as alternatives.
    mutating func add(_ keyword: String, _ values: [String], _ holds: @escaping (Entry) -> Bool) {
      for value in values { words += [keyword, value] }
      self.holds.append(holds)
    }
  }

  @Test(arguments: 0..<UInt64(Campaign.scaled(4)))
  func `a history has the events that a walk through the whole log finds`(seed: UInt64) throws {
    let history = try HistoryLedger(seed: seed, steps: 400)
    let all = try history.entries(["XRANGE", "ledger", "-", "+"]).map(Entry.init)
    #expect(all.count > 250)
    var generator = SeededGenerator(seed: seed &+ 1)
    for _ in 0..<200 {
      var question = question(about: all, &generator)
      let isReverse = Bool.random(using: &generator)
      if isReverse { question.words.append("REV") }
      let count = [0, 1, 5, 1000].randomElement(using: &generator) ?? 1000
      question.words += ["COUNT", "\(count)"]
      let holds = question.holds
      let found = all.filter { entry in holds.allSatisfy { $0(entry) } }
      let expected = (isReverse ? found.reversed() : found).prefix(count).map(\.reply)
      let actual = try history.entries(["LEDGER.HISTORY"] + question.words)
      #expect(actual == expected, "seed \(seed): \(question.words)")
    }
  }

  private func question(about all: [Entry], _ generator: inout SeededGenerator) -> Question {
    var question = Question()
    func some<Element>(_ elements: [Element]) -> [Element] {
      elements.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator)) + []
    }
    for filter in 0..<7 where Int.random(in: 0..<4, using: &generator) == 0 {
      switch filter {
      case 0:
        let ids = some((1...40).map { "\($0)" })
        question.add("TOKEN", ids) { ids.contains($0.fields["token"] ?? "") }
      case 1:
        let characters = some(["1", "2", "3", "-4", "77"])
        let tokens = tokens(in: all, "character_id", characters)
        question.add("CHARACTER", characters) { tokens.contains($0.fields["token"] ?? "") }
      case 2:
        let users = some(HistoryLedger.users + ["nobody"])
        let tokens = tokens(in: all, "user", users)
        question.add("USER", users) { tokens.contains($0.fields["token"] ?? "") }
      case 3:
        let types = some(Event.Tag.allCases.map(\.name.description))
        question.add("TYPE", types) { types.contains($0.fields["type"] ?? "") }
      case 4:
        let actors = some(["system", "0", "7", "1000", "1001"])
        question.add("ACTOR", actors) { entry in
          let actor = entry.fields["actor"] ?? ""
          return actors.contains { actor == $0 || actor.hasPrefix("uid:\($0) ") }
        }
      case 5:
        let patterns = some(Self.patterns)
        question.add("REASON", patterns.map(\.pattern)) { entry in
          patterns.contains { $0.fits.contains(entry.fields["reason"] ?? "") }
        }
      default: addSpan(&question, all, &generator)
      }
    }
    return question
  }

  private func tokens(in all: [Entry], _ field: String, _ values: [String]) -> Set<String> {
    Set(all.filter { values.contains($0.fields[field] ?? "") }.compactMap { $0.fields["token"] })
  }

  /// Adds a first or a last moment, named in one of three ways.
  private func addSpan(
    _ question: inout Question, _ all: [Entry], _ generator: inout SeededGenerator
  ) {
    guard let chosen = all.randomElement(using: &generator) else { return }
    let milliseconds = chosen.id.milliseconds
    let isStart = Bool.random(using: &generator)
    let keyword = isStart ? "SINCE" : "UNTIL"
    switch Int.random(in: 0..<3, using: &generator) {
    case 0:
      let time = "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())499"
      question.add(keyword, [time]) {
        isStart ? $0.id.milliseconds >= milliseconds : $0.id.milliseconds <= milliseconds
      }
    case 1:
      question.add(keyword, [chosen.id.text]) {
        isStart ? $0.id >= chosen.id : $0.id <= chosen.id
      }
    default:
      question.add(keyword, ["#\(chosen.sequence)"]) {
        isStart ? $0.sequence >= chosen.sequence : $0.sequence <= chosen.sequence
      }
    }
  }

  @Test func `a token's history takes the same filters`() throws {
    let history = try HistoryLedger(seed: 9, steps: 300)
    for id in 1...20 {
      for rest in [
        [], ["TYPE", "deleted"], ["SINCE", "#100", "REV"], ["ACTOR", "7", "COUNT", "1"],
      ] {
        let ofToken = try history.entries(["TOKEN.HISTORY", "\(id)"] + rest)
        let ofLedger = try history.entries(["LEDGER.HISTORY", "TOKEN", "\(id)"] + rest)
        #expect(ofToken == ofLedger)
      }
    }
  }

  @Test(arguments: [
    ("SINCE #0", 4), ("SINCE #1", 4), ("SINCE #4", 1), ("SINCE #5", 0), ("UNTIL #0", 0),
    ("UNTIL #1", 1), ("UNTIL #99", 4), ("SINCE 0001-01-01T00:00:00Z", 4),
    ("UNTIL 0001-01-01T00:00:00Z", 0), ("UNTIL 1969-12-31T23:59:59Z", 0), ("UNTIL 0", 0),
    ("SINCE 9999-12-31T23:59:59Z", 0), ("UNTIL 9999-12-31T23:59:59Z", 4), ("SINCE 0-0", 4),
    ("UNTIL 18446744073709551615-18446744073709551615", 4),
    ("SINCE 18446744073709551615-18446744073709551615", 0), ("SINCE #3 UNTIL #2", 0),
    ("SINCE #2 SINCE #3", 2), ("UNTIL #3 UNTIL #2", 2), ("TOKEN 99", 0), ("CHARACTER 99", 0),
    ("USER nobody", 0), ("COUNT 0", 0), ("COUNT 100000", 4), ("TYPE opened", 1),
    ("actor SYSTEM", 1), ("type CREATED", 3), ("SINCE #18446744073709551615", 0),
  ])
  func `the ends of a history are those of the log`(rest: String, expected: Int) throws {
    let ledger = try LocalLedger()
    for _ in 1...3 { ledger.create() }
    let reply = ledger.reply(words("LEDGER.HISTORY \(rest)"))
    #expect(reply.elements?.count == expected, "\(reply.shown)")
  }

  @Test(arguments: [
    ("COUNT 100001", "ERR COUNT is not between 0 and 100000"),
    ("COUNT -1", "ERR COUNT is not between 0 and 100000"),
    ("COUNT 1 COUNT 1", "ERR syntax error: COUNT is given twice"),
    ("SINCE yesterday", "ERR SINCE is not a time, an event id, or # and a sequence"),
    ("UNTIL #", "ERR UNTIL is not a time, an event id, or # and a sequence"),
    ("UNTIL #-1", "ERR UNTIL is not a time, an event id, or # and a sequence"),
    ("ACTOR root", "ERR ACTOR is not a uid or system"),
    ("ACTOR 4294967296", "ERR ACTOR is not a uid or system"),
    ("ACTOR -1", "ERR ACTOR is not a uid or system"),
    ("TOKEN 0", "ERR TOKEN is not an id: a number from 1"),
    ("LIMIT 1", "ERR syntax error: a keyword of LEDGER.HISTORY was expected"),
  ])
  func `a wrong word is said`(rest: String, error: String) throws {
    let ledger = try LocalLedger()
    #expect(ledger.ask("LEDGER.HISTORY \(rest)") == "-\(error)")
    #expect(ledger.ask("LEDGER.HISTORY TYPE born").hasPrefix("-ERR TYPE is not one of created, "))
  }

  @Test func `patterns are few and short`() throws {
    let ledger = try LocalLedger()
    let (count, size) = (HistoryRequest.maximumPatterns, HistoryRequest.maximumPatternBytes)
    func ask(_ patterns: [String]) -> String {
      ledger.ask(["LEDGER.HISTORY"] + patterns.flatMap { ["REASON", $0] })
    }
    let longest = String(repeating: "*", count: size)
    #expect(ask([longest]) == "[]" && ask(Array(repeating: "a", count: count)) == "[]")
    #expect(ask([longest + "*"]) == "-LIMIT bytes of a pattern: at most \(size)")
    let many = ask(Array(repeating: "a", count: count + 1))
    #expect(many == "-LIMIT patterns of one request: at most \(count)")
  }

  @Test func `without COUNT a ledger's history has a thousand entries, a token's has all`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    for number in 0..<1100 {
      #expect(ledger.ask("TOKEN.GRANT 1 s\(number)") == ":1")
    }
    #expect(ledger.reply(words("LEDGER.HISTORY")).elements?.count == 1000)
    #expect(ledger.reply(words("LEDGER.HISTORY COUNT 1100")).elements?.count == 1100)
    #expect(ledger.reply(words("TOKEN.HISTORY 1")).elements?.count == 1101)
  }
}
