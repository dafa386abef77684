import Foundation
import Glibc
import HTTP
import Testing

@Suite struct `Session transport` {
  @Test func `an answer comes back whole`() async throws {
    let server = OneAnswerServer(
      "HTTP/1.1 201 Created\r\nX-One: two\r\nContent-Length: 5\r\n\r\nhello")
    let answer = try await transport.answer(to: HTTPRequest(url: server.url, body: [0x61]))
    #expect(answer.status == 201)
    #expect(answer.header("x-one") == "two")
    #expect(answer.body == Array("hello".utf8))
  }

  @Test func `a redirect is not followed`() async throws {
    let server = OneAnswerServer(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
    let answer = try await transport.answer(to: HTTPRequest(url: server.url))
    #expect(answer.status == 302)
  }

  @Test func `a body beyond the limit is left out, and the status is told`() async throws {
    let body = String(repeating: "a", count: 4_000)
    let server = OneAnswerServer("HTTP/1.1 400 Bad\r\nContent-Length: 4000\r\n\r\n\(body)")
    let answer = try await transport.answer(to: HTTPRequest(url: server.url))
    #expect(answer == HTTPAnswer(status: 400, headers: ["Content-Length": "4000"], body: nil))
  }

  @Test func `a connection that closes without an answer is interrupted`() async {
    let server = OneAnswerServer("")
    await #expect(throws: HTTPFailure.interrupted) {
      try await transport.answer(to: HTTPRequest(url: server.url))
    }
  }

  @Test(arguments: ["http://127.0.0.1:1/", "nonsense", ""])
  func `where nobody listens there is no connection`(url: String) async {
    await #expect(throws: HTTPFailure.notConnected) {
      try await transport.answer(to: HTTPRequest(url: url))
    }
  }

  private let transport = SessionTransport(
    bodyLimitBytes: 1_000, silenceSeconds: 5, requestSeconds: 5)
}

/// A server on the loopback interface that gives one answer to one connection, then closes it.
private struct OneAnswerServer {
  let url: String

  init(_ answer: String) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
        precondition(bind(listener, general, size) == 0, "a port is free")
        precondition(getsockname(listener, general, &size) == 0, "a bound socket has a name")
      }
    }
    precondition(listen(listener, 1) == 0, "a bound socket listens")
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
    Thread.detachNewThread {
      let connection = accept(listener, nil, nil)
      var request = [UInt8](repeating: 0, count: 4_096)
      _ = read(connection, &request, request.count)
      let bytes = Array(answer.utf8)
      _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      _ = shutdown(connection, Int32(SHUT_WR))
      _ = read(connection, &request, request.count)
      close(connection)
      close(listener)
    }
  }
}
