// LEDGER.COMPACT and TOKEN.ERASE through the real loop: what they answer, what others see
// meanwhile, and that they are done before they answer. The simulated disk is searched for what
// should be gone.

import EventLog
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct CompactionCommandTests {
  private let storage = SimulatedStorage()

  /// A server with two tokens, each refreshed some times.
  private func server(_ settings: ServerSettings = ServerSettings()) throws -> ServerUnderTest {
    let server = try ServerUnderTest(storage, settings)
    let client = try server.connect()
    for token in 1...2 {
      let creation =
        "TOKEN.CREATE CHARACTER \(token) NAME A OWNER o ACCESS \(Self.access(token, 0))"
        + " REFRESH refresh-\(token)"
      #expect(try client.ask(creation) == ":\(token)")
      for round in 1...20 {
        let refresh = "TOKEN.REFRESHED \(token) ACCESS \(Self.access(token, round))"
        #expect(try client.ask(refresh) == ":\(round + 1)")
      }
    }
    return server
  }

  private static func access(_ token: Int, _ round: Int) -> String {
    "pl4nted-\(token)-\(round)-" + String(repeating: "x", count: 60)
  }

  /// The planted access tokens that stand in a file.
  private func planted(_ token: Int) -> [Int] {
    let files = storage.disk.contents.map { String(decoding: $0.bytes, as: Unicode.ASCII.self) }
    return (0...20).filter { round in
      files.contains { $0.contains(Self.access(token, round)) }
    }
  }

  @Test func `a compaction answers when the dead secrets are gone, and leaves the others`() throws {
    let server = try server()
    let client = try server.connect()
    let reply = try client.ask("LEDGER.COMPACT REASON disk")
    #expect(reply.contains("$secrets_erased, :40, "))
    #expect(planted(1) == [20] && planted(2) == [20])
    #expect(try client.ask("TOKEN.ACCESS 1") == "$\(Self.access(1, 20))")
    let told = try client.ask("LEDGER.HISTORY TYPE compactionStarted TYPE compacted")
    #expect(told.contains("$reason, $disk") && told.contains("$bytes_after"))
    #expect(try client.ask("INFO persistence").contains("compactions_done:1\r\n"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a dry run answers the same numbers, and nothing changes`() throws {
    let server = try server()
    let client = try server.connect()
    let events = try client.ask("XLEN ledger")
    #expect(try client.ask("LEDGER.COMPACT DRYRUN").contains("$secrets_erased, :40, "))
    #expect(planted(1).count == 21)
    #expect(try client.ask("XLEN ledger") == events)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `an erasure answers when no segment has the secrets any more`() throws {
    let server = try server()
    let client = try server.connect()
    #expect(try client.ask("TOKEN.ERASE 1 REASON asked") == ":1")
    #expect(planted(1) == [] && planted(2).count == 21)
    for command in ["TOKEN.ACCESS 1", "TOKEN.REFRESH 1"] {
      #expect(try client.ask(command).hasPrefix("-GONE"))
    }
    #expect(try client.ask("TOKEN.SECRETS 1") == "[$access_token, _, $refresh_token, _]")
    #expect(try client.ask("TOKENS.FIND REFRESHABLE") == "[:2]")
    #expect(try client.ask("TOKEN.ERASE 1") == ":1")
    #expect(try client.ask("TOKEN.ERASE 9").hasPrefix("-NOTFOUND"))
    #expect(try client.ask("TOKEN.DELETE 1") == ":1")
    #expect(try client.ask("TOKEN.RESTORE 1").hasPrefix("-GONE"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `without a grace a deleted token cannot come back`() throws {
    let server = try server()
    let client = try server.connect()
    #expect(try client.ask("TOKEN.DELETE 1") == ":1")
    #expect(try client.ask("LEDGER.COMPACT GRACE 3600000").contains("$tokens_erased, :0,"))
    #expect(try client.ask("TOKEN.RESTORE 1") == ":1")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `many compactions wait for each other, and who leaves stops none`() throws {
    let server = try server()
    let clients = try (1...5).map { _ in try server.connect() }
    for client in clients { try client.send("LEDGER.COMPACT") }
    do {
      let leaving = try server.connect()
      try leaving.send("TOKEN.ERASE 2")
    }
    for client in clients {
      #expect(try client.replies(1)[0].contains("$segments"))
      #expect(try client.ask("TOKENS.FIND COUNT") == ":2")
    }
    #expect(try server.shutDown() == .requested)
  }

  @Test func `replies stay in order around a compaction`() throws {
    let server = try server()
    let client = try server.connect()
    let creation = "TOKEN.CREATE CHARACTER 9 NAME A OWNER o"
    try client.send([words(creation), words("LEDGER.COMPACT"), words(creation), words("PING")])
    let replies = try client.replies(4)
    #expect(replies[0] == ":3" && replies[2] == ":4" && replies[3] == "+PONG")
    #expect(replies[1].contains("$rewritten"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `after so many new segments the log is compacted unasked`() throws {
    var settings = ServerSettings()
    settings.compaction.segmentCount = 1
    var options = StoreOptions.small
    options.log.segmentSizeBytes = 4096
    let server = try ServerUnderTest(storage, settings, options: options)
    let client = try server.connect()
    #expect(
      try client.ask("TOKEN.CREATE CHARACTER 1 NAME A OWNER o ACCESS \(Self.access(1, 0))") == ":1")
    var isDone = false
    for round in 1...2000 where !isDone {
      let refresh = "TOKEN.REFRESHED 1 ACCESS \(Self.access(1, round))"
      #expect(try client.ask(refresh) == ":\(round + 1)")
      isDone = try !client.ask("INFO persistence").contains("compactions_done:0\r\n")
    }
    #expect(isDone)
    #expect(!planted(1).contains(0))
    let told = try client.ask("LEDGER.HISTORY TYPE compactionStarted")
    #expect(told.contains("$actor, $system"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a full disk is said, and the ledger goes on`() throws {
    let server = try server()
    let client = try server.connect()
    storage.setCapacity(bytes: storage.usedBytes)
    #expect(try client.ask("LEDGER.COMPACT").hasPrefix("-DISKFULL"))
    storage.setCapacity(bytes: .max)
    #expect(try client.ask("LEDGER.COMPACT").contains("$secrets_erased, :40, "))
    #expect(try server.shutDown() == .requested)
  }
}
