// LEDGER.SNAPSHOT through the real loop: what it answers, and what the next start makes of it.
// schema/protocol.md, "Snapshots".

import LedgerServer
import TestSupport
import Testing
import TokenLedger

/// Snapshots over the socket.
@Suite struct SnapshotCommandTests {
  private let storage = SimulatedStorage()

  private static let creation = "TOKEN.CREATE CHARACTER 7 NAME n OWNER o ACCESS pl4nted"

  private func snapshots() -> [String] {
    storage.disk.contents.map(\.name).filter { $0.hasSuffix(".snapshot") }
  }

  @Test func `a snapshot answers when it is there, and the next start goes on from it`() throws {
    do {
      let server = try ServerUnderTest(storage)
      let client = try server.connect()
      for _ in 0..<3 { _ = try client.ask(Self.creation) }
      let reply = try client.ask("LEDGER.SNAPSHOT")
      #expect(reply.contains("$sequence, :4, "))
      #expect(snapshots() == ["00000000000000000004.snapshot"])
      #expect(try client.ask("INFO persistence").contains("snapshot_sequence:4\r\n"))
      #expect(try client.ask("LEDGER.SNAPSHOT").contains("$bytes, :0"))
      _ = try client.ask(Self.creation)
      #expect(try server.shutDown() == .requested)
    }
    let server = try ServerUnderTest(storage)
    let client = try server.connect()
    let persistence = try client.ask("INFO persistence")
    #expect(persistence.contains("started_from_snapshot:4\r\n"))
    #expect(try client.ask("TOKEN.SECRETS 1").contains("pl4nted"))
    #expect(try client.ask("TOKENS.FIND COUNT") == ":4")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `after so many new events a snapshot is made unasked`() throws {
    var settings = ServerSettings()
    settings.snapshotEventCount = 3
    let server = try ServerUnderTest(storage, settings)
    let client = try server.connect()
    for _ in 0..<3 { _ = try client.ask(Self.creation) }
    var isDone = false
    for _ in 0..<100_000 where !isDone {
      isDone = try !client.ask("INFO persistence").contains("snapshots_done:0\r\n")
    }
    #expect(isDone && !snapshots().isEmpty)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `many that ask wait for each other, and replies stay in order`() throws {
    let server = try ServerUnderTest(storage)
    let clients = try (0..<4).map { _ in try server.connect() }
    for client in clients {
      try client.send([words(Self.creation), words("LEDGER.SNAPSHOT"), words("PING")])
    }
    for client in clients {
      let replies = try client.replies(3)
      #expect(replies[0].hasPrefix(":") && replies[1].contains("$sequence"))
      #expect(replies[2] == "+PONG")
    }
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a disk without room is told, and the ledger goes on`() throws {
    let server = try ServerUnderTest(storage)
    let client = try server.connect()
    _ = try client.ask(Self.creation)
    storage.setCapacity(bytes: storage.usedBytes)
    #expect(try client.ask("LEDGER.SNAPSHOT").hasPrefix("-DISKFULL"))
    storage.setCapacity(bytes: .max)
    #expect(try client.ask("LEDGER.SNAPSHOT").contains("$sequence"))
    #expect(try client.ask("LEDGER.SNAPSHOT now").hasPrefix("-ERR"))
    #expect(try server.shutDown() == .requested)
  }
}
