import Testing

@testable import fake_sso

/// What the SSO answers, without a network.
@Suite struct EndpointTests {
  private static let authorize =
    "/v2/oauth/authorize/?response_type=code&client_id=c&redirect_uri=http%3A%2F%2Fs%2Fcb&state=s"
  private static let exchange =
    "grant_type=authorization_code&client_id=c&redirect_uri=http%3A%2F%2Fs%2Fcb&code="

  /// Logs in, and gives the refresh token.
  private func logIn(_ sso: inout FakeSSO) throws -> String {
    let code = try #require(sso.get(Self.authorize + "&scope=a%20b").redirected("code"))
    let reply = sso.post("/v2/oauth/token", Self.exchange + code)
    return try #require(reply.member("refresh_token"))
  }

  private func refresh(_ token: String, _ sso: inout FakeSSO) -> WebReply {
    sso.post("/v2/oauth/token", "grant_type=refresh_token&client_id=c&refresh_token=\(token)")
  }

  @Test func `a login gives a code, and the code tokens, once`() throws {
    var sso = FakeSSO(.init())
    let back = sso.get(Self.authorize)
    #expect(back.answer.status == 302 && back.redirected("state") == "s")
    let code = try #require(back.redirected("code"))
    let wrong = Self.exchange.replacing("%2Fcb", with: "%2Fother") + code
    #expect(sso.post("/v2/oauth/token", wrong).member("error") == "invalid_grant")
    let again = try #require(sso.get(Self.authorize).redirected("code"))
    #expect(sso.post("/v2/oauth/token", Self.exchange + again).answer.status == 200)
    #expect(sso.post("/v2/oauth/token", Self.exchange + again).member("error") == "invalid_grant")
  }

  @Test func `a code that was asked for with a challenge wants its verifier`() throws {
    // RFC 7636 appendix B.
    let challenge =
      "&code_challenge_method=S256"
      + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    let verifier = "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    var sso = FakeSSO(.init())
    for (words, status) in [(verifier, 200), ("", 400), ("&code_verifier=other", 400)] {
      let code = try #require(sso.get(Self.authorize + challenge).redirected("code"))
      let reply = sso.post("/v2/oauth/token", Self.exchange + code + words)
      #expect(reply.answer.status == status)
    }
  }

  @Test func `refresh tokens stay, or work once where they rotate`() throws {
    var staying = FakeSSO(.init())
    let token = try logIn(&staying)
    #expect(refresh(token, &staying).member("refresh_token") == token)
    #expect(refresh(token, &staying).answer.status == 200)
    var rotating = FakeSSO(.init(rotates: true))
    let first = try logIn(&rotating)
    let second = try #require(refresh(first, &rotating).member("refresh_token"))
    #expect(second != first)
    #expect(refresh(first, &rotating).member("error") == "invalid_grant")
    #expect(refresh(second, &rotating).answer.status == 200)
  }

  @Test func `unknown refresh tokens are good only where any is, and not once revoked`() throws {
    var strict = FakeSSO(.init())
    #expect(refresh("rt-7-x", &strict).member("error") == "invalid_grant")
    var lax = FakeSSO(.init(acceptsAny: true))
    #expect(refresh("rt-7-x", &lax).answer.status == 200)
    #expect(lax.post("/v2/oauth/revoke", "token=rt-7-x&client_id=c").answer.status == 200)
    #expect(refresh("rt-7-x", &lax).member("error") == "invalid_grant")
  }

  @Test func `another client's tokens are no good`() throws {
    var sso = FakeSSO(.init(acceptsAny: true))
    let token = try logIn(&sso)
    let form = "grant_type=refresh_token&client_id=other&refresh_token=\(token)"
    #expect(sso.post("/v2/oauth/token", form).member("error") == "invalid_grant")
  }

  @Test(arguments: [
    "response_type=token&client_id=c&redirect_uri=u&state=s", "response_type=code&client_id=c",
    "response_type=code&client_id=c&redirect_uri=u&state=s&code_challenge=x",
    "response_type=code&client_id=c&redirect_uri=u&state=s&character=x",
  ])
  func `a login that is asked for wrongly goes nowhere`(query: String) {
    var sso = FakeSSO(.init())
    #expect(sso.get("/v2/oauth/authorize?" + query).answer.status == 400)
  }

  @Test func `rules are for so many requests, for one token, or until they are changed`() throws {
    var sso = FakeSSO(.init(acceptsAny: true))
    #expect(sso.post("/control/outcome", "what=status&status=503&count=2").answer.status == 200)
    #expect(refresh("rt-1-a", &sso).answer.status == 503)
    #expect(refresh("rt-1-a", &sso).answer.status == 503)
    #expect(refresh("rt-1-a", &sso).answer.status == 200)
    _ = sso.post("/control/outcome", "what=status&status=400&error=invalid_grant&token=rt-2-b")
    #expect(refresh("rt-2-b", &sso).member("error") == "invalid_grant")
    #expect(refresh("rt-1-a", &sso).answer.status == 200)
    _ = sso.post("/control/outcome", "what=close&endpoint=jwks&delay=5")
    let keys = sso.get("/oauth/jwks")
    #expect(keys.manner == .nothing && keys.delayMilliseconds == 5)
  }

  @Test func `the outage of 2018 never says that a token is not valid`() {
    var sso = FakeSSO(.init(acceptsAny: true))
    _ = sso.post("/control/outcome", "what=april-2018")
    var statuses: Set<Int> = []
    for number in 0..<20 {
      let reply = refresh("rt-1-\(number)", &sso)
      statuses.insert(reply.answer.status)
      #expect(reply.member("access_token") == nil)
      #expect(reply.member("error") ?? "server_error" == "server_error")
    }
    #expect(statuses == [200, 400, 500, 502, 503])
  }

  @Test(arguments: [
    "what=other", "what=status&status=99", "what=status&body=pdf", "delay=-1", "count=0",
    "endpoint=other", "unknown=1",
  ])
  func `a rule that cannot be is refused`(form: String) {
    var sso = FakeSSO(.init())
    #expect(sso.post("/control/outcome", form).answer.status == 400)
  }

  @Test func `what was sent is counted by fingerprints`() {
    var sso = FakeSSO(.init(acceptsAny: true))
    for token in ["rt-1-planted", "rt-1-planted", "rt-2-planted"] { _ = refresh(token, &sso) }
    let counts = sso.get("/control/counts").body
    #expect(counts.contains("\"token\":3") && counts.contains("\"refresh_tokens_sent\":2"))
    #expect(counts.contains("\"most_of_one_refresh_token\":2"))
    #expect(!counts.contains("planted"))
    _ = sso.post("/control/reset", "")
    #expect(sso.get("/control/counts").body.contains("\"token\":0"))
  }
}
