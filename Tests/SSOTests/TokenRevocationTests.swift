import HTTP
import SSO
import Testing

@Suite struct `Token revocation` {
  @Test func `a revocation is a form with the refresh token and what it is`() async throws {
    let script = ScriptedTransport([.success(HTTPAnswer(status: 200))])
    #expect(await revocation(script) == .done)
    let request = try #require(script.requests.first)
    #expect(request.url == "revoke")
    #expect(request.headers["Authorization"] == "Basic aWQ6c2VjcmV0")
    #expect(
      String(decoding: request.body ?? [], as: UTF8.self)
        == "token=r%2B1&token_type_hint=refresh_token")
  }

  @Test func `it is sent again while the SSO is busy or gone`() async {
    let script = ScriptedTransport([
      .success(HTTPAnswer(status: 503)), .failure(.interrupted), .success(HTTPAnswer(status: 200)),
    ])
    #expect(await revocation(script) == .done)
    #expect(script.waits == [1, 2])
  }

  @Test func `an SSO that stays busy is unavailable`() async {
    let busy = Result<HTTPAnswer, HTTPFailure>.success(HTTPAnswer(status: 503))
    let script = ScriptedTransport([busy, busy, busy])
    let outcome = await revocation(script)
    #expect(outcome == .failed(RefreshFailure(.unavailable, "http_503")))
    #expect(script.requests.count == 3)
  }

  @Test(
    arguments: [
      (401, "invalid_client", FailureClass.configuration),
      (400, "unauthorized_client", .configuration), (400, "unsupported_token_type", .incomplete),
      (400, "invalid_request", .incomplete), (400, "invalid_token", .incomplete),
      (400, "invalid_grant", .incomplete),
    ] as [(Int, String, FailureClass)])
  func `an OAuth error has its class, and none is definite`(
    status: Int, error: String, expected: FailureClass
  ) async {
    let answer = HTTPAnswer(status: status, body: Array(#"{"error": "\#(error)"}"#.utf8))
    let outcome = await revocation(ScriptedTransport([.success(answer)]))
    #expect(outcome == .failed(RefreshFailure(expected, error)))
  }

  @Test(arguments: [204, 302, 400, 404, 500])
  func `only 200 is done`(status: Int) async {
    let outcome = await revocation(ScriptedTransport([.success(HTTPAnswer(status: status))]))
    #expect(outcome == .failed(RefreshFailure(.unavailable, "http_\(status)")))
  }

  private func revocation(_ script: ScriptedTransport) async -> RevocationOutcome {
    let endpoint = TokenEndpoint(
      url: "token", client: .init(id: "id", secret: SecretText("secret"), userAgent: "tests"),
      transport: script,
      surroundings: .init(now: { 0 }, jitter: { 0 }, wait: { script.noteWait($0) }))
    return await endpoint.revoke(SecretText("r+1"), at: "revoke")
  }
}
