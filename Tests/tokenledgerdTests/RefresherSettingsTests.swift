// Whom the daemon starts, with which flags, and what the server learns of the SSO.

import LedgerServer
import Testing

@testable import tokenledgerd

@Suite struct RefresherSettingsTests {
  private func settings(_ arguments: String...) throws -> Settings {
    guard case .serve(let source) = try Invocation(arguments) else {
      Issue.record("not a command line to serve by")
      return Settings()
    }
    return try source.settings()
  }

  @Test func `without a client id nobody is started, and there is no SSO`() throws {
    let settings = try settings("--refreshers", "3", "--sso-callback-url", "https://c")
    #expect(settings.workers == nil)
    #expect(!settings.server.hasRefreshers)
    #expect(settings.server.sso == nil)
  }

  @Test func `a client id is enough for one refresher with the documented flags`() throws {
    let settings = try settings("--socket", "/s", "--sso-client-id", "id")
    let workers = try #require(settings.workers)
    #expect(workers.count == 1)
    #expect(workers.path.hasSuffix("/tokenledger-refresher"))
    #expect(
      workers.arguments == [
        "--socket", "/s", "--token-url", "https://login.eveonline.com/v2/oauth/token",
        "--jwks-url", "https://login.eveonline.com/oauth/jwks",
        "--revoke-url", "https://login.eveonline.com/v2/oauth/revoke", "--client-id", "id",
        "--audience", "EVE Online", "--user-agent", "tokenledger/\(programVersion)",
        "--clock-skew", "0", "--concurrency", "8", "--log-format", "logfmt",
        "--give-up", "30",
      ])
    #expect(settings.server.hasRefreshers)
    #expect(settings.server.sso == nil, "nobody logs in without a callback")
  }

  @Test func `every setting reaches the refreshers`() throws {
    let settings = try settings(
      "--socket=/s", "--sso-client-id=id", "--sso-client-secret-file=/secret",
      "--sso-token-url=http://t", "--sso-jwks-url=http://k", "--sso-revoke-url=http://r",
      "--sso-audience=a b", "--sso-user-agent=u", "--sso-clock-skew=5", "--sso-concurrency=9",
      "--refreshers=2", "--refresher-program=/p", "--log-format=json")
    #expect(
      settings.workers
        == WorkerProgram(
          path: "/p",
          arguments: [
            "--socket", "/s", "--token-url", "http://t", "--jwks-url", "http://k",
            "--revoke-url", "http://r", "--client-id", "id", "--audience", "a b",
            "--user-agent", "u", "--clock-skew", "5", "--concurrency", "9",
            "--log-format", "json", "--give-up", "30", "--client-secret-file", "/secret",
          ], count: 2))
  }

  @Test func `one address moves all four, but for those that are given`() throws {
    let settings = try settings(
      "--sso-client-id=id", "--sso-token-url=http://t/token", "--sso-server=http://sso:1/")
    #expect(settings.refreshers.authorizeURL == "http://sso:1/v2/oauth/authorize/")
    #expect(settings.refreshers.tokenURL == "http://t/token")
    #expect(settings.refreshers.keysURL == "http://sso:1/oauth/jwks")
    #expect(settings.refreshers.revokeURL == "http://sso:1/v2/oauth/revoke")
  }

  @Test func `with refreshers 0 somebody else starts them, and logins still work`() throws {
    let settings = try settings(
      "--refreshers", "0", "--sso-client-id", "id", "--sso-callback-url", "https://c/back")
    #expect(settings.workers == nil)
    #expect(!settings.server.hasRefreshers)
    #expect(
      settings.server.sso
        == SSOSettings(
          clientID: "id", callbackURL: "https://c/back",
          authorizeURL: "https://login.eveonline.com/v2/oauth/authorize/", isPublicClient: true,
          isAlwaysNew: false))
  }

  @Test func `a secret's file makes the client confidential, and its path is all that is shown`()
    throws
  {
    let settings = try settings(
      "--sso-client-id=id", "--sso-client-secret-file=/nonexistent/secret",
      "--sso-callback-url=https://c", "--sso-always-create=on", "--sso-authorize-url=http://a")
    let sso = try #require(settings.server.sso)
    #expect(!sso.isPublicClient && sso.isAlwaysNew && sso.authorizeURL == "http://a")
    let shown = Dictionary(uniqueKeysWithValues: settings.server.shown)
    #expect(shown["sso-client-secret-file"] == "/nonexistent/secret")
  }
}
