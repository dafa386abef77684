import HTTP
import SSO
import Testing

@testable import tokenledger_refresher

/// How jobs of each kind end, from the take to the told outcome.
@Suite struct JobTests {
  @Test func `a refresh with a rotation is told with owner and new refresh token`() async throws {
    let valid = try ValidToken.load()
    let sso = ScriptedSSO { url, form in
      guard url == "token" else { return .success(valid.keys) }
      return form == "grant_type=refresh_token&refresh_token=rt"
        ? ScriptedSSO.tokens(access: valid.text, refresh: "next") : .failure(.undecodable)
    }
    let refresher = try RefresherUnderTest(try ScriptedLedger(), sso, now: valid.clock)
    refresher.ledger.give(ScriptedLedger.refresh(7, fence: 41))
    let outcomes = try await refresher.outcomes(1)
    #expect(
      outcomes == [
        ["REFRESH.DONE", "7", "41", "ACCESS", valid.text, "REFRESH", "next", "OWNER", valid.owner]
      ])
    #expect(refresher.lines.contains("msg=done job=refresh token=7 fence=41 rotated=true ms="))
  }

  @Test func `an access token that is not valid is told unverified`() async throws {
    let sso = ScriptedSSO { url, _ in
      url == "token" ? ScriptedSSO.tokens(access: "a") : ScriptedSSO.noKeys
    }
    let refresher = try RefresherUnderTest(try ScriptedLedger(), sso)
    refresher.ledger.give(ScriptedLedger.refresh(7))
    let outcomes = try await refresher.outcomes(1)
    #expect(outcomes == [["REFRESH.DONE", "7", "40", "ACCESS", "a", "UNVERIFIED"]])
  }

  @Test(
    arguments: [
      (ScriptedSSO.json(#"{"error": "invalid_grant"}"#, status: 400), "definite invalid_grant"),
      (
        ScriptedSSO.json(#"{"error": "invalid_client"}"#, status: 401),
        "configuration invalid_client"
      ),
      (ScriptedSSO.json("<html>"), "incomplete no_access_token"),
      (ScriptedSSO.json("", status: 503), "unavailable http_503"),
      (.failure(.interrupted), "unavailable interrupted"),
    ] as [(Result<HTTPAnswer, HTTPFailure>, String)])
  func `a refresh that fails is told with class and code`(
    answer: Result<HTTPAnswer, HTTPFailure>, told: String
  ) async throws {
    let refresher = try RefresherUnderTest(
      try ScriptedLedger(), ScriptedSSO { _, _ in answer })
    refresher.ledger.give(ScriptedLedger.refresh(7))
    let outcomes = try await refresher.outcomes(1)
    let words = told.split(separator: " ").map(String.init)
    #expect(outcomes == [["REFRESH.FAIL", "7", "40", "CLASS", words[0], "CODE", words[1]]])
    #expect(
      refresher.lines.contains(
        "msg=failed job=refresh token=7 fence=40 class=\(words[0]) code=\(words[1]) ms="))
  }

  @Test func `what the SSO gave before a failure is told with it`() async throws {
    let later = HTTPAnswer(status: 429, headers: ["Retry-After": "90"])
    let rotated = ScriptedSSO.json(#"{"refresh_token": "next"}"#)
    let sso = ScriptedSSO { _, form in form.hasSuffix("=later") ? .success(later) : rotated }
    let refresher = try RefresherUnderTest(try ScriptedLedger(), sso)
    refresher.ledger.give(
      ScriptedLedger.refresh(7, refreshToken: "later"), ScriptedLedger.refresh(8))
    let outcomes = try await refresher.outcomes(2).sorted { $0[1] < $1[1] }
    #expect(outcomes[0].suffix(2) == ["RETRYAFTER", "90000"])
    #expect(outcomes[1].suffix(2) == ["REFRESH", "next"])
  }

  @Test func `a login is told with what its access token says`() async throws {
    let valid = try ValidToken.load()
    let sso = ScriptedSSO { url, form in
      guard url == "token" else { return .success(valid.keys) }
      let expected = "grant_type=authorization_code&code=c&redirect_uri=u&code_verifier=v"
      return form == expected
        ? ScriptedSSO.tokens(access: valid.text, refresh: "next") : .failure(.undecodable)
    }
    let ledger = try ScriptedLedger(outcomes: { _, _ in .bytes(":12\r\n") })
    let refresher = try RefresherUnderTest(ledger, sso, now: valid.clock)
    ledger.give(ScriptedLedger.login(9, code: "c", verifier: "v"))
    let outcomes = try await refresher.outcomes(1)
    #expect(
      outcomes[0].prefix(8)
        == ["SSO.DONE", "9", "ACCESS", valid.text, "REFRESH", "next", "CHARACTER", "95465499"])
    #expect(refresher.lines.contains("msg=done job=login login=9 ms="))
    #expect(refresher.lines.contains(" token=12"))
  }

  @Test func `a login without a valid access token fails`() async throws {
    let sso = ScriptedSSO { url, _ in
      url == "token" ? ScriptedSSO.tokens(access: "a", refresh: "r") : ScriptedSSO.noKeys
    }
    let refresher = try RefresherUnderTest(try ScriptedLedger(), sso)
    refresher.ledger.give(ScriptedLedger.login(9, verifier: nil))
    let outcomes = try await refresher.outcomes(1)
    #expect(
      outcomes == [["SSO.FAIL", "9", "CLASS", "incomplete", "CODE", "access_token_invalid"]])
    let forms = sso.state.value.requests.map { String(decoding: $0.body ?? [], as: UTF8.self) }
    #expect(forms[0] == "grant_type=authorization_code&code=code&redirect_uri=u")
  }

  @Test func `revocations are told, done or not`() async throws {
    let sso = ScriptedSSO { url, form in
      let isGood = url == "revoke" && form == "token=good&token_type_hint=refresh_token"
      return ScriptedSSO.json("", status: isGood ? 200 : 400)
    }
    let refresher = try RefresherUnderTest(try ScriptedLedger(), sso)
    refresher.ledger.give(
      ScriptedLedger.revocation(1, refreshToken: "good"),
      ScriptedLedger.revocation(2, refreshToken: "bad"))
    let outcomes = try await refresher.outcomes(2).sorted { $0[1] < $1[1] }
    #expect(outcomes[0] == ["SSO.REVOKED", "1"])
    #expect(
      outcomes[1] == ["SSO.REVOKEFAILED", "2", "CLASS", "unavailable", "CODE", "http_400"])
  }

  @Test func `planted secrets are in no line of the log`() async throws {
    let planted = "pl4nted-s3cret"
    let (first, second) = (planted + "-first", planted + "-second")
    // Every outcome is refused once with its own words, told again, and then taken.
    let ledger = try ScriptedLedger(outcomes: { number, outcome in
      let words = outcome.joined(separator: " ")
      return .error(number.isMultiple(of: 2) ? "ERR bad \(words)" : "CONFLICT \(words)")
    })
    let sso = ScriptedSSO { url, form in
      if url == "keys" { return ScriptedSSO.noKeys }
      return form.contains("first")
        ? ScriptedSSO.tokens(access: planted, refresh: second)
        : ScriptedSSO.json(#"{"error": "\#(planted)"}"#, status: 400)
    }
    let refresher = try RefresherUnderTest(ledger, sso, secret: planted) { $0.concurrency = 1 }
    ledger.give(
      ScriptedLedger.refresh(1, refreshToken: first),
      ScriptedLedger.refresh(2, refreshToken: planted),
      ScriptedLedger.login(3, code: first, verifier: planted),
      ScriptedLedger.login(4, code: planted, verifier: planted),
      ScriptedLedger.revocation(5, refreshToken: planted))
    let outcomes = try await refresher.outcomes(6)
    #expect(outcomes.contains { $0.joined().contains(planted) })
    #expect(refresher.lines.contains("ledger does not take the outcome"))
    #expect(refresher.lines.contains("(redacted)"))
    #expect(!refresher.lines.contains(planted))
  }
}
