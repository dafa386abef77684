// Clients that ask for more than they take, and the limits that keep them from harming others.
// A client that is slow must only slow itself; a client that is done sending must still be given
// everything that it asked for.

import LinuxIO
import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ServerLoadTests {
  /// A server with `count` tokens whose names are long.
  private func server(
    _ count: Int, _ settings: ServerSettings = ServerSettings()
  ) throws -> ServerUnderTest {
    let server = try ServerUnderTest(SimulatedStorage(), settings)
    let client = try server.connect()
    let name = String(repeating: "n", count: 1000)
    try client.send(
      (1...count).map { words("TOKEN.CREATE CHARACTER \($0) NAME \(name) OWNER o SCOPES a") })
    #expect(try client.replies(count).last == ":\(count)")
    return server
  }

  private let bigRequest = "TOKENS.FIND FIELDS 1 character_name"

  @Test func `a client that never reads is stalled, harms nobody, and gets all in the end`() throws
  {
    let server = try server(200)
    let greedy = try server.connect()
    try greedy.send((1...100).map { _ in words(bigRequest) })
    let other = try server.connect()
    for _ in 1...20 { #expect(try other.ask("TOKENS.FIND COUNT") == ":200") }
    for _ in 1...100 { #expect(try greedy.reply().elements?.count == 200) }
    #expect(try greedy.ask("PING") == "+PONG")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a client that has finished sending gets more than the unsent limit holds`() throws {
    let server = try server(200)
    let greedy = try server.connect()
    try greedy.send((1...40).map { _ in words(bigRequest) } + [words("PING")])
    try greedy.finishSending()
    for _ in 1...40 { #expect(try greedy.reply().elements?.count == 200) }
    #expect(try greedy.reply().shown == "+PONG")
    #expect(try greedy.isClosedByServer())
    #expect(try server.shutDown() == .requested)
  }

  @Test(arguments: [0, 1, 4096])
  func `a small unsent limit slows a pipeline and loses nothing`(limitBytes: Int) throws {
    var settings = ServerSettings()
    settings.limits.maximumUnsentBytes = limitBytes
    let server = try server(3, settings)
    let client = try server.connect()
    try client.send((1...50).map { _ in words(bigRequest) } + [words("PING")])
    for _ in 1...50 { #expect(try client.reply().elements?.count == 3) }
    #expect(try client.reply().shown == "+PONG")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a reply above the limit is refused, and the connection goes on`() throws {
    var settings = ServerSettings()
    settings.limits.maximumReplyBytes = 5000
    let server = try server(5, settings)
    let client = try server.connect()
    let limit = "-LIMIT the reply would exceed 5000 bytes; use AFTER and LIMIT"
    #expect(try client.ask(bigRequest) == limit)
    #expect(try client.ask("\(bigRequest) LIMIT 4").count > 4000)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a long history is written beside the work for others`() throws {
    let server = try server(2000)
    let reader = try server.connect()
    try reader.send([words("XRANGE ledger - +"), words("XREVRANGE ledger + -"), words("PING")])
    let other = try server.connect()
    for _ in 1...50 { #expect(try other.ask("TOKENS.FIND COUNT") == ":2000") }
    #expect(try other.ask("TOKEN.CREATE CHARACTER 1 NAME A OWNER o") == ":2001")
    let forwards = try #require(try reader.reply().elements)
    let backwards = try #require(try reader.reply().elements)
    #expect(forwards.count == 2001)
    // The second was asked when the first was written, after the other's write or before it.
    #expect(Array(backwards.reversed().prefix(2001)) == forwards)
    #expect(try reader.reply().shown == "+PONG")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `one connection above the limit is told so, and a place that is left is given`() throws
  {
    var settings = ServerSettings()
    settings.limits.maximumConnections = 2
    let server = try ServerUnderTest(SimulatedStorage(), settings)
    let first = try server.connect()
    var second: TestClient? = try server.connect()
    #expect(try first.ask("PING") == "+PONG")
    #expect(try second?.ask("PING") == "+PONG")
    let third = try server.connect()
    #expect(try third.reply().shown == "-LIMIT max number of clients reached")
    #expect(try third.isClosedByServer())
    try second?.send("QUIT")
    #expect(try second?.isClosedByServer() == true)
    second = nil
    #expect(try server.connect().ask("PING") == "+PONG")
    #expect(try first.ask("INFO stats").contains("rejected_connections:1"))
    try first.send("SHUTDOWN")
    #expect(server.end() == .requested)
  }
}
