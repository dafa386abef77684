import HTTP
import SSO
import Synchronization
import Testing

@Suite struct `Token endpoint` {
  @Test func `a refresh is a form, sent with the client's credentials`() async throws {
    let script = ScriptedTransport([.success(granted)])
    let outcome = await endpoint(script).refresh(SecretText("r+/ é"))
    #expect(outcome == .granted(access: SecretText("a"), refresh: .unchanged))
    let request = try #require(script.requests.first)
    #expect(request.url == "https://sso.test/token")
    #expect(request.headers["Authorization"] == "Basic aWQ6c2VjcmV0")
    #expect(request.headers["User-Agent"] == "tests")
    #expect(text(request) == "grant_type=refresh_token&refresh_token=r%2B%2F%20%C3%A9")
  }

  @Test func `a code is exchanged with where the login began and what proves it`() async throws {
    let script = ScriptedTransport([.success(granted)])
    let outcome = await endpoint(script).exchange(
      code: SecretText("c/1"), redirectURI: "https://app.test/callback",
      verifier: SecretText("v"))
    #expect(outcome == .granted(access: SecretText("a"), refresh: .unchanged))
    let request = try #require(script.requests.first)
    #expect(request.headers["Authorization"] == "Basic aWQ6c2VjcmV0")
    #expect(
      text(request) == "grant_type=authorization_code&code=c%2F1"
        + "&redirect_uri=https%3A%2F%2Fapp.test%2Fcallback&code_verifier=v")
  }

  @Test func `without a verifier none is sent`() async throws {
    let script = ScriptedTransport([.success(granted)])
    _ = await endpoint(script).exchange(
      code: SecretText("c"), redirectURI: "u", verifier: nil)
    let request = try #require(script.requests.first)
    #expect(text(request) == "grant_type=authorization_code&code=c&redirect_uri=u")
  }

  @Test func `a client without a secret names itself in the form`() async throws {
    let script = ScriptedTransport([
      .success(granted), .success(granted), .success(HTTPAnswer(status: 200)),
    ])
    let endpoint = endpoint(script, secret: nil)
    _ = await endpoint.refresh(SecretText("r"))
    _ = await endpoint.exchange(code: SecretText("c"), redirectURI: "u", verifier: SecretText("v"))
    _ = await endpoint.revoke(SecretText("r"), at: "revoke")
    #expect(script.requests.count == 3)
    for request in script.requests {
      #expect(request.headers["Authorization"] == nil)
      #expect(text(request).hasSuffix("&client_id=id"))
    }
  }

  @Test func `it waits and sends again while the SSO is busy`() async {
    let busy = HTTPAnswer(status: 503, headers: ["Retry-After": "5"])
    let script = ScriptedTransport([.success(busy), .failure(.interrupted), .success(granted)])
    let outcome = await endpoint(script).refresh(SecretText("r"))
    #expect(outcome == .granted(access: SecretText("a"), refresh: .unchanged))
    #expect(script.waits == [5, 2])
  }

  @Test func `three attempts are all`() async {
    let script = ScriptedTransport([.failure(.notConnected), .failure(.notConnected)])
    let outcome = await endpoint(script).refresh(SecretText("r"))
    #expect(outcome == .failed(RefreshFailure(.unavailable, "not_connected")))
    #expect(script.requests.count == 3)
  }

  @Test func `a request shows neither credentials nor token`() async throws {
    let script = ScriptedTransport([.success(granted)])
    _ = await endpoint(script).refresh(SecretText("planted"))
    let request = try #require(script.requests.first)
    var seen = "\(request) \(String(reflecting: request))"
    dump(request, to: &seen)
    #expect(!seen.contains("planted"))
    #expect(!seen.contains("aWQ6c2VjcmV0"))
  }

  private let granted = HTTPAnswer(status: 200, body: Array(#"{"access_token": "a"}"#.utf8))

  private func text(_ request: HTTPRequest) -> String {
    String(decoding: request.body ?? [], as: UTF8.self)
  }

  private func endpoint(
    _ script: ScriptedTransport, secret: SecretText? = SecretText("secret")
  ) -> TokenEndpoint<ScriptedTransport> {
    TokenEndpoint(
      url: "https://sso.test/token",
      client: .init(id: "id", secret: secret, userAgent: "tests"), transport: script,
      surroundings: .init(now: { 0 }, jitter: { 0 }, wait: { script.noteWait($0) }))
  }
}

/// Gives prepared results in their order, then no connection; notes what was asked of it.
final class ScriptedTransport: HTTPTransport {
  private struct Notes {
    var results: [Result<HTTPAnswer, HTTPFailure>]
    var requests: [HTTPRequest] = []
    var waits: [Double] = []
  }

  private let notes: Mutex<Notes>

  init(_ results: [Result<HTTPAnswer, HTTPFailure>]) {
    notes = Mutex(Notes(results: results))
  }

  var requests: [HTTPRequest] { notes.withLock { $0.requests } }
  var waits: [Double] { notes.withLock { $0.waits } }

  func noteWait(_ seconds: Double) { notes.withLock { $0.waits.append(seconds) } }

  func answer(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPAnswer {
    let result = notes.withLock { notes in
      notes.requests.append(request)
      return notes.results.isEmpty ? .failure(.notConnected) : notes.results.removeFirst()
    }
    return try result.get()
  }
}
