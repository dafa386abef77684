// For how long a token is held off after a failure, and what those who ask hear meanwhile.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct RefreshBackOffTests {
  private static let token = TokenID.sample(1)

  /// The waits after as many failures in a row, in milliseconds.
  private func waits(_ count: Int, asked: UInt64 = 0, fence: UInt64 = 0) -> [Int64] {
    var backOff = RefreshBackOff()
    return (0..<count).map { _ in
      backOff.note(
        .unavailable, of: Self.token, askedMilliseconds: asked, fence: EventSequence(fence), at: 0)
      return (backOff.hold(on: Self.token, at: 0)?.microseconds ?? 0) / 1000
    }
  }

  @Test func `the waits double from a second to five minutes`() {
    #expect(waits(11) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { $0 * 1000 })
  }

  @Test func `up to a quarter more follows from the fence`() {
    let firsts = (1...500).map { waits(1, fence: $0)[0] }
    #expect(firsts.allSatisfy { (1000...1250).contains($0) })
    #expect(Set(firsts).count > 100 && waits(1, fence: 7) == waits(1, fence: 7))
  }

  @Test func `what the SSO asks for counts if it is longer, up to an hour`() {
    #expect(waits(1, asked: 500) == [1000])
    #expect(waits(1, asked: 90_000) == [90_000])
    #expect(waits(1, asked: .max) == [3_600_000])
  }

  @Test func `a success lets it go, and so do failures of other kinds`() {
    for result in [RefreshResult.refreshed, .refused, .misconfigured, .ended] {
      var backOff = RefreshBackOff()
      backOff.note(.incomplete, of: Self.token, askedMilliseconds: 0, fence: nil, at: 0)
      #expect(backOff.failures(of: Self.token) == 1)
      backOff.note(result, of: Self.token, askedMilliseconds: 0, fence: nil, at: 0)
      #expect(backOff.count == 0)
    }
  }

  @Test func `failures of long ago are forgotten`() {
    var backOff = RefreshBackOff()
    for id in 1...3000 as ClosedRange<Int64> {
      backOff.note(
        .incomplete, of: .sample(id), askedMilliseconds: 0, fence: nil, at: id * 1_000_000)
    }
    #expect(backOff.count < 1600)
  }
}

/// The same over the socket, with a clock that the test sets.
@Suite struct HeldOffTests {
  private let clock = SettableClock(now: UnixTime(clampingMicroseconds: 1_795_435_200_000_000))
  private let server: ServerUnderTest
  private let asker: TestClient
  private let worker: TestClient

  /// Three expired tokens of user u.
  init() throws {
    var options = StoreOptions.small
    options.clock = .settable(clock)
    server = try ServerUnderTest(options: options)
    asker = try server.connect()
    worker = try server.connect()
    for id in 1...3 {
      #expect(
        try asker.ask(
          "TOKEN.CREATE CHARACTER \(id) NAME P OWNER o ACCESS at REFRESH rt USER u CREATED 0")
          == ":\(id)")
    }
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  /// Tells of the one job that there is; gives its token and attempt.
  @discardableResult
  private func tell(_ words: String) throws -> (id: Int64, attempt: Int64) {
    try worker.send("REFRESH.TAKE BLOCK 20000")
    let job = try #require(try worker.reply().elements?.first)
    let id = try #require(job.value(for: "token")?.integer)
    let fence = try #require(job.value(for: "fence")?.integer)
    let parts = words.split(separator: " ", maxSplits: 1)
    #expect(try worker.ask("REFRESH.\(parts[0]) \(id) \(fence) \(parts[1])").hasPrefix(":"))
    return (id, try #require(job.value(for: "attempt")?.integer))
  }

  @Test func `who asks again at once hears the same, and later causes another attempt`() throws {
    for (attempt, word) in [(Int64(1), "unavailable"), (2, "incomplete")] {
      try asker.send("TOKEN.ACCESS 1")
      #expect(try tell("FAIL CLASS \(word) CODE c") == (1, attempt))
      let prefix = word == "unavailable" ? "SSOUNAVAILABLE" : "INCOMPLETE"
      #expect(try asker.reply().errorPrefix == prefix)
      let again = try asker.ask("TOKEN.REFRESH 1")
      #expect(again.hasPrefix("-\(prefix) ") && again.contains("not asked again for"))
      #expect(try worker.ask("REFRESH.TAKE") == "[]")
      clock.advanceMonotonic(microseconds: 3_000_000)
    }
    try asker.send("TOKEN.ACCESS 1")
    #expect(try tell("DONE ACCESS new") == (1, 3))
    #expect(try asker.reply().text == "new")
    #expect(try asker.ask("LEDGER.STATUS").contains("$refresh_failing_tokens, :0"))
  }

  @Test func `the time that the SSO asks for is kept`() throws {
    try asker.send("TOKEN.ACCESS 1")
    try tell("FAIL CLASS unavailable CODE http_503 RETRYAFTER 90000")
    #expect(try asker.reply().errorPrefix == "SSOUNAVAILABLE")
    clock.advanceMonotonic(microseconds: 89_000_000)
    #expect(try asker.ask("TOKEN.ACCESS 1").contains("not asked again for 1 s"))
  }

  @Test func `a bulk request stops at a token that is held off, as at a fresh failure`() throws {
    try asker.send("TOKEN.ACCESS 2")
    try tell("FAIL CLASS unavailable CODE http_503")
    #expect(try asker.reply().errorPrefix == "SSOUNAVAILABLE")
    try asker.send("TOKENS.BULKREFRESH USER u")
    #expect(try tell("DONE ACCESS new").id == 1)
    #expect(try asker.reply().shown == "[:1]")
    #expect(try worker.ask("REFRESH.TAKE") == "[]")
  }

  @Test func `one that gave no usable answer is left out, and the rest go on`() throws {
    try asker.send("TOKEN.ACCESS 2")
    try tell("FAIL CLASS incomplete CODE c")
    #expect(try asker.reply().errorPrefix == "INCOMPLETE")
    try asker.send("TOKENS.BULKREFRESH USER u")
    #expect(try tell("DONE ACCESS new").id == 1)
    #expect(try tell("DONE ACCESS new").id == 3)
    #expect(try asker.reply().shown == "[:1, :3]")
  }
}
