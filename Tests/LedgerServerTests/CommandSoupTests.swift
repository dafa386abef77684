// Requests that nobody would write: words of all commands in any order, with numbers at every edge.
// Each has one whole reply, the ledger survives it, and what it wrote is what a new start reads.
// A failure names its seed, from which everything follows.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct CommandSoupTests {
  private static let values = [
    "", "0", "1", "2", "3", "-1", "7", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "18446744073709551615", "4294967296", "1.5", "1e3", "+1", "01", "a",
    "a b", " ", "\u{a0}", "\u{e9}", "e\u{301}", "k", "u", "ledger", "other", "-", "+", "$", "(",
    "(1-1", "1-1", "1700000000000", "1700000000000-3", "(1700000000000-2", "0-0", "character",
    "corporation", "2024-05-01T12:00:00Z", "1700000000", "-62135596801", "253402300800", "id",
    "scopes", "version", "*", "[a", "LIB-NAME", "#1", "\u{1}", "'", "\"",
  ]

  private func request(_ generator: inout SeededGenerator) -> [String] {
    let commands = CommandName.allCases.filter { $0 != .shutdown }
    guard let command = commands.randomElement(using: &generator)?.specification else {
      return ["PING"]
    }
    var request = [command.name.description]
    if let inner = command.subcommands.randomElement(using: &generator), generator.next() % 8 > 0 {
      request.append(inner.name.description)
    }
    if command.name.description == "TOKEN.CREATE", generator.next() % 4 > 0 {
      request += ["CHARACTER", "\(generator.next() % 3)", "NAME", "A", "OWNER", "o"]
    }
    for _ in 0..<(generator.next() % 9) {
      let isKeyword = generator.next() % 3 == 0
      let word = isKeyword ? Keyword.allCases.randomElement(using: &generator)?.word : nil
      request.append(word ?? Self.values.randomElement(using: &generator) ?? "")
    }
    return request
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `any request has one reply, and what was written is read again`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let ledger = try LocalLedger()
    for number in 1...1500 {
      let request = request(&generator)
      let reply = ledger.reply(request.map { Array($0.utf8) })
      if let prefix = reply.errorPrefix {
        let known = [
          "ERR", "NOTFOUND", "CONFLICT", "LIMIT", "NOPROTO", "NOTREFRESHABLE", "TOKENEXPIRED",
          "NOREFRESHER", "TIMEOUT", "MISCONFIGURED",
        ].contains(prefix)
        #expect(known, "seed \(seed), request \(number): \(request): \(reply.shown)")
      }
    }
    #expect(ledger.ask("HELLO 3").hasPrefix("{"))
    let again = try LocalLedger(on: ledger.storage.imageAfterPowerLoss())
    #expect(again.ask("LEDGER.DIGEST") == ledger.ask("LEDGER.DIGEST"), "seed \(seed)")
    #expect(again.ask("TOKENS.FIND") == ledger.ask("TOKENS.FIND"), "seed \(seed)")
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a pipeline gives what its requests give one by one`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let single = try LocalLedger()
    let together = try LocalLedger()
    for round in 1...30 {
      let requests = (0..<20).map { _ in
        writing[Int(generator.next() % UInt64(writing.count))]
          .replacing("N", with: "\(generator.next() % 12 + 1)")
      }
      let expected = requests.map { single.ask($0) }
      #expect(together.pipeline(requests) == expected, "seed \(seed), round \(round): \(requests)")
    }
    #expect(single.ask("LEDGER.DIGEST") == together.ask("LEDGER.DIGEST"))
  }

  /// Requests whose answers depend on the ones before them; N is a small number.
  private let writing = [
    "TOKEN.CREATE CHARACTER N NAME a OWNER o", "TOKEN.CREATE CHARACTER 1 NAME a OWNER o ID N",
    "TOKEN.CREATE CHARACTER 1 NAME a OWNER o KEY kN",
    "TOKEN.CREATE CHARACTER N NAME a OWNER o KEY k",
    "TOKEN.GRANT N a", "TOKEN.GRANT N sN EXPECT 1", "TOKEN.DELETE N", "TOKEN.DELETE N EXPECT 2",
    "TOKENS.DELETE CHARACTER N", "TOKENS.DELETE SCOPES a IDS 1 N", "TOKENS.FIND", "TOKEN.GET N",
    "TOKENS.FIND CHARACTER N COUNT", "XLEN ledger", "PING", "TOKEN.CREATE CHARACTER N",
  ]

  @Test func `what is carried out twice is counted once`() throws {
    let ledger = try LocalLedger()
    let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o"
    _ = ledger.pipeline([create, "PING", create, "TOKEN.DELETE 9", "\(create) ID 1", "TOKENS.FIND"])
    let stats = ledger.ask("INFO stats")
    #expect(stats.contains("total_commands_processed:7\r\n"), "\(stats)")
    #expect(stats.contains("total_error_replies:1\r\n"), "\(stats)")
  }
}
