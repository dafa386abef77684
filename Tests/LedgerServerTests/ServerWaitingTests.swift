// Readers that wait for events, disks that make everybody wait, and how a server ends. The disk
// stalls at a gate that the test opens, so that what is in flight can be looked at without a clock.

import LinuxIO
import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ServerWaitingTests {
  private let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o"

  // MARK: XREAD BLOCK

  @Test func `a reader that waits gets the next event, and only that`() throws {
    let server = try ServerUnderTest()
    let reader = try server.connect()
    let writer = try server.connect()
    #expect(try writer.ask(create) == ":1")
    try reader.send([words("XREAD BLOCK 0 STREAMS ledger $"), words("PING")])
    #expect(try server.waitForBlocked(1))
    #expect(try writer.ask("TOKEN.GRANT 1 a") == ":1")
    let streams = try #require(try reader.reply().elements)
    let entries = try #require(streams.first?.elements?.last?.elements)
    #expect(entries.count == 1)
    #expect(entries.first?.elements?.last?.value(for: "type")?.text == "scopesGranted")
    #expect(try reader.reply().shown == "+PONG")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a wait that is over is answered with null, in both dialects`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    #expect(try client.ask("XREAD BLOCK 1 STREAMS ledger $") == "_")
    #expect(try client.ask("XREAD BLOCK 1 COUNT 1 STREAMS other 0") == "_")
    #expect(try client.ask("HELLO 3").hasPrefix("{"))
    #expect(try client.ask("XREAD BLOCK 1 STREAMS ledger $") == "_")
    #expect(try client.ask("PING") == "+PONG")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `what a waiting reader sends meanwhile is carried out afterwards`() throws {
    let server = try ServerUnderTest()
    let reader = try server.connect()
    try reader.send("XREAD BLOCK 0 STREAMS ledger $")
    #expect(try server.waitForBlocked(1))
    try reader.send([words(create), words("TOKENS.FIND COUNT")])
    #expect(try server.connect().ask(create) == ":1")
    #expect(try reader.reply().elements?.count == 1)
    #expect(try reader.replies(2) == [":2", ":2"])
    #expect(try server.shutDown() == .requested)
  }

  @Test func `waiting readers that leave are forgotten`() throws {
    let server = try ServerUnderTest()
    let watcher = try server.connect()
    #expect(try watcher.ask("PING") == "+PONG")
    do {
      let readers = try (1...5).map { _ in try server.connect() }
      for reader in readers { try reader.send("XREAD BLOCK 0 STREAMS ledger $") }
      #expect(try server.waitForBlocked(5))
      try readers[0].finishSending()
      #expect(try readers[0].isClosedByServer())
    }
    #expect(try server.waitForConnections(1, asked: watcher))
    #expect(try watcher.ask(create) == ":1")
    #expect(try server.shutDown() == .requested)
  }

  // MARK: A disk that stalls

  @Test func `reads are answered while the disk stalls, and do not show what is in flight`() throws
  {
    let storage = GatedStorage(SimulatedStorage())
    let server = try ServerUnderTest(storage)
    let writer = try server.connect()
    let reader = try server.connect()
    storage.shut()
    defer { storage.open() }
    try writer.send([words(create), words("TOKEN.GET 1")])
    #expect(storage.waitForCall())
    #expect(try reader.ask("TOKENS.FIND COUNT") == ":0")
    #expect(try reader.ask("TOKEN.GET 1") == "_")
    #expect(try reader.ask("XLEN ledger") == ":1")
    #expect(try reader.ask("LEDGER.STATUS").contains("$events_in_flight, :1"))
    storage.open()
    #expect(try writer.reply().shown == ":1")
    #expect(try writer.reply().value(for: "id") == .integer(1))
    #expect(try reader.ask("TOKENS.FIND COUNT") == ":1")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `writes of all clients wait for one sync, and each gets its own answer`() throws {
    let storage = GatedStorage(SimulatedStorage())
    let server = try ServerUnderTest(storage)
    let clients = try (1...8).map { _ in try server.connect() }
    storage.shut()
    defer { storage.open() }
    for client in clients {
      try client.send([words(create + " KEY same"), words(create), words("TOKENS.FIND EXISTS")])
    }
    #expect(storage.waitForCall())
    #expect(try server.connect().ask("TOKENS.FIND COUNT") == ":0")
    storage.open()
    var ids: Set<String> = []
    for client in clients {
      let replies = try client.replies(3)
      #expect(replies[0] == ":1" && replies[2] == ":1")
      ids.insert(replies[1])
    }
    #expect(ids == Set((2...9).map { ":\($0)" }))
    #expect(try server.shutDown() == .requested)
  }

  // MARK: The end

  @Test func `SHUTDOWN finishes what was accepted and takes nothing more`() throws {
    let disk = SimulatedStorage()
    let storage = GatedStorage(disk)
    let server = try ServerUnderTest(storage)
    let writer = try server.connect()
    let late = try server.connect()
    #expect(try late.ask("PING") == "+PONG")
    storage.shut()
    defer { storage.open() }
    try writer.send([words(create), words(create)])
    #expect(storage.waitForCall())
    let stopping = try server.connect()
    try stopping.send("SHUTDOWN")
    #expect(try stopping.isClosedByServer())
    try late.send(create)
    storage.open()
    #expect(try writer.replies(2) == [":1", ":2"])
    #expect(try writer.isClosedByServer())
    #expect(try late.isClosedByServer())
    #expect(server.end() == .requested)
    let again = try ServerUnderTest(disk.imageAfterPowerLoss())
    #expect(try again.connect().ask("TOKENS.FIND") == "[:1, :2]")
    #expect(try again.shutDown() == .requested)
  }

  @Test func `a signal ends the server, and a reader that waits is let go`() throws {
    let server = try ServerUnderTest()
    let reader = try server.connect()
    try reader.send("XREAD BLOCK 0 STREAMS ledger $")
    #expect(try server.waitForBlocked(1))
    server.signal(.user1)
    #expect(server.end() == .requested)
    #expect(try reader.isClosedByServer())
  }

  @Test func `a reply that is made leaves although its client reads it only after the end began`()
    throws
  {
    let server = try ServerUnderTest()
    let reader = try server.connect()
    let message = [UInt8](repeating: 0x78, count: 1_000_000)
    try reader.send([[Array("ECHO".utf8), message]])
    let stopping = try server.connect()
    #expect(try stopping.waitForCommand("echo"))
    try stopping.send("SHUTDOWN")
    #expect(try stopping.isClosedByServer())
    #expect(try reader.reply() == .bulk(message))
    #expect(try reader.isClosedByServer())
    #expect(server.end() == .requested)
  }

  @Test func `a client that never reads does not hold up the end`() throws {
    let server = try ServerUnderTest()
    let reader = try server.connect()
    try reader.send([[Array("ECHO".utf8), [UInt8](repeating: 0x78, count: 1_000_000)]])
    let stopping = try server.connect()
    #expect(try stopping.waitForCommand("echo"))
    try stopping.send("SHUTDOWN")
    #expect(server.end() == .requested)
  }

  // MARK: Settings

  @Test func `settings that are read again hold for those who are connected`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    #expect(try client.ask("CONFIG GET shown") == "[]")
    server.setReloadedSettings(nil)
    server.signal(.hangUp)
    #expect(try client.ask("CONFIG GET shown") == "[]")
    var settings = ServerSettings()
    settings.shown = [("shown", "value")]
    settings.limits.maximumConnections = 1
    server.setReloadedSettings(settings)
    server.signal(.hangUp)
    #expect(try client.asks("CONFIG GET shown", until: "[$shown, $value]"))
    #expect(try server.connect().reply().shown == "-LIMIT max number of clients reached")
    try client.send("SHUTDOWN")
    #expect(server.end() == .requested)
  }
}

extension TestClient {
  /// Asks again and again, at most ten thousand times, and says whether the reply came.
  func asks(_ line: String, until reply: String) throws -> Bool {
    for _ in 1...10_000 where try ask(line) == reply { return true }
    return false
  }

  /// Waits until somebody's last command is this one.
  fileprivate func waitForCommand(_ name: String) throws -> Bool {
    for _ in 1...10_000 where try clients().contains(where: { $0.hasSuffix("cmd=\(name)") }) {
      return true
    }
    return false
  }

  /// The lines of CLIENT LIST.
  fileprivate func clients() throws -> [Substring] {
    try ask("CLIENT LIST").split(separator: "\n")
  }
}

extension ServerUnderTest {
  /// Waits until so many clients are in an XREAD.
  fileprivate func waitForBlocked(_ count: Int) throws -> Bool {
    let client = try connect()
    for _ in 1...10_000 {
      if try client.clients().count(where: { $0.hasSuffix("cmd=xread") }) == count { return true }
    }
    return false
  }

  /// Waits until so many clients are connected.
  fileprivate func waitForConnections(_ count: Int, asked client: TestClient) throws -> Bool {
    for _ in 1...10_000 where try client.clients().count == count { return true }
    return false
  }
}
