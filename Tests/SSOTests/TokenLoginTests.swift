import HTTP
import SSO
import Testing

@Suite struct `Token login` {
  @Test func `a valid access token says who has logged in`() async throws {
    let outcome = try await outcome(ofToken: "valid")
    let token = try token("valid")
    guard case .done(let grant) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(grant.access.text == token.token)
    #expect(grant.refresh == SecretText("next"))
    #expect(grant.characterID == token.characterID)
    #expect(grant.tokenType == token.tokenType)
    #expect(grant.name == token.claims?.name)
    #expect(grant.owner == token.claims?.owner)
    #expect(grant.scopes == token.claims?.scp?.names)
  }

  @Test(arguments: [("scp with a space", 1), ("no scp", 0)])
  func `a text is one scope, and no claim is none`(name: String, count: Int) async throws {
    guard case .done(let grant) = try await outcome(ofToken: name) else {
      Issue.record("no login")
      return
    }
    #expect(grant.scopes.count == count)
  }

  @Test func `every access token that is not valid makes no token`() async throws {
    for token in try RecordedTokens.load().cases where !token.valid && !token.token.isEmpty {
      let outcome = try await outcome(ofToken: token.name)
      #expect(
        outcome == .failed(RefreshFailure(.incomplete, "access_token_invalid")), "\(token.name)")
    }
  }

  @Test(arguments: ["no owner", "no name", "no aud", "no exp"])
  func `a valid access token that does not say enough makes no token`(name: String) async throws {
    let outcome = try await outcome(ofToken: name)
    #expect(outcome == .failed(RefreshFailure(.incomplete, "access_token_invalid")))
  }

  @Test(
    arguments: [
      (#""refresh_token": null"#, nil), (#""refresh_token": """#, SecretText("")),
    ] as [(String, SecretText?)])
  func `a refresh token may be null or empty`(member: String, expected: SecretText?) async throws {
    guard case .done(let grant) = try await outcome(ofToken: "valid", member: member) else {
      Issue.record("no login")
      return
    }
    #expect(grant.refresh == expected)
  }

  @Test(arguments: [#""more": 1"#, #""refresh_token": 7"#])
  func `an answer without a refresh token makes no token`(member: String) async throws {
    let outcome = try await outcome(ofToken: "valid", member: member)
    #expect(outcome == .failed(RefreshFailure(.incomplete, "no_refresh_token")))
  }

  @Test func `keys that cannot be fetched make no token`() async throws {
    let script = ScriptedTransport([.success(try answer("valid"))])
    let outcome = await login(script, now: 0).outcome(
      ofCode: SecretText("c"), redirectURI: "u", verifier: nil)
    #expect(outcome == .failed(RefreshFailure(.unavailable, "jwks_unavailable")))
    #expect(script.requests.map(\.url) == ["token", "keys", "keys", "keys"])
  }

  @Test func `a refused code keeps its class`() async {
    let refused = HTTPAnswer(status: 400, body: Array(#"{"error": "invalid_grant"}"#.utf8))
    let outcome = await login(ScriptedTransport([.success(refused)]), now: 0).outcome(
      ofCode: SecretText("c"), redirectURI: "u", verifier: nil)
    #expect(outcome == .failed(RefreshFailure(.definite, "invalid_grant")))
  }

  @Test func `no description or dump of a login shows a token`() async throws {
    let planted = #""refresh_token": "planted-secret""#
    let outcome = try await outcome(ofToken: "valid", member: planted)
    var seen = "\(outcome) \(String(reflecting: outcome))"
    dump(outcome, to: &seen)
    let access = try token("valid").token
    #expect(!seen.contains("planted"))
    #expect(!seen.contains(access))
  }

  // MARK: The SSO of these tests

  private func token(_ name: String) throws -> RecordedTokens.Token {
    try #require(try RecordedTokens.load().cases.first { $0.name == name })
  }

  private func answer(
    _ name: String, member: String = #""refresh_token": "next""#
  ) throws -> HTTPAnswer {
    let body = #"{"access_token": "\#(try token(name).token)", \#(member)}"#
    return HTTPAnswer(status: 200, body: Array(body.utf8))
  }

  private func outcome(
    ofToken name: String, member: String = #""refresh_token": "next""#
  ) async throws -> LoginOutcome {
    let keys = try RecordedTokens.keyAnswer()
    let answer = try answer(name, member: member)
    let script = ScriptedTransport([.success(answer), .success(keys), .success(keys)])
    return await login(script, now: try RecordedTokens.load().clock).outcome(
      ofCode: SecretText("c"), redirectURI: "u", verifier: nil)
  }

  private func login(
    _ script: ScriptedTransport, now: Int64
  ) -> TokenLogin<ScriptedTransport> {
    let endpoint = TokenEndpoint(
      url: "token", client: .init(id: "id", secret: SecretText("s"), userAgent: "tests"),
      transport: script,
      surroundings: .init(now: { now }, jitter: { 0 }, wait: { script.noteWait($0) }))
    return TokenLogin(
      endpoint: endpoint,
      verification: AccessTokenVerification(
        endpoint: endpoint, keysURL: "keys", rules: AccessTokenRules()))
  }
}
