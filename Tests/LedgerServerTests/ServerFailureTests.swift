// The disk is full or fails under a running server: who is told what, and what the next start
// finds. What a client was told is compared with what the log holds: an acknowledged write is
// there, a refused one is not.

import LinuxIO
import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ServerFailureTests {
  private let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o"
  private let diskFull = "-DISKFULL there is no room on the disk; nothing was written"
  private let readOnly = "-READONLY the log takes no writes"
  /// A creation that needs a larger room than any that a small log has prepared.
  private var large: String { create + " ACCESS " + String(repeating: "a", count: 60_000) }

  @Test func `a full disk refuses writes in order, answers reads, and heals by itself`() throws {
    let disk = SimulatedStorage()
    let server = try ServerUnderTest(disk)
    let client = try server.connect()
    #expect(try client.ask(create) == ":1")
    disk.setCapacity(bytes: disk.usedBytes)
    try client.send([
      words(large), words("TOKENS.FIND COUNT"), words(large), words("TOKEN.CREATE CHARACTER 1"),
      words("TOKEN.GET 2"), words("LEDGER.STATUS"),
    ])
    let replies = try client.replies(6)
    #expect(replies[0] == diskFull && replies[2] == diskFull)
    #expect(replies[1] == ":1" && replies[4] == "_")
    #expect(replies[3].hasPrefix("-ERR wrong number of arguments"))
    #expect(replies[5].contains("$events_in_flight, :0"))
    #expect(replies[5].contains("$writes, $disk-full"))
    disk.setCapacity(bytes: .max)
    #expect(try client.ask(large) == ":2")
    #expect(try client.ask("LEDGER.STATUS").contains("$writes, $ok"))
    #expect(try client.ask("XLEN ledger") == ":3")
    #expect(try server.shutDown() == .requested)
    let again = try ServerUnderTest(disk.imageAfterPowerLoss())
    #expect(try again.connect().ask("TOKENS.FIND") == "[:1, :2]")
    #expect(try again.shutDown() == .requested)
  }

  @Test func `a write that is refused is not in the log, one that is acknowledged is`() throws {
    let disk = SimulatedStorage()
    let gate = GatedStorage(disk)
    let server = try ServerUnderTest(gate)
    let clients = try (1...4).map { _ in try server.connect() }
    var acknowledged: Set<String> = []
    for round in 1...6 {
      disk.setCapacity(bytes: round.isMultiple(of: 2) ? .max : disk.usedBytes)
      for client in clients {
        try client.send([words(large), words("TOKENS.FIND COUNT"), words(create), words("PING")])
      }
      for client in clients {
        let replies = try client.replies(4)
        acknowledged.formUnion([replies[0], replies[2]].filter { $0 != diskFull })
        #expect(replies[3] == "+PONG")
      }
    }
    disk.setCapacity(bytes: .max)
    let found = try server.connect().ask("TOKENS.FIND")
    #expect(
      Set(found.dropFirst().dropLast().split(separator: ", ").map(String.init)) == acknowledged)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `after a failed sync held writes are answered READONLY and the server ends`() throws {
    let disk = SimulatedStorage()
    let gate = GatedStorage(disk)
    let server = try ServerUnderTest(gate)
    let first = try server.connect()
    let second = try server.connect()
    #expect(try first.ask(create) == ":1")
    #expect(try second.ask("PING") == "+PONG")
    gate.shut()
    defer { gate.open() }
    try first.send([words(create), words(create)])
    #expect(gate.waitForCall())
    try second.send([words(create), words("TOKENS.FIND COUNT")])
    #expect(try server.connect().ask("TOKENS.FIND COUNT") == ":1")
    disk.fail(.sync)
    gate.open()
    #expect(try first.replies(2) == [readOnly, readOnly])
    #expect(try second.replies(2) == [readOnly, ":1"])
    #expect(try first.isClosedByServer())
    guard case .logFailed = server.end() else {
      Issue.record("the server did not end with the log")
      return
    }
    let again = try ServerUnderTest(disk.imageAfterPowerLoss())
    #expect(try again.connect().ask("TOKENS.FIND") == "[:1]")
    #expect(try again.shutDown() == .requested)
  }
}
