import HTTP
import LedgerClient
import RESP
import Testing

@testable import tokenledger_refresher

/// A refresher and the daemon's loop, with nothing scripted but the SSO.
@Suite struct RealLedgerTests {
  private let valid: ValidToken
  private let ledger: RealLedger
  private let sso: ScriptedSSO
  private let log = Watched<[String]>([])
  private let isReady = Watched(false)

  init() throws {
    let valid = try ValidToken.load()
    self.valid = valid
    ledger = try RealLedger()
    sso = ScriptedSSO { url, form in
      switch url {
      case "keys": .success(valid.keys)
      case "revoke": ScriptedSSO.json("")
      default:
        form.contains("=dead")
          ? ScriptedSSO.json(#"{"error": "invalid_grant"}"#, status: 400)
          : ScriptedSSO.tokens(access: valid.text, refresh: "next")
      }
    }
  }

  /// Runs a refresher beside a test.
  private func withRefresher(_ test: () async throws -> Void) async throws {
    var options = RefresherOptions(socketPath: ledger.path)
    options.blockMilliseconds = 50
    let (log, isReady) = (log, isReady)
    let refresher = try Refresher(
      options, JobWork(sso, now: valid.clock),
      log: Log(format: .logfmt) { line in log.change { $0.append(line) } },
      ready: { isReady.change { $0 = true } })
    try #require(await isReady.wait { $0 })
    try await test()
    refresher.stop()
    #expect(await elsewhere { refresher.join() } == .stopped)
    #expect(await ledger.shutDown())
  }

  private func create(_ refreshToken: String) async throws -> String {
    let reply = try await ledger.ask(
      "TOKEN.CREATE", "CHARACTER", "95465499", "NAME", "n", "OWNER", valid.owner, "ACCESS", "old",
      "REFRESH", refreshToken, "CREATED", "1000")
    return String(try #require(reply.integer))
  }

  @Test func `whoever asks for an access token gets a fresh one`() async throws {
    try await withRefresher {
      let token = try await create("rt")
      #expect(try await ledger.ask("TOKEN.ACCESS", token).text == valid.text)
      let shown = try await ledger.ask("TOKEN.GET", token)
      #expect(shown.value(for: "expired")?.boolean == false)
      #expect(log.value.contains { $0.contains("msg=done job=refresh token=\(token) fence=") })
    }
  }

  @Test func `a refresh token that is dead ends its token`() async throws {
    try await withRefresher {
      let token = try await create("dead")
      let reply = try await ledger.ask("TOKEN.REFRESHORDELETE", token)
      #expect(reply.isNull)
      #expect(try await ledger.ask("TOKEN.GET", token).isNull)
    }
  }

  @Test func `a login becomes a token`() async throws {
    try await withRefresher {
      let begun = try await ledger.ask("SSO.AUTHORIZE", "publicData", "RETURNTO", "/x")
      let state = try #require(begun.value(for: "state")?.text)
      let landed = try await ledger.ask("SSO.CALLBACK", "code", state)
      let token = String(try #require(landed.value(for: "token")?.integer))
      let shown = try await ledger.ask("TOKEN.GET", token)
      #expect(shown.value(for: "character_id")?.integer == 95_465_499)
      #expect(shown.value(for: "owner_hash")?.text == valid.owner)
      #expect(try await ledger.ask("TOKEN.ACCESS", token).text == valid.text)
      let form = sso.state.value.requests.first.map {
        String(decoding: $0.body ?? [], as: UTF8.self)
      }
      #expect(form?.contains("&code_verifier=") == true)
    }
  }

  @Test func `a deleted token is revoked where that was asked for`() async throws {
    try await withRefresher {
      let token = try await create("unwanted")
      #expect(try await ledger.ask("TOKEN.DELETE", token, "REVOKE").boolean == true)
      #expect(await log.wait { $0.contains { $0.contains("msg=done job=revocation") } })
      let request = try #require(sso.state.value.requests.first)
      #expect(request.url == "revoke")
      #expect(
        String(decoding: request.body ?? [], as: UTF8.self)
          == "token=unwanted&token_type_hint=refresh_token")
    }
  }
}
