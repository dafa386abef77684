// The guards of web pages, row by row of the table in schema/sso.md.

import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct GuardCommandTests {
  private static let now: Int64 = 1_795_435_200

  private let server: ServerUnderTest
  private let site: TestClient
  private let worker: TestClient

  /// Tokens with s.a: of user u 1, 2 and 3, of v 4, of nobody 5.
  ///
  /// 2 is expired and refreshable, as is 5; 3 is of the same character as 1.
  init() throws {
    var settings = ServerSettings()
    settings.sso = .sample()
    server = try ServerUnderTest(SimulatedStorage(), settings, options: .frozen(at: Self.now))
    site = try server.connect()
    worker = try server.connect()
    #expect(try worker.ask("REFRESH.TAKE LOGINS") == "[]")
    let rows = [
      (1, "7", "USER u", Self.now), (2, "8", "USER u", 0), (3, "7", "USER u", Self.now),
      (4, "9", "USER v", Self.now), (5, "10", "", 0),
    ]
    for (id, character, user, created) in rows {
      let words =
        "TOKEN.CREATE CHARACTER \(character) NAME P OWNER o ACCESS at REFRESH rt SCOPES s.a"
        + " CREATED \(created) ID \(id)" + (user.isEmpty ? "" : " " + user)
      #expect(try site.ask(words) == ":\(id)")
    }
  }

  /// Refreshes the one token that somebody waits for, or says why not.
  private func refresh(_ id: Int64, _ outcome: String = "DONE") throws {
    try worker.send("REFRESH.TAKE BLOCK 20000")
    let job = try #require(try worker.reply().elements?.first)
    #expect(job.value(for: "token")?.integer == id)
    let fence = try #require(job.value(for: "fence")?.integer)
    let words = outcome == "DONE" ? "ACCESS new" : "CLASS definite CODE invalid_grant"
    #expect(try worker.ask("REFRESH.\(outcome) \(id) \(fence) \(words)").hasPrefix(":"))
  }

  private func decision(_ reply: Reply) -> String {
    guard reply.value(for: "decision")?.text != "redirect" else {
      return reply.value(for: "url")?.text?.hasPrefix("https://sso.test/") == true
        && reply.value(for: "state")?.text?.utf8.count == 32 ? "redirect" : "no address"
    }
    return reply.shown
  }

  private func ask(_ words: String) throws -> String {
    try site.send(words)
    return decision(try site.reply())
  }

  /// Lets a login land for session k.
  private func land(user: String) throws -> Int64 {
    try site.send("SSO.AUTHORIZE s.b SESSION k\(user)")
    let state = try #require(try site.reply().value(for: "state")?.text)
    try site.send("SSO.CALLBACK c0de \(state) SESSION k")
    try worker.send("REFRESH.TAKE LOGINS BLOCK 20000")
    let job = try #require(try worker.reply().elements?.first)
    let number = try #require(job.value(for: "login")?.integer)
    let words = "ACCESS a REFRESH r CHARACTER 99 NAME n OWNER o SCOPES s.b"
    #expect(try worker.ask("SSO.DONE \(number) \(words)").hasPrefix(":"))
    return try #require(try site.reply().value(for: "token")?.integer)
  }

  @Test func `tokens_required gives the user's valid tokens, refreshed if need be`() throws {
    try site.send("TOKENS.REQUIRED s.a USER u SESSION k")
    try refresh(2)
    #expect(decision(try site.reply()) == "[$decision, $tokens, $tokens, [:1, :2, :3]]")
    #expect(try ask("TOKENS.REQUIRED s.a USER v") == "[$decision, $tokens, $tokens, [:4]]")
  }

  @Test func `tokens_required sends to the SSO or to the login page otherwise`() throws {
    #expect(try ask("TOKENS.REQUIRED s.a USER u NEW") == "redirect")
    #expect(try ask("TOKENS.REQUIRED s.a NEW") == "redirect")
    #expect(try ask("TOKENS.REQUIRED s.other USER u") == "redirect")
    #expect(try ask("TOKENS.REQUIRED s.a") == "[$decision, $login]")
  }

  @Test func `token_required lets pick among the user's tokens, one of each character`() throws {
    try site.send("TOKEN.REQUIRED s.a USER u")
    try refresh(2, "FAIL")
    #expect(decision(try site.reply()) == "[$decision, $select, $tokens, [:1]]")
    #expect(try site.ask("TOKEN.GET 2") == "_")
  }

  @Test func `a token that was picked is given if it is the user's, and valid`() throws {
    #expect(try ask("TOKEN.REQUIRED s.a USER u TOKEN 3 NEW") == "[$decision, $token, $token, :3]")
    try site.send("TOKEN.REQUIRED s.a USER u TOKEN 2")
    try refresh(2)
    #expect(decision(try site.reply()) == "[$decision, $token, $token, :2]")
  }

  @Test func `a token that was picked and will not do leads on`() throws {
    let all = "[$decision, $select, $tokens, [:1]]"
    for id in [4, 5, 99] {
      try site.send("TOKEN.REQUIRED s.a USER u TOKEN \(id)")
      if id == 4 { try refresh(2, "FAIL") }
      #expect(decision(try site.reply()) == all)
      #expect(try ask("TOKEN.REQUIRED s.a USER u TOKEN \(id) NEW") == "redirect")
    }
    #expect(try ask("TOKEN.REQUIRED s.other USER u TOKEN 1") == "redirect")
    // The token without a user was not even refreshed.
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  @Test func `to add a token goes to the SSO, and so does everybody who is not logged in`() throws {
    #expect(try ask("TOKEN.REQUIRED s.a USER u TOKEN 1 ADD") == "redirect")
    #expect(try ask("TOKEN.REQUIRED s.a TOKEN 5") == "redirect")
    #expect(try ask("TOKEN.REQUIRED s.a") == "redirect")
  }

  @Test(arguments: ["TOKENS.REQUIRED", "TOKEN.REQUIRED", "TOKEN.SINGLEUSE"])
  func `what landed is handed out once, whatever its scopes`(command: String) throws {
    let id = try land(user: "")
    let isMany = command == "TOKENS.REQUIRED"
    #expect(
      try ask("\(command) s.a SESSION k NEW")
        == (isMany
          ? "[$decision, $tokens, $tokens, [:\(id)]]" : "[$decision, $token, $token, :\(id)]"))
    #expect(try ask("\(command) s.a SESSION k NEW") == "redirect")
  }

  @Test func `what landed for another user, or is gone, is passed over`() throws {
    _ = try land(user: " USER w")
    #expect(try ask("TOKEN.SINGLEUSE s.b SESSION k USER u") == "redirect")
    let id = try land(user: "")
    #expect(try site.ask("TOKEN.DELETE \(id)") == ":1")
    #expect(try ask("TOKEN.SINGLEUSE s.b SESSION k") == "redirect")
    _ = try land(user: "")
    #expect(try ask("TOKEN.SINGLEUSE s.b SESSION other") == "redirect")
  }

  @Test func `the errors of making valid are the guard's`() throws {
    try site.send("TOKENS.REQUIRED s.a USER u TIMEOUT 20000")
    try worker.send("REFRESH.TAKE BLOCK 20000")
    let job = try #require(try worker.reply().elements?.first)
    let fence = try #require(job.value(for: "fence")?.integer)
    #expect(
      try worker.ask("REFRESH.FAIL 2 \(fence) CLASS configuration CODE invalid_client") == ":3")
    #expect(try site.reply().errorPrefix == "MISCONFIGURED")
    try worker.finishSending()
    while try site.ask("LEDGER.STATUS").contains("$refresh_workers, :1") {}
    #expect(try site.ask("TOKENS.REQUIRED s.a USER u").hasPrefix("-NOREFRESHER "))
  }
}
