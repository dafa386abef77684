// Every limit of schema/protocol.md, exactly at it and one beyond. Beyond it the answer is LIMIT,
// and nothing is written.

import TestSupport
import Testing

@testable import LedgerServer

@Suite struct CommandLimitTests {
  private let ledger: LocalLedger

  init() throws { ledger = try LocalLedger() }

  private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

  private func create(_ more: [String]) -> String {
    ledger.ask(["TOKEN.CREATE", "CHARACTER", "1", "NAME", "A", "OWNER", "o"] + more)
  }

  @Test(arguments: [
    ("USER", 255, "a user"), ("KEY", 255, "an idempotency key"), ("REASON", 1024, "a reason"),
    ("SCOPES", 1024, "a scope name"), ("ACCESS", 65_536, "a token's secret"),
    ("REFRESH", 65_536, "a token's secret"),
  ])
  func `a text of TOKEN.CREATE may be as long as its limit`(
    keyword: String, limit: Int, what: String
  ) {
    #expect(create([keyword, text(limit)]) == ":1")
    #expect(create([keyword, text(limit + 1)]) == "-LIMIT bytes of \(what): at most \(limit)")
    #expect(ledger.ask("XLEN ledger") == ":2")
  }

  @Test func `bytes count, not characters`() {
    let e = String(repeating: "\u{e9}", count: 127)
    #expect(create(["USER", e + "x"]) == ":1")
    #expect(create(["USER", e + "\u{e9}"]) == "-LIMIT bytes of a user: at most 255")
  }

  @Test func `names and owners have limits`() {
    let request = { (name: Int, owner: Int) in
      ["TOKEN.CREATE", "CHARACTER", "1", "NAME", self.text(name), "OWNER", self.text(owner)]
    }
    #expect(ledger.ask(request(1024, 255)) == ":1")
    #expect(ledger.ask(request(0, 0)) == ":2")
    #expect(ledger.ask(request(1025, 255)) == "-LIMIT bytes of a character name: at most 1024")
    #expect(ledger.ask(request(1024, 256)) == "-LIMIT bytes of an owner hash: at most 255")
  }

  @Test func `a token has at most so many scopes, by creation and by grant`() {
    let names = { (range: ClosedRange<Int>) in range.map { "s\($0)" }.joined(separator: " ") }
    #expect(create(["SCOPES", names(1...4096)]) == ":1")
    #expect(create(["SCOPES", names(1...4097)]) == "-LIMIT scopes of a token: at most 4096")
    #expect(create(["SCOPES", names(1...4095)]) == ":2")
    #expect(ledger.ask(["TOKEN.GRANT", "2", names(4090...4096)]) == ":1")
    #expect(ledger.ask(["TOKEN.GRANT", "2", "more"]) == "-LIMIT scopes of a token: at most 4096")
    #expect(ledger.ask(["TOKEN.GRANT", "2", names(1...4096)]) == ":0")
    #expect(ledger.ask("TOKENS.REQUIRESCOPESEXACT \(text(3)) COUNT") == ":0")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPESEXACT", names(1...4096)]) == "[:1, :2]")
  }

  @Test func `a scope name beyond the limit matches nothing and is no error in a query`() {
    #expect(create(["SCOPES", text(1024)]) == ":1")
    #expect(ledger.ask("TOKENS.REQUIRESCOPES \(text(1024)) COUNT") == ":1")
    #expect(ledger.ask("TOKENS.REQUIRESCOPES \(text(1025)) COUNT") == ":0")
  }

  @Test func `a client's name has a limit`() {
    #expect(ledger.ask("CLIENT SETNAME \(text(255))") == "+OK")
    #expect(
      ledger.ask("CLIENT SETNAME \(text(256))") == "-LIMIT bytes of a client's name: at most 255")
  }

  @Test func `a request has at most so many words, and a word so many bytes`() throws {
    #expect(ledger.ask(["ECHO", text(1 << 20)]) == "$" + text(1 << 20))
    #expect(
      ledger.ask(["ECHO", text((1 << 20) + 1)]).hasPrefix(
        "-ERR Protocol error: invalid bulk length"))
    let ids = (1...65_533).map(String.init)
    #expect(ledger.ask(["TOKENS.FIND", "IDS", "65533"] + ids + []) == "[]")
    #expect(
      ledger.ask(["TOKENS.FIND", "IDS", "65534"] + ids + ["1"])
        .hasPrefix("-ERR Protocol error: invalid multibulk length"))
  }

  @Test func `one command deletes at most so many tokens`() throws {
    let limit = 100_000
    let lines = Array(repeating: "TOKEN.CREATE CHARACTER 1 NAME A OWNER o", count: limit + 1)
    #expect(ledger.pipeline(lines).last == ":\(limit + 1)")
    let refused = "-LIMIT tokens deleted by one command: at most \(limit)"
    #expect(ledger.ask("TOKENS.DELETE CHARACTER 1") == refused)
    #expect(ledger.ask("TOKENS.FIND COUNT") == ":\(limit + 1)")
    #expect(ledger.ask("TOKEN.DELETE 1") == ":1")
    let reason = text(1024)
    let answer = ledger.ask("TOKENS.DELETE CHARACTER 1 REASON \(reason)")
    #expect(answer == ":\(limit)" || answer.hasPrefix("-LIMIT bytes of one command's events"))
    #expect(ledger.ask("TOKENS.DELETE CHARACTER 1") == (answer.hasPrefix("-") ? ":\(limit)" : ":0"))
  }
}
