// Past states beside the loop: who asks waits, nobody else does. The disk stalls at a gate in front
// of opening a segment, where the rebuild comes by and the loop does not.

import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct AsOfServerTests {
  private static let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o"

  /// A server on a ledger where event n + 1 creates token n, and the gate before its rebuilds.
  private func gated(
    tokens: Int, options: StoreOptions = .small
  ) throws -> (server: ServerUnderTest, gate: GatedStorage) {
    let gate = GatedStorage(SimulatedStorage(), holding: .open)
    let server = try ServerUnderTest(gate, options: options)
    let writer = try server.connect()
    try writer.send(Array(repeating: words(Self.create), count: tokens))
    #expect(try writer.replies(tokens).last == ":\(tokens)")
    return (server, gate)
  }

  /// Waits until so many moments wait behind the one that is being rebuilt.
  private func waitForWanted(_ count: Int, _ client: TestClient) throws -> Bool {
    for _ in 1...10_000 {
      if try client.ask("INFO stats").contains("past_states_wanted:\(count)\r\n") { return true }
    }
    return false
  }

  @Test func `who asks for the past waits, and nobody else`() throws {
    let (server, gate) = try gated(tokens: 9)
    gate.shut()
    let historian = try server.connect()
    try historian.send([
      words("TOKENS.FIND ASOF #5 COUNT"), words("TOKENS.FIND COUNT"), words(Self.create),
      words("TOKENS.FIND ASOF #5 FIRST"), words("TOKENS.FIND ASOF #3"),
    ])
    #expect(gate.waitForCall())
    let client = try server.connect()
    #expect(try client.ask("TOKENS.FIND COUNT") == ":9")
    #expect(try client.ask("TOKENS.FIND ASOF #10 COUNT") == ":9")
    #expect(try client.ask(Self.create) == ":10")
    gate.open()
    #expect(try historian.replies(5) == [":4", ":10", ":11", ":1", "[:1, :2]"])
    #expect(try server.shutDown() == .requested)
  }

  @Test func `those who ask for the same moment share one rebuild`() throws {
    let (server, gate) = try gated(tokens: 9)
    gate.shut()
    let historians = try (1...5).map { _ in try server.connect() }
    let client = try server.connect()
    for historian in historians { try historian.send("TOKENS.FIND ASOF #7 COUNT") }
    #expect(gate.waitForCall())
    for historian in historians { try historian.send("TOKENS.FIND ASOF #7 EXISTS") }
    #expect(try client.ask("TOKENS.FIND COUNT") == ":9")
    gate.open()
    for historian in historians { #expect(try historian.replies(2) == [":6", ":1"]) }
    #expect(try client.ask("INFO stats").contains("past_states_rebuilt:1\r\n"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `only so many moments wait, and those whose askers left are not rebuilt`() throws {
    let count = PastState.maximumWanted
    let (server, gate) = try gated(tokens: count + 9)
    gate.shut()
    let client = try server.connect()
    do {
      let historians = try (0...count).map { _ in try server.connect() }
      try historians[0].send("TOKENS.FIND ASOF #2")
      #expect(gate.waitForCall())
      for number in 1...count { try historians[number].send("TOKENS.FIND ASOF #\(number + 2)") }
      #expect(try waitForWanted(count, client))
      let reply = try client.ask("TOKENS.FIND ASOF #\(count + 4)")
      #expect(reply == "-LIMIT moments that wait for being rebuilt: at most \(count)")
      #expect(try client.ask("TOKENS.FIND COUNT") == ":\(count + 9)")
    }
    // The askers are gone; the reply comes only once the server has seen that.
    for _ in 1...10_000 where try client.ask("INFO clients").contains("connected_clients:1\r") {
      break
    }
    gate.open()
    #expect(try client.ask("TOKENS.FIND ASOF #\(count + 4) COUNT") == ":\(count + 3)")
    #expect(try client.ask("INFO stats").contains("past_states_rebuilt:2\r\n"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a past state is let go when nobody asks for it in a while`() throws {
    let clock = SettableClock(now: UnixTime(clampingMicroseconds: 1_795_435_200_000_000))
    var options = StoreOptions.small
    options.clock = .settable(clock)
    let (server, _) = try gated(tokens: 4, options: options)
    let client = try server.connect()
    #expect(try client.ask("TOKENS.FIND ASOF #3 COUNT") == ":2")
    clock.advanceMonotonic(microseconds: PastState.idleMicroseconds - 1)
    #expect(try client.ask("TOKENS.FIND ASOF #3 COUNT") == ":2")
    clock.advanceMonotonic(microseconds: PastState.idleMicroseconds - 1)
    #expect(try client.replies(of: "PING", "INFO stats").contains("past_state_last_seq:3\r\n"))
    clock.advanceMonotonic(microseconds: 1)
    #expect(try client.replies(of: "PING", "INFO stats").contains("past_state_last_seq:0\r\n"))
    #expect(try client.ask("TOKENS.FIND ASOF #3 COUNT") == ":2")
    #expect(try client.ask("INFO stats").contains("past_states_rebuilt:2\r\n"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `moments asked for by many while others write are exact`() throws {
    let server = try ServerUnderTest()
    let writer = try server.connect()
    #expect(try writer.ask(Self.create) == ":1")
    let historians = try (0..<8).map { _ in try server.connect() }
    var generator = SeededGenerator(seed: 5)
    for round in 1...Campaign.scaled(40) {
      try writer.send(Array(repeating: words(Self.create), count: 5))
      var expected: [Int] = []
      for historian in historians {
        let last = Int.random(in: 1...5 * round - 3, using: &generator)
        expected.append(max(0, last - 1))
        try historian.send("TOKENS.FIND ASOF #\(last) COUNT")
      }
      for (historian, count) in zip(historians, expected) {
        #expect(try historian.reply().shown == ":\(count)")
      }
      #expect(try writer.replies(5).last == ":\(5 * round + 1)")
    }
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a moment waits for what came before it and is still on its way to the disk`() throws {
    let gate = GatedStorage(SimulatedStorage())
    let server = try ServerUnderTest(gate, options: .frozen(at: 1_700_000_000))
    let writer = try server.connect()
    #expect(try writer.ask(Self.create) == ":1")
    gate.shut()
    try writer.send(Self.create)
    #expect(gate.waitForCall())
    let historian = try server.connect()
    try historian.send("TOKENS.FIND COUNT ASOF 1700000000")
    #expect(try server.connect().ask("TOKENS.FIND COUNT ASOF #2") == ":1")
    gate.open()
    #expect(try writer.reply().shown == ":2")
    #expect(try historian.reply().shown == ":2")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a server ends although a past state is being rebuilt`() throws {
    let (server, gate) = try gated(tokens: 9)
    gate.shut()
    let historian = try server.connect()
    try historian.send("TOKENS.FIND ASOF #5 COUNT")
    #expect(gate.waitForCall())
    try server.connect().send("SHUTDOWN")
    #expect(try historian.isClosedByServer())
    gate.open()
    #expect(server.end() == .requested)
  }
}

extension TestClient {
  /// Sends requests one after the other, and shows the reply to the last.
  fileprivate func replies(of lines: String...) throws -> String {
    var shown = ""
    for line in lines { shown = try ask(line) }
    return shown
  }
}
