import LedgerClient
import LinuxIO
import RESP
import TestSupport
import Testing

struct LedgerConnectionTests {
  private static func options(
    _ change: (inout LedgerConnection.Options) -> Void
  ) -> LedgerConnection.Options {
    var options = LedgerConnection.Options()
    change(&options)
    return options
  }

  @Test func `a call sends a request and gives its reply`() throws {
    try ScriptedLedger.run({ _ in bytes("+PONG\r\n") }) { connection, ledger in
      try #expect(connection.call(["PING"]) == .simple(bytes("PONG")))
      #expect(ledger.requests == [["PING"]])
    }
  }

  @Test func `replies come in the order of the requests`() throws {
    let echo: ScriptedLedger.Script = { bytes("$\($0[1].utf8.count)\r\n\($0[1])\r\n") }
    try ScriptedLedger.run(echo) { connection, _ in
      for number in 0..<50 { try connection.send(["ECHO", "\(number)"]) }
      #expect(connection.pendingReplies == 50)
      for number in 0..<50 { try #expect(connection.receive().text == "\(number)") }
      #expect(connection.pendingReplies == 0)
      try connection.send([bytes("ECHO"), bytes("x")])
      try #expect(connection.receive().text == "x")
    }
  }

  @Test func `an error reply is thrown by a call and a value of a pipeline`() throws {
    let script: ScriptedLedger.Script = {
      bytes($0 == ["GOOD"] ? ":1\r\n" : "-NOTFOUND no such token\r\n")
    }
    try ScriptedLedger.run(script) { connection, _ in
      let refusal = ServerError(prefix: "NOTFOUND", message: "no such token")
      #expect(throws: ClientError.server(refusal)) { try connection.call(["BAD"]) }
      let replies = try connection.pipeline([["GOOD"], ["BAD"], ["GOOD"]])
      #expect(replies[0] == .integer(1))
      #expect(replies[1].errorPrefix == "NOTFOUND")
      #expect(replies[2] == .integer(1))
    }
  }

  @Test func `full buffers on both sides do not stop a pipeline`() throws {
    // client                         ledger
    // writes 64 KiB × 100 …          writes 64 KiB for each, and reads no more until that is taken
    // socket full: reads meanwhile   socket empties: goes on
    let filler = String(repeating: "f", count: 64 << 10)
    let reply = bytes("$\(filler.utf8.count)\r\n\(filler)\r\n")
    try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      let replies = try connection.pipeline(Array(repeating: ["ECHO", filler], count: 100))
      #expect(replies.count == 100)
      #expect(replies.allSatisfy { $0.bytes?.count == filler.utf8.count })
      #expect(ledger.requests.count == 100)
    }
  }

  @Test func `requests beyond the queue's limit are sent without being asked`() throws {
    let options = Self.options { $0.maximumQueuedBytes = 100 }
    try ScriptedLedger.run({ _ in bytes("+OK\r\n") }, options: options) { connection, _ in
      for _ in 0..<1_000 { try connection.send(["SET", "key", "value"]) }
      for _ in 0..<1_000 { try #expect(connection.receive().text == "OK") }
    }
  }

  @Test func `no answer in time ends the connection, and later calls say the same`() throws {
    try ScriptedLedger.run({ _ in [] }) { connection, ledger in
      #expect(throws: ClientError.timeout) {
        try connection.call(["PING"], timeout: .milliseconds(10))
      }
      #expect(throws: ClientError.timeout) { try connection.flush() }
      #expect(throws: ClientError.timeout) { try connection.send(["PING"]) }
      #expect(ledger.requests == [["PING"]])
    }
  }

  @Test func `a closed connection is told, after its last words`() throws {
    try ScriptedLedger.run({ _ in nil }) { connection, _ in
      #expect(throws: ClientError.connectionClosed) { try connection.call(["QUIT"]) }
    }
    try UnixSocket.pair().split { near, far in
      _ = try far.send(bytes("-LIMIT too many connections\r\n").span)
      try far.shutDown()
      let connection = try LedgerConnection(connected: near)
      let refusal = ServerError(prefix: "LIMIT", message: "too many connections")
      #expect(throws: ClientError.server(refusal)) { try connection.call(["PING"]) }
      #expect(throws: ClientError.connectionClosed) { try connection.call(["PING"]) }
    }
  }

