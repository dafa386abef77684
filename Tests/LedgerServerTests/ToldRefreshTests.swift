// Refreshes that a program made by itself and only tells: what counts, what becomes of a worker's
// lease and of those who wait.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct ToldRefreshTests {
  private let server: ServerUnderTest
  private let program: TestClient
  private let asker: TestClient
  private let worker: TestClient

  /// A server with token 1, which is expired.
  init() throws {
    server = try ServerUnderTest(SimulatedStorage(), options: .frozen(at: 1_795_435_200))
    program = try server.connect()
    asker = try server.connect()
    worker = try server.connect()
    #expect(
      try program.ask("TOKEN.CREATE CHARACTER 7 NAME P OWNER o ACCESS at REFRESH rt CREATED 0")
        == ":1")
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  private func takeFence() throws -> Int64 {
    try worker.send("REFRESH.TAKE BLOCK 20000")
    return try #require(try worker.reply().elements?.first?.value(for: "fence")?.integer)
  }

  @Test func `a refresh that is told is the token's, from its own time on`() throws {
    #expect(
      try program.ask("TOKEN.REFRESHED 1 ACCESS new REFRESH rt2 OWNER o AT 1795435000 EXPECT 1")
        == ":2")
    try program.send("TOKEN.GET 1")
    #expect(try program.reply().value(for: "created_us")?.integer == 1_795_435_000_000_000)
    #expect(
      try program.ask("TOKEN.SECRETS 1") == "[$access_token, $new, $refresh_token, $rt2]")
    #expect(try program.ask("TOKEN.REFRESHED 1 ACCESS x EXPECT 1").hasPrefix("-CONFLICT "))
    #expect(try program.ask("TOKEN.REFRESHED 2 ACCESS x").hasPrefix("-NOTFOUND "))
  }

  @Test func `the history tells what became of the refresh token`() throws {
    for words in ["REFRESH other", "", "REFRESH ", "NOREFRESH"] {
      #expect(try program.ask("TOKEN.REFRESHED 1 ACCESS x \(words)".trimmed).hasPrefix(":"))
    }
    let changes = try program.ask("TOKEN.HISTORY 1").split(separator: "$refresh_token, $")
      .dropFirst().map { $0.prefix { $0 != "," && $0 != "]" } }
    #expect(changes == ["replaced", "kept", "empty", "null"])
  }

  @Test func `who waits is answered by it, and a worker's outcome is late`() throws {
    try asker.send("TOKEN.ACCESS 1")
    let fence = try takeFence()
    #expect(try program.ask("TOKEN.REFRESHED 1 ACCESS told") == ":3")
    #expect(try asker.reply().text == "told")
    #expect(try worker.ask("REFRESH.DONE 1 \(fence) ACCESS late").hasPrefix("-CONFLICT "))
    #expect(try asker.ask("TOKEN.ACCESS 1") == "$told")
  }

  @Test func `who waits for a queued job is answered, and the job is gone`() throws {
    try asker.send("TOKEN.REFRESH 1")
    while try program.ask("LEDGER.STATUS").contains("$refresh_jobs_queued, :0") {}
    #expect(try program.ask("TOKEN.REFRESHFAILED 1 CLASS unavailable CODE http_503") == ":2")
    #expect(try asker.reply().errorPrefix == "SSOUNAVAILABLE")
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  @Test func `a definite failure ends a token only for somebody who wants that`() throws {
    let failed = "TOKEN.REFRESHFAILED 1 CODE invalid_grant CLASS definite REASON why"
    #expect(try program.ask(failed) == ":2")
    #expect(try program.ask("TOKEN.HISTORY 1").contains("$class, $refused"))
    try asker.send("TOKEN.REFRESHORDELETE 1")
    while try program.ask("LEDGER.STATUS").contains("$refresh_jobs_queued, :0") {}
    #expect(try program.ask(failed) == ":4")
    #expect(try asker.reply() == .null)
    #expect(try program.ask("TOKEN.GET 1") == "_")
  }

  @Test(arguments: [
    "TOKEN.REFRESHED 1 OWNER o REFRESH r", "TOKEN.REFRESHED 1 ACCESS a UNVERIFIED",
    "TOKEN.REFRESHED 1 ACCESS a REFRESH r NOREFRESH", "TOKEN.REFRESHED 1 ACCESS a AT never",
    "TOKEN.REFRESHFAILED 1 CLASS refused CODE c", "TOKEN.REFRESHFAILED 1 CODE c REASON r EXPECT 1",
    "TOKEN.REFRESHFAILED 1 CLASS definite CODE c RETRYAFTER 1", "REFRESH.DONE 1 1 ACCESS a AT 1",
    "REFRESH.FAIL 1 1 CLASS definite CODE c REASON r",
  ])
  func `what cannot be is refused`(request: String) throws {
    #expect(try program.ask(request).hasPrefix("-ERR"), "\(request)")
    #expect(try program.ask("TOKEN.GET 1").contains("$version, :1"))
  }
}

extension String {
  /// Without one space at the end that stands for no word.
  fileprivate var trimmed: String { hasSuffix("x ") ? String(dropLast()) : self }
}
