import HTTP
import LinuxIO
import Testing

@testable import fake_sso

/// The server over real sockets, asked by the client that the refresher has.
@Suite struct WebServerTests {
  private let address: String

  init() throws {
    let server = try WebServer(FakeSSO(.init(acceptsAny: true)), port: 0)
    address = try server.address()
    // It lives as long as the process of the tests.
    _ = try SystemThread.start(name: "fake-sso") { try? server.run() }
  }

  /// Only the limit on a whole request is short, where one is given.
  private func transport(seconds: Double = 20) -> SessionTransport {
    SessionTransport(bodyLimitBytes: 1 << 20, silenceSeconds: 20, requestSeconds: seconds)
  }

  private func post(_ path: String, _ form: String) -> HTTPRequest {
    HTTPRequest(
      url: address + path, headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array(form.utf8))
  }

  private func script(_ form: String) async throws {
    #expect(try await transport().answer(to: post("/control/outcome", form)).status == 200)
  }

  private var refresh: HTTPRequest {
    post("/v2/oauth/token", "grant_type=refresh_token&client_id=c&refresh_token=rt-7-x")
  }

  /// How the token endpoint's answer ends.
  private func failure(seconds: Double = 20) async -> HTTPFailure? {
    do throws(HTTPFailure) {
      _ = try await transport(seconds: seconds).answer(to: refresh)
      return nil
    } catch { return error }
  }

  @Test func `a refresh over a connection that stays open`() async throws {
    let transport = transport()
    for _ in 0..<3 {
      let answer = try await transport.answer(to: refresh)
      #expect(answer.status == 200 && (answer.body?.count ?? 0) > 500)
    }
  }

  @Test func `a redirect is an answer, and not followed`() async throws {
    let query = "response_type=code&client_id=c&redirect_uri=\(address)&state=s"
    let answer = try await transport().answer(
      to: HTTPRequest(url: "\(address)/v2/oauth/authorize/?\(query)", headers: [:]))
    #expect(answer.status == 302 && answer.header("Location") != nil)
  }

  @Test func `a connection that ends without an answer, or within one, is interrupted`()
    async throws
  {
    for what in ["close", "half"] {
      try await script("what=\(what)")
      #expect(await failure() == .interrupted)
    }
  }

  @Test func `a slow drip is cut by the time that a request may take`() async throws {
    try await script("what=drip")
    #expect(await failure(seconds: 1) == .interrupted)
  }

  @Test func `a huge answer is cut, and its status told`() async throws {
    try await script("what=huge")
    let answer = try await transport().answer(to: refresh)
    #expect(answer.status == 200 && answer.body == nil)
  }

  @Test func `a delay of one holds nobody else up`() async throws {
    try await script("what=normal&delay=600000&token=rt-1-slow")
    let slow = post(
      "/v2/oauth/token", "grant_type=refresh_token&client_id=c&refresh_token=rt-1-slow")
    let waiting = Task { try? await transport(seconds: 5).answer(to: slow) }
    for _ in 0..<3 { #expect(try await transport().answer(to: refresh).status == 200) }
    waiting.cancel()
  }

  /// URLSession here does not tell a handshake that failed from an answer that broke off.
  @Test func `plain HTTP where TLS is expected is a failure`() async throws {
    let tls = HTTPRequest(url: address.replacing("http:", with: "https:"), headers: [:])
    var failure: HTTPFailure?
    do throws(HTTPFailure) { _ = try await transport().answer(to: tls) } catch { failure = error }
    #expect(failure == .interrupted)
  }

  /// Else the code of a login could be sent a second time.
  @Test func `garbage instead of an answer is an interruption`() async throws {
    let server = try GarbageServer()
    _ = try SystemThread.start(name: "garbage") { try? server.serveOne() }
    var failure: HTTPFailure?
    let request = HTTPRequest(
      url: "http://127.0.0.1:\(try server.listener.port())/", headers: [:],
      body: Array("code=c".utf8))
    do throws(HTTPFailure) { _ = try await transport().answer(to: request) } catch {
      failure = error
    }
    #expect(failure == .interrupted)
  }

  @Test func `what is no HTTP is answered and the connection ended`() throws {
    let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
    let socket = try LoopbackSocket.connect(port: port)
    let words = Array("nonsense\r\n\r\n".utf8)
    #expect(try socket.send(words.span) == .transferred(words.count))
    var storage = [UInt8](repeating: 0, count: 4096)
    var received = 0
    loop: while true {
      var elements = storage.mutableSpan
      var buffer = elements.mutableBytes
      switch try socket.receive(into: &buffer) {
      case .transferred(let count): received = max(received, count)
      case .closed, .wouldBlock: break loop
      }
    }
    #expect(String(decoding: storage[..<received], as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
  }
}

/// A server that answers one client, and not in HTTP.
private final class GarbageServer: Sendable {
  let listener: LoopbackListener

  init() throws { listener = try LoopbackListener.listen(port: 0) }

  func serveOne() throws {
    let poll = try EventPoll()
    try poll.add(EventWord(descriptor: listener.rawValue, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    try poll.wait(timeoutMilliseconds: 20_000, into: &events)
    let garbage = Array("garbage\r\n\r\n".utf8)
    if let socket = try listener.accept() { _ = try socket.send(garbage.span) }
  }
}
