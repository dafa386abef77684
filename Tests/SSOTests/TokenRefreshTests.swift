import HTTP
import SSO
import Testing

@Suite struct `Token refresh` {
  @Test func `a rotated refresh token is told when the keys cannot be fetched`() async {
    let script = ScriptedTransport([.success(granted("not-a-jwt"))])
    let outcome = await refresh(script).outcome(of: SecretText("r"))
    let failure = RefreshFailure(
      .unavailable, "jwks_unavailable", rotated: SecretText("next"))
    #expect(outcome == .failed(failure))
    #expect(script.requests.map(\.url) == ["token", "keys", "keys", "keys"])
  }

  @Test func `an access token that is not valid is stored, without an owner`() async {
    let script = ScriptedTransport([.success(granted("not-a-jwt")), .success(keys)])
    let outcome = await refresh(script).outcome(of: SecretText("r"))
    #expect(
      outcome
        == .done(
          access: SecretText("not-a-jwt"), refresh: .replaced(SecretText("next")), owner: nil))
  }

  @Test func `keys are fetched once and kept`() async {
    let script = ScriptedTransport([
      .success(granted("a")), .success(keys), .success(granted("b")),
    ])
    let refresh = refresh(script)
    _ = await refresh.outcome(of: SecretText("r"))
    _ = await refresh.outcome(of: SecretText("s"))
    #expect(script.requests.map(\.url) == ["token", "keys", "token"])
    #expect(script.requests.last?.headers["Authorization"] != nil)
    #expect(script.requests[1].headers["Authorization"] == nil)
  }

  @Test func `the owner of a valid access token is told`() async throws {
    let recorded = try RecordedTokens.load()
    let token = try #require(recorded.cases.first { $0.name == "valid" })
    let script = ScriptedTransport([
      .success(granted(token.token)), .success(try RecordedTokens.keyAnswer()),
    ])
    let outcome = await refresh(script, now: recorded.clock).outcome(of: SecretText("r"))
    guard case .done(_, _, let owner) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(owner == token.claims?.owner)
  }

  @Test func `an unknown key id fetches newer keys, once a minute`() async throws {
    let recorded = try RecordedTokens.load()
    let token = try #require(recorded.cases.first { $0.name == "unknown kid" })
    let answer = granted(token.token)
    let script = ScriptedTransport([
      .success(answer), .success(keys), .success(keys), .success(answer), .success(keys),
    ])
    let refresh = refresh(script, now: recorded.clock)
    _ = await refresh.outcome(of: SecretText("r"))
    let outcome = await refresh.outcome(of: SecretText("s"))
    #expect(script.requests.map(\.url) == ["token", "keys", "keys", "token"])
    #expect(
      outcome
        == .done(
          access: SecretText(token.token), refresh: .replaced(SecretText("next")), owner: nil))
  }

  private let keys = HTTPAnswer(status: 200, body: Array(#"{"keys": []}"#.utf8))

  private func granted(_ access: String) -> HTTPAnswer {
    let body = #"{"access_token": "\#(access)", "refresh_token": "next"}"#
    return HTTPAnswer(status: 200, body: Array(body.utf8))
  }

  private func refresh(
    _ script: ScriptedTransport, now: Int64 = 0
  ) -> TokenRefresh<ScriptedTransport> {
    let endpoint = TokenEndpoint(
      url: "token", client: .init(id: "id", secret: SecretText("s"), userAgent: "tests"),
      transport: script,
      surroundings: .init(now: { now }, jitter: { 0 }, wait: { script.noteWait($0) }))
    return TokenRefresh(
      endpoint: endpoint,
      verification: AccessTokenVerification(
        endpoint: endpoint, keysURL: "keys", rules: AccessTokenRules()))
  }
}