  @Test func `what is no reply ends the connection`() throws {
    try ScriptedLedger.run({ _ in bytes("?\r\n") }) { connection, _ in
      let violation = ProtocolError.unknownReplyType(found: UInt8(ascii: "?"))
      #expect(throws: ClientError.protocolViolation(violation)) { try connection.call(["PING"]) }
      #expect(throws: ClientError.protocolViolation(violation)) { try connection.flush() }
    }
  }

  @Test func `a reply beyond the limits ends the connection`() throws {
    let options = Self.options { $0.replyLimits.maximumBulkBytes = 3 }
    try ScriptedLedger.run({ _ in bytes("$4\r\nabcd\r\n") }, options: options) { connection, _ in
      let violation = ProtocolError.bulkTooLarge(limitBytes: 3)
      #expect(throws: ClientError.protocolViolation(violation)) { try connection.call(["PING"]) }
    }
  }

  @Test func `messages that answer no request are passed over`() throws {
    try ScriptedLedger.run({ _ in bytes(">1\r\n+note\r\n:7\r\n") }) { connection, _ in
      try #expect(connection.call(["PING"]) == .integer(7))
    }
  }

  @Test(
    arguments: [
      (ProtocolVersion.two, nil, []),
      (.two, "worker", [["CLIENT", "SETNAME", "worker"]]),
      (.three, nil, [["HELLO", "3"]]),
      (.three, "worker", [["HELLO", "3", "SETNAME", "worker"]]),
    ] as [(ProtocolVersion, String?, [[String]])])
  func `a connection introduces itself`(
    version: ProtocolVersion, name: String?, requests: [[String]]
  ) throws {
    let options = Self.options {
      $0.version = version
      $0.name = name
    }
    try ScriptedLedger.run({ _ in bytes("+OK\r\n") }, options: options) { _, ledger in
      #expect(ledger.requests == requests)
    }
  }

  @Test func `a refused introduction is thrown by the connecting`() throws {
    let options = Self.options { $0.version = .three }
    #expect(throws: ClientError.server(ServerError(prefix: "NOPROTO", message: "no"))) {
      try ScriptedLedger.run({ _ in bytes("-NOPROTO no\r\n") }, options: options) { _, _ in }
    }
  }

  @Test func `a call while replies are pending is a mistake of the program`() async {
    await #expect(processExitsWith: .failure) {
      try UnixSocket.pair().split { near, _ in
        let connection = try LedgerConnection(connected: near)
        try connection.send(["PING"])
        try connection.call(["PING"])
      }
    }
  }
}

struct ConnectingTests {
  @Test func `a path where nobody listens is unreachable`() throws {
    let error = clientError { () throws(ClientError) in
      _ = try LedgerConnection(socketPath: "/tmp/tokenledger-no-such-directory/ledger.sock")
    }
    #expect(error == .unreachable(SystemError(.connect, .noSuchFile)))
    #expect(error?.isTransient == true)
  }

  @Test func `a path that cannot be a socket's is refused with its size`() {
    let path = String(repeating: "p", count: 200)
    #expect(throws: ClientError.invalidPath(.tooLong(sizeBytes: 200))) {
      try LedgerConnection(socketPath: path)
    }
  }

  @Test func `a listener at a path is reached, and one that takes nobody ends in a timeout`() throws
  {
    let directory = try TemporaryDirectory()
    let path = directory.file("ledger.sock")
    let listener = try UnixListener.listen(at: try UnixAddress(path: path), backlog: 0)
    var options = LedgerConnection.Options()
    let first = try LedgerConnection(socketPath: path, options: options)
    #expect(first.pendingReplies == 0)
    options.timeout = .milliseconds(10)
    #expect(throws: ClientError.timeout) {
      try LedgerConnection(socketPath: path, options: options)
    }
    let isAccepted = try listener.accept() != nil
    #expect(isAccepted)
  }
}
