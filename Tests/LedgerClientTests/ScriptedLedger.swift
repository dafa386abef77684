// A ledger that does what a test says: a thread at the other end of a socket pair.
//
// It reads one request after the other, and answers each with the bytes that the script gives, or
// closes. It never sleeps; every wait is a wait for the client.

import LedgerClient
import LinuxIO
import RESP
import Synchronization

/// The far end of a connection, played by a script.
final class ScriptedLedger: Sendable {
  /// What the script says to a request: bytes to send, or nil to close.
  typealias Script = @Sendable ([String]) -> [UInt8]?

  private let socket: UnixSocket
  private let script: Script
  private let seen = Mutex<[[String]]>([])

  private init(_ socket: consuming UnixSocket, _ script: @escaping Script) {
    self.socket = socket
    self.script = script
  }

  /// The requests so far.
  var requests: [[String]] { seen.withLock { $0 } }

  /// Connects a client to a ledger that follows a script, and hands both to the test.
  @discardableResult
  static func run<Value>(
    _ script: @escaping Script, options: LedgerConnection.Options = .init(),
    _ test: (LedgerConnection, ScriptedLedger) throws -> Value
  ) throws -> Value {
    try UnixSocket.pair().split { near, far in
      let ledger = ScriptedLedger(far, script)
      let thread = try SystemThread.start(name: "ledger") { ledger.serve() }
      let result = outcome(of: test, near, options, ledger)
      thread.join()
      return try result.get()
    }
  }

  /// Runs the test; the connection ends with this function, and the thread with the connection.
  private static func outcome<Value>(
    of test: (LedgerConnection, ScriptedLedger) throws -> Value, _ near: consuming UnixSocket,
    _ options: LedgerConnection.Options, _ ledger: ScriptedLedger
  ) -> Result<Value, any Error> {
    do {
      return .success(try test(try LedgerConnection(connected: near, options: options), ledger))
    } catch {
      return .failure(error)
    }
  }

  private func serve() {
    var parser = RequestParser()
    var received: [UInt8] = []
    while receive(into: &received) {
      var offset = 0
      while case .request = parser.next(received.span, at: &offset) {
        let request = Self.arguments(of: parser, in: received.span)
        seen.withLock { $0.append(request) }
        guard let reply = script(request), send(reply) else {
          try? socket.shutDown()
          return
        }
      }
      received.removeFirst(offset)
    }
  }

  private func receive(into received: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    var span = chunk.mutableSpan
    var bytes = span.mutableBytes
    guard case .transferred(let count) = try? socket.receive(into: &bytes) else { return false }
    received += chunk[..<count]
    return true
  }

  private func send(_ reply: [UInt8]) -> Bool {
    if reply.isEmpty { return true }
    let sent = try? socket.sendAll(reply.span.bytes)
    return sent == .transferred(reply.count)
  }

  private static func arguments(
    of parser: borrowing RequestParser, in buffer: Span<UInt8>
  ) -> [String] {
    let request = parser.request(in: buffer)
    var texts: [String] = []
    for index in 0..<request.count {
      let argument = request[index]
      texts.append(String(decoding: argument.indices.map { argument[$0] }, as: UTF8.self))
    }
    return texts
  }
}

/// Text as bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The error that a call throws, or nil.
func clientError(_ body: () throws(ClientError) -> Void) -> ClientError? {
  do throws(ClientError) {
    try body()
    return nil
  } catch {
    return error
  }
}
