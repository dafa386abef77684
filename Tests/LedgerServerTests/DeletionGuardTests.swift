// The breaker against mass deletion, by itself and over the commands: an SSO that refuses everybody
// ends a few tokens, holds the rest, and one command brings each kind back.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct DeletionGuardTests {
  private let threshold = GuardThreshold(share: 0.5, count: 2, windowSeconds: 60)

  private func moment(_ seconds: Int64) -> UnixTime {
    UnixTime(clampingMicroseconds: (1_795_435_200 + seconds) * 1_000_000)
  }

  @Test func `it trips beyond the count and the share, not at either`() {
    var deletionGuard = DeletionGuard()
    for _ in 0..<2 {
      #expect(deletionGuard.allowsEnding(at: moment(0), heldBackCount: 0, threshold))
      deletionGuard.note(isDefinite: true, at: moment(0), threshold)
    }
    #expect(!deletionGuard.allowsEnding(at: moment(0), heldBackCount: 0, threshold))
    // The third definite failure of six outcomes is half of them, and half is not more than half.
    for _ in 0..<3 { deletionGuard.note(isDefinite: false, at: moment(0), threshold) }
    #expect(deletionGuard.allowsEnding(at: moment(0), heldBackCount: 0, threshold))
  }

  @Test func `what is older than the window does not count`() {
    var deletionGuard = DeletionGuard()
    for _ in 0..<2 { deletionGuard.note(isDefinite: true, at: moment(0), threshold) }
    #expect(!deletionGuard.allowsEnding(at: moment(59), heldBackCount: 0, threshold))
    #expect(deletionGuard.allowsEnding(at: moment(60), heldBackCount: 0, threshold))
  }

  @Test func `nothing ends while a token is held back, and anything when it is off`() {
    let deletionGuard = DeletionGuard()
    #expect(!deletionGuard.allowsEnding(at: moment(0), heldBackCount: 1, threshold))
    #expect(deletionGuard.allowsEnding(at: moment(0), heldBackCount: 1, nil))
  }

  /// A server with twenty expired tokens that an SSO has refused, one after the other.
  private func refusedEverybody(_ storage: SimulatedStorage) throws -> ServerUnderTest {
    let server = try ServerUnderTest(storage, options: .frozen(at: 1_795_435_200))
    let client = try server.connect()
    for number in 1...20 {
      let words = "TOKEN.CREATE CHARACTER \(number) NAME P OWNER o USER u REFRESH rt-\(number)"
      #expect(try client.ask(words + " CREATED 0") == ":\(number)")
    }
    let worker = try ScriptedRefresher(server.connect()) { _ in "invalid_grant" }
    #expect(try client.ask("TOKENS.REQUIREVALID") == "[]")
    _ = worker
    return server
  }

  @Test func `a hostile SSO ends a few tokens, and two commands bring all back`() throws {
    let storage = SimulatedStorage()
    let server = try refusedEverybody(storage)
    let client = try server.connect()
    #expect(try client.ask("TOKENS.FIND COUNT") == ":10")
    #expect(try client.ask("TOKENS.FIND HELD COUNT") == ":10")
    try client.send("LEDGER.STATUS")
    let status = try client.reply()
    #expect(status.value(for: "held_back_tokens")?.integer == 10)
    #expect(status.value(for: "deletion_guard")?.text == "holding")
    #expect(status.value(for: "held_back_ids")?.elements?.count == 10)
    #expect(try client.ask("TOKEN.ACCESS 20").hasPrefix("-TOKENINVALID"))
    // The guard holds over a restart.
    #expect(try server.shutDown() == .requested)
    let again = try ServerUnderTest(
      storage.imageAfterPowerLoss(), options: .frozen(at: 1_795_435_200))
    let manager = try again.connect()
    #expect(try manager.ask("TOKENS.FIND HELD COUNT") == ":10")
    #expect(try manager.ask("TOKENS.RESTORE HELD") == ":10")
    #expect(try manager.ask("TOKENS.RESTORE SINCE 2026-11-23T00:00:00Z") == ":10")
    #expect(try manager.ask("TOKENS.FIND REFRESHABLE COUNT") == ":20")
    #expect(try manager.ask("TOKENS.RESTORE HELD SINCE 0") == ":0")
  }

  @Test func `an operator can end what is held back`() throws {
    let server = try refusedEverybody(SimulatedStorage())
    let client = try server.connect()
    #expect(try client.ask("TOKENS.DELETE HELD") == ":10")
    #expect(try client.ask("TOKENS.FIND COUNT") == ":0")
    try client.send("LEDGER.STATUS")
    #expect(try client.reply().value(for: "deletion_guard")?.text == "armed")
  }
}

@Suite struct RestoreCommandTests {
  private let ledger: LocalLedger

  /// Three tokens, of which 1 and 2 are deleted.
  init() throws {
    ledger = try LocalLedger()
    for number in 1...3 {
      #expect(ledger.ask("TOKEN.CREATE CHARACTER \(number) NAME P OWNER o") == ":\(number)")
    }
    #expect(ledger.ask("TOKEN.DELETE 1") == ":1")
    #expect(ledger.ask("TOKEN.DELETE 2") == ":1")
  }

  @Test func `one token comes back once`() {
    #expect(ledger.ask("TOKEN.RESTORE 1 REASON outage") == ":1")
    #expect(ledger.ask("TOKEN.RESTORE 1").hasPrefix("-CONFLICT"))
    #expect(ledger.ask("TOKEN.RESTORE 9").hasPrefix("-NOTFOUND"))
    #expect(ledger.ask("TOKENS.FIND") == "[:1, :3]")
    #expect(ledger.ask("TOKEN.HISTORY 1 REV COUNT 1").contains("outage"))
  }

  @Test func `a span brings back what was deleted in it, and nothing twice`() {
    #expect(ledger.ask("TOKENS.RESTORE SINCE 0 UNTIL 1") == ":0")
    #expect(ledger.ask("TOKENS.RESTORE SINCE 0 ACTOR 4294967295") == ":0")
    #expect(ledger.ask("TOKEN.RESTORE 2") == ":1")
    #expect(ledger.ask("TOKEN.DELETE 2") == ":1")
    #expect(ledger.ask("TOKENS.RESTORE SINCE 0") == ":2")
    #expect(ledger.ask("TOKENS.RESTORE SINCE 0") == ":0")
    #expect(ledger.ask("TOKENS.FIND") == "[:1, :2, :3]")
  }

  @Test(arguments: [
    "TOKENS.RESTORE", "TOKENS.RESTORE UNTIL 1", "TOKENS.RESTORE HELD ACTOR 1",
    "TOKENS.RESTORE SINCE 2 UNTIL 1", "TOKENS.RESTORE SINCE x", "TOKENS.RESTORE HELD HELD",
    "TOKENS.RESTORE SINCE 0 ACTOR -1", "TOKEN.RESTORE 1 REASON a REASON b",
  ])
  func `what cannot be is refused`(request: String) {
    #expect(ledger.ask(request).hasPrefix("-ERR"), "\(request)")
    #expect(ledger.ask("TOKENS.FIND") == "[:3]")
  }
}
