import HTTP
import SSO
import TestSupport
import Testing

@Suite struct `Token outcome` {
  @Test func `every recorded conversation ends as django-esi ended it`() async throws {
    let recorded = try RecordedAnswers.load()
    #expect(recorded.cases.count == 192)
    #expect(Set(recorded.cases.map(\.call)) == ["exchange_code", "refresh_token"])
    for exchange in recorded.cases {
      let played = await play(exchange, now: recorded.clock)
      #expect(played.requests == exchange.expect.requests, "\(exchange.title)")
      #expect(played.waits == exchange.expect.waits, "\(exchange.title)")
      #expect(
        exception(played.outcome)
          == exchange.expect.raised, "\(exchange.title)")
      try compareTokens(played.outcome, with: exchange)
    }
  }

  @Test(
    arguments: [
      (400, "invalid_grant", FailureClass.definite), (500, "invalid_token", .definite),
      (401, "invalid_client", .configuration), (400, "unauthorized_client", .configuration),
      (400, "invalid_scope", .incomplete), (400, "server_error", .incomplete),
    ] as [(Int, String, FailureClass)])
  func `an OAuth error has its class and is its own code`(
    status: Int, error: String, expected: FailureClass
  ) {
    let outcome = TokenOutcome(answer(status, #"{"error": "\#(error)"}"#))
    #expect(outcome == .failed(RefreshFailure(expected, error)))
  }

  @Test func `a text of the SSO never becomes a code`() {
    let outcome = TokenOutcome(answer(400, #"{"error": "planted-secret"}"#))
    #expect(outcome == .failed(RefreshFailure(.incomplete, "other_error")))
  }

  @Test func `a rotated refresh token is kept when the access token is missing`() {
    let outcome = TokenOutcome(answer(200, #"{"refresh_token": "next"}"#))
    let expected = RefreshFailure(.incomplete, "no_access_token", rotated: SecretText("next"))
    #expect(outcome == .failed(expected))
  }

  @Test(arguments: ["null", "5", #""""#, "[]", "{}"])
  func `an access token that is no text is none`(value: String) {
    let outcome = TokenOutcome(answer(200, #"{"access_token": \#(value)}"#))
    #expect(outcome == .failed(RefreshFailure(.incomplete, "no_access_token")))
  }

  @Test func `a refresh token that is neither text nor null leaves the old one`() {
    let outcome = TokenOutcome(answer(200, #"{"access_token": "a", "refresh_token": 7}"#))
    #expect(outcome == .granted(access: SecretText("a"), refresh: .unchanged))
  }

  @Test(
    arguments: [
      (200, RefreshFailure(.incomplete, "answer_too_large")),
      (400, RefreshFailure(.unavailable, "http_400")),
    ] as [(Int, RefreshFailure)])
  func `a body beyond the limit is not read`(status: Int, expected: RefreshFailure) {
    let text = #"{"access_token": "a", "error": "invalid_grant", "x": ""#
    let body =
      Array(text.utf8) + [UInt8](repeating: 0x61, count: SSOLimits.bodyBytes) + [0x22, 0x7D]
    #expect(TokenOutcome(HTTPAnswer(status: status, body: body)) == .failed(expected))
    #expect(TokenOutcome(HTTPAnswer(status: status, body: nil)) == .failed(expected))
  }

  @Test func `a token that the ledger would not take is incomplete`() {
    let long = String(repeating: "a", count: SSOLimits.tokenBytes + 1)
    let outcome = TokenOutcome(answer(200, #"{"access_token": "\#(long)"}"#))
    #expect(outcome == .failed(RefreshFailure(.incomplete, "token_too_long")))
    let fits = String(long.dropLast())
    #expect(
      TokenOutcome(answer(200, #"{"access_token": "\#(fits)"}"#))
        == .granted(access: SecretText(fits), refresh: .unchanged))
  }

  @Test func `no description, dump or mirror shows a token`() {
    let body = #"{"access_token": "planted-secret", "refresh_token": "planted-secret"}"#
    let given = answer(200, body)
    let failed = TokenOutcome(answer(200, #"{"refresh_token": "planted-secret"}"#))
    var seen = "\(given) \(String(reflecting: given))"
    for outcome in [TokenOutcome(given), failed] {
      dump(outcome, to: &seen)
      seen += "\(outcome) \(String(reflecting: outcome))"
    }
    dump(given, to: &seen)
    #expect(!seen.contains("planted"))
  }
}

private func answer(_ status: Int, _ body: String) -> HTTPAnswer {
  HTTPAnswer(status: status, body: Array(body.utf8))
}

/// Makes the recorded call, against the recorded answers.
private func play(
  _ exchange: RecordedExchange, now: Int64
) async -> (outcome: TokenOutcome, requests: Int, waits: [Double]) {
  let script = ScriptedTransport(exchange.responses.map(\.result))
  let endpoint = TokenEndpoint(
    url: "token", client: .init(id: "id", secret: SecretText("s"), userAgent: "tests"),
    transport: script,
    surroundings: .init(now: { now }, jitter: { 0 }, wait: { script.noteWait($0) }))
  let outcome =
    exchange.call == "refresh_token"
    ? await endpoint.refresh(SecretText("R1"))
    : await endpoint.exchange(code: SecretText("C1"), redirectURI: "u", verifier: nil)
  return (outcome, script.requests.count, script.waits)
}

/// The exception of django-esi's request that an outcome stands for.
private func exception(_ outcome: TokenOutcome) -> String? {
  guard case .failed(let failure) = outcome else { return nil }
  switch (failure.failureClass, failure.code) {
  case (.definite, _), (.configuration, _): return "SSOOAuthError"
  case (.incomplete, "no_access_token"): return "IncompleteResponseError"
  case (.incomplete, _): return "SSOOAuthError"
  case (.unavailable, _): return "SSOUnavailableError"
  }
}

private func compareTokens(_ outcome: TokenOutcome, with exchange: RecordedExchange) throws {
  guard let result = exchange.expect.result else { return }
  guard case .granted(let access, let refresh) = outcome else {
    Issue.record("\(exchange.name): no tokens")
    return
  }
  #expect(access.text == result.accessToken)
  switch refresh {
  case .unchanged:
    // The recording shows the token that was sent, on a refresh.
    #expect(result.refreshToken == (exchange.call == "refresh_token" ? "R1" : nil))
  case .removed: #expect(result.refreshToken == nil)
  case .replaced(let token): #expect(result.refreshToken == token.text)
  }
}
