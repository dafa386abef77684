// What a client may count on whatever it pipelines: every request is answered, in order, and a read
// sees the writes before it. Everything runs through the real loop and a real socket, so that the
// kernel cuts requests and replies where it likes.

import LinuxIO
import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct ServerPipelineTests {
  @Test func `writes and reads by turns are answered in order, each read with its write`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    let count = 1000
    var requests: [[[UInt8]]] = []
    for number in 1...count {
      requests.append(words("TOKEN.CREATE CHARACTER \(number) NAME A OWNER o"))
      requests.append(words("TOKENS.FIND COUNT"))
    }
    try client.send(requests)
    let expected = (1...count).flatMap { [":\($0)", ":\($0)"] }
    #expect(try client.replies(2 * count) == expected)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a thousand writes share few syncs`() throws {
    let storage = SimulatedStorage()
    let server = try ServerUnderTest(storage)
    let client = try server.connect()
    let before = storage.count(of: .sync)
    try client.send((1...1000).map { words("TOKEN.CREATE CHARACTER \($0) NAME A OWNER o") })
    #expect(try client.replies(1000) == (1...1000).map { ":\($0)" })
    #expect(storage.count(of: .sync) - before < 200)
    #expect(try server.shutDown() == .requested)
  }

  @Test func `errors and refusals keep their place among held writes`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    try client.send([
      words("TOKEN.CREATE CHARACTER 1 NAME A OWNER o KEY k"),
      words("TOKEN.CREATE CHARACTER 1 NAME A TYPE character"),
      words("TOKEN.CREATE CHARACTER 1 NAME A OWNER o KEY k"),
      words("TOKEN.GRANT 1 a"),
      words("TOKEN.GRANT 1 a"),
      words("TOKEN.DELETE 1 EXPECT 1"),
      words("TOKEN.DELETE 1 EXPECT 2"),
      words("TOKEN.DELETE 1"),
      words("NOPE"),
      words("PING"),
    ])
    #expect(
      try client.replies(10) == [
        ":1", "-ERR syntax error: OWNER is missing", ":1", ":1", ":0",
        "-CONFLICT the token's version is 2, not 1", ":1", ":0", "-ERR unknown command 'NOPE'",
        "+PONG",
      ])
    #expect(try server.shutDown() == .requested)
  }

  @Test func `two clients that write to the same token take turns`() throws {
    let server = try ServerUnderTest()
    let clients = [try server.connect(), try server.connect()]
    #expect(try clients[0].ask("TOKEN.CREATE CHARACTER 1 NAME A OWNER o") == ":1")
    for client in clients {
      try client.send((1...100).map { words("TOKEN.GRANT 1 scope\($0)") })
    }
    var granted = 0
    for client in clients {
      granted += try client.replies(100).count { $0 == ":1" }
    }
    #expect(granted == 100)
    #expect(try clients[1].ask("TOKENS.REQUIRESCOPES scope100 FIELDS 1 version") == "[[:101]]")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a request split at every byte is one request`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    var writer = RequestWriter()
    writer.write(words("TOKEN.CREATE CHARACTER 7 NAME A OWNER o"))
    writer.write(words("PING"))
    for split in 1..<writer.bytes.count {
      try client.send(bytes: Array(writer.bytes[..<split]))
      // The other client's reply shows that the server has seen the first part.
      #expect(try server.connect().ask("PING") == "+PONG")
      try client.send(bytes: Array(writer.bytes[split...]))
      #expect(try client.replies(2) == [":\(split)", "+PONG"])
    }
    #expect(try server.shutDown() == .requested)
  }

  @Test func `an inline request and one of many parts come to the same`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    try client.send(bytes: Array("PING\r\nECHO \"a b\"\nHELLO 3\r\n".utf8))
    #expect(try client.replies(2) == ["+PONG", "$a b"])
    #expect(try client.reply().shown.hasPrefix("{$server: $tokenledger"))
    #expect(try server.shutDown() == .requested)
  }

  @Test func `half a request and then nothing leaves nothing behind`() throws {
    let server = try ServerUnderTest()
    for part in ["*", "*2\r\n$4\r\nECHO\r\n$5\r\nab", "*3\r\n$12\r\nTOKEN.CREATE\r\n", "PIN"] {
      let client = try server.connect()
      try client.send(bytes: Array(part.utf8))
      try client.finishSending()
      #expect(try client.isClosedByServer())
    }
    #expect(try server.connect().ask("TOKENS.FIND COUNT") == ":0")
    #expect(try server.shutDown() == .requested)
  }

  @Test func `a client that has sent all it wants still gets every reply`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    var requests: [[[UInt8]]] = []
    for number in 1...50 {
      requests.append(words("TOKEN.CREATE CHARACTER \(number) NAME A OWNER o"))
      requests.append(words("TOKEN.HISTORY \(number)"))
    }
    requests.append(words("XRANGE ledger - +"))
    try client.send(requests)
    try client.finishSending()
    for number in 1...50 {
      #expect(try client.reply().shown == ":\(number)")
      #expect(try client.reply().elements?.count == 1)
    }
    #expect(try client.reply().elements?.count == 51)
    #expect(try client.isClosedByServer())
    #expect(try server.shutDown() == .requested)
  }

  @Test func `QUIT answers what came before it and ends the connection`() throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    try client.send([
      words("TOKEN.CREATE CHARACTER 1 NAME A OWNER o"), words("QUIT"), words("PING"),
    ])
    #expect(try client.replies(2) == [":1", "+OK"])
    #expect(try client.isClosedByServer())
    #expect(try server.shutDown() == .requested)
  }

  @Test(arguments: [
    ("*a\r\n", "-ERR Protocol error: invalid multibulk length"),
    ("*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'"),
    ("*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length"),
    ("PING \"a\r\n", "-ERR Protocol error: unbalanced quotes in request"),
  ])
  func `a protocol error is answered behind what came before it, and ends the connection`(
    bytes: String, error: String
  ) throws {
    let server = try ServerUnderTest()
    let client = try server.connect()
    var writer = RequestWriter()
    writer.write(words("TOKEN.CREATE CHARACTER 1 NAME A OWNER o"))
    writer.write(words("PING"))
    try client.send(bytes: writer.bytes + Array(bytes.utf8) + Array("PING\r\n".utf8))
    #expect(try client.replies(3) == [":1", "+PONG", error])
    #expect(try client.isClosedByServer())
    let next = try server.connect()
    writer.removeFirst(writer.bytes.count)
    writer.write(words("TOKEN.CREATE CHARACTER 1 NAME A OWNER o"))
    try next.send(bytes: writer.bytes + Array(bytes.utf8))
    #expect(try next.replies(2) == [":2", error])
    #expect(try next.isClosedByServer())
    #expect(try server.shutDown() == .requested)
  }
}
