// The recorded logins of django-esi, played through the socket with a worker that exchanges the
// code as recorded: same tokens renewed, same new ones. The one deviation has a name: a renewed
// token takes the login's owner, where django-esi keeps the old one and loses the token at its next
// refresh (FORMAT.md, surprise 12).

import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct OracleLoginTests {
  @Test(arguments: try OracleCase.all())
  func `every login leaves what django-esi left`(recorded: OracleCase) throws {
    let logins = (recorded.mutations ?? []).filter {
      $0.quirk == nil && $0.op == "create_from_code"
    }
    guard !logins.isEmpty else { return }
    var settings = ServerSettings()
    settings.validDuration = try #require(ValidDuration(seconds: recorded.validDuration))
    let loaded = try LocalLedger(settings, at: recorded.clock)
    OracleRequests.load(recorded, into: loaded)
    for (index, login) in logins.enumerated() {
      settings.sso = .sample(isAlwaysNew: login.alwaysCreate ?? false)
      let server = try ServerUnderTest(
        loaded.storage.imageAfterPowerLoss(), settings,
        options: .frozen(at: login.clock ?? recorded.clock))
      let play = LoginPlay(recorded, login, try server.connect(), try server.connect())
      try play.run("\(recorded.name), login \(index)")
      #expect(try server.shutDown() == .requested)
    }
  }

  @Test func `logins are recorded at all`() throws {
    let count = try OracleCase.all().reduce(0) { sum, recorded in
      sum + (recorded.mutations ?? []).count { $0.op == "create_from_code" }
    }
    #expect(count > 100)
  }
}

/// One login on its own server.
private struct LoginPlay {
  let recorded: OracleCase
  let login: OracleMutation
  let client: TestClient
  let worker: TestClient

  init(
    _ recorded: OracleCase, _ login: OracleMutation, _ client: TestClient, _ worker: TestClient
  ) {
    self.recorded = recorded
    self.login = login
    self.client = client
    self.worker = worker
  }

  func run(_ place: String) throws {
    let claims = try #require(login.claims)
    let returned = try logIn(claims)
    let before = Set(recorded.tokens.map(\.id))
    let after = try ids()
    #expect(after.filter(before.contains) == login.expect.surviving, "\(place)")
    let new = after.filter { !before.contains($0) }
    #expect(new.count == login.expect.created.count, "\(place)")
    let allowed = try #require(login.expect.returnedAnyOf)
    #expect(allowed.contains(before.contains(returned) ? returned : nil), "\(place)")
    for token in recorded.tokens { try check(token, claims, place) }
    for (id, created) in zip(new, login.expect.created) { try check(id, created, claims, place) }
  }

  /// Goes all the way round.
  private func logIn(_ claims: OracleMutation.Claims) throws -> Int64 {
    #expect(try worker.ask("REFRESH.TAKE LOGINS") == "[]")
    var request = ["SSO.AUTHORIZE", "publicData", "SESSION", "k"]
    if let user = login.user { request += ["USER", "\(user)"] }
    try client.send([request.map { Array($0.utf8) }])
    let state = try #require(try client.reply().value(for: "state")?.text)
    try client.send("SSO.CALLBACK c0de \(state) SESSION k")
    try worker.send("REFRESH.TAKE LOGINS BLOCK 20000")
    let job = try #require(try worker.reply().elements?.first)
    let number = try #require(job.value(for: "login")?.integer)
    let response = try #require(login.response)
    var words = ["SSO.DONE", "\(number)", "ACCESS", response.accessToken]
    words += response.refreshToken.map { ["REFRESH", $0] } ?? ["NOREFRESH"]
    words += ["CHARACTER", "\(claims.characterID)", "NAME", claims.name, "OWNER", claims.owner]
    words += ["TYPE", claims.tokenType, "SCOPES", "LIST", "\(claims.scopes.count)"]
    try worker.send([(words + claims.scopes).map { Array($0.utf8) }])
    let id = try #require(try worker.reply().integer)
    #expect(try client.reply().value(for: "token")?.integer == id)
    return id
  }

  private func ids() throws -> [Int64] {
    try client.send("TOKENS.FIND")
    return try client.reply().elements?.compactMap(\.integer) ?? []
  }

  private func token(_ id: Int64) throws -> (token: Reply, secrets: Reply) {
    try client.send("TOKEN.GET \(id)")
    try client.send("TOKEN.SECRETS \(id)")
    return (try client.reply(), try client.reply())
  }

  private func check(
    _ old: OracleToken, _ claims: OracleMutation.Claims, _ place: String
  ) throws {
    let found = try token(old.id)
    let change = login.expect.changed.first { $0.id == old.id }
    let access = change?.accessToken ?? old.accessToken
    #expect(found.secrets.value(for: "access_token")?.text == access, "\(place)")
    let refresh = change == nil ? old.refreshToken : change?.refreshToken
    #expect(found.secrets.value(for: "refresh_token")?.text == refresh, "\(place)")
    let created = change?.createdMicroseconds ?? old.createdMicroseconds
    #expect(found.token.value(for: "created_us")?.integer == created, "\(place)")
    #expect(
      found.token.value(for: "sso_version")?.integer == Int64(old.ssoVersion), "\(place)")
    #expect(found.token.value(for: "character_name")?.text == old.characterName, "\(place)")
    // The deviation.
    let owner = change == nil ? old.ownerHash : claims.owner
    #expect(found.token.value(for: "owner_hash")?.text == owner, "\(place)")
  }

  private func check(
    _ id: Int64, _ created: OracleMutation.Created, _ claims: OracleMutation.Claims,
    _ place: String
  ) throws {
    let found = try token(id)
    #expect(found.token.value(for: "character_name")?.text == created.characterName, "\(place)")
    #expect(found.token.value(for: "owner_hash")?.text == claims.owner, "\(place)")
    #expect(found.token.value(for: "user")?.text == created.user.map { "\($0)" }, "\(place)")
    let scopes = found.token.value(for: "scopes")?.elements?.compactMap(\.text) ?? []
    #expect(Set(scopes) == Set(created.scopes), "\(place)")
    #expect(
      found.secrets.value(for: "access_token")?.text == created.accessToken, "\(place)")
    #expect(
      found.secrets.value(for: "refresh_token")?.text == created.refreshToken, "\(place)")
  }
}

extension SSOSettings {
  /// An application that exists only in tests.
  static func sample(isPublicClient: Bool = false, isAlwaysNew: Bool = false) -> SSOSettings {
    SSOSettings(
      clientID: "client id", callbackURL: "http://site.test/callback?a=b",
      authorizeURL: "https://sso.test/authorize/", isPublicClient: isPublicClient,
      isAlwaysNew: isAlwaysNew)
  }
}
