import Testing

/// Scope arguments are remembered between queries: that must never be seen in an answer.
@Suite struct ScopeMemoryTests {
  @Test func `a scope that was unknown is found once a token has it`() throws {
    let ledger = try LocalLedger()
    #expect(ledger.ask("TOKENS.REQUIRESCOPES new.scope COUNT") == ":0")
    #expect(ledger.ask("TOKENS.REQUIRESCOPES new.scope COUNT") == ":0")
    _ = ledger.create("SCOPES new.scope")
    #expect(ledger.ask("TOKENS.REQUIRESCOPES new.scope COUNT") == ":1")
    _ = ledger.create("SCOPES new.scope", character: 2)
    #expect(ledger.ask("TOKENS.REQUIRESCOPES new.scope COUNT") == ":2")
  }

  @Test func `a set that was unknown is found once a token has exactly it`() throws {
    let ledger = try LocalLedger()
    _ = ledger.create("SCOPES a")
    _ = ledger.create("SCOPES b", character: 2)
    #expect(ledger.ask(["TOKENS.REQUIRESCOPESEXACT", "a b", "COUNT"]) == ":0")
    #expect(ledger.ask(["TOKEN.GRANT", "1", "b"]) == ":1")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPESEXACT", "a b", "COUNT"]) == ":1")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPESEXACT", "a", "COUNT"]) == ":0")
  }

  @Test func `the same text means different things to the two comparisons`() throws {
    let ledger = try LocalLedger()
    _ = ledger.create("SCOPES a")
    #expect(ledger.ask(["TOKEN.GRANT", "1", "b"]) == ":1")
    for _ in 0..<3 {
      #expect(ledger.ask(["TOKENS.FIND", "SCOPES", "a", "COUNT"]) == ":1")
      #expect(ledger.ask(["TOKENS.FIND", "EXACTLY", "a", "COUNT"]) == ":0")
      #expect(ledger.ask(["TOKENS.FIND", "SCOPES", "a", "SCOPES", "b", "COUNT"]) == ":1")
      #expect(ledger.ask(["TOKENS.FIND", "SCOPES", "", "COUNT"]) == ":0")
    }
  }

  @Test func `more texts than there is room for are answered all the same`() throws {
    let ledger = try LocalLedger()
    for number in 0..<40 { _ = ledger.create("SCOPES s\(number)", character: number) }
    for round in 0..<2 {
      for number in 0..<2000 {
        let text = String(repeating: " ", count: number / 40) + "s\(number % 40)"
        #expect(ledger.ask(["TOKENS.FIND", "SCOPES", text]) == "[:\(number % 40 + 1)]", "\(round)")
      }
    }
    let long = String(repeating: " ", count: 5000) + "s7"
    for _ in 0..<2 { #expect(ledger.ask(["TOKENS.FIND", "SCOPES", long, "COUNT"]) == ":1") }
  }
}
