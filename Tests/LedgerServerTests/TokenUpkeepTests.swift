// Refreshes that nobody waits for: which tokens, when, and what they never do.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct TokenUpkeepTests {
  private static let start: Int64 = 1_795_435_200
  private let clock = SettableClock(
    now: UnixTime(clampingMicroseconds: Self.start * 1_000_000))

  private func server(_ change: (inout ServerSettings) -> Void) throws -> ServerUnderTest {
    var settings = ServerSettings()
    change(&settings)
    var options = StoreOptions.small
    options.clock = .settable(clock)
    return try ServerUnderTest(SimulatedStorage(), settings, options: options)
  }

  private func advance(seconds: Int64) {
    clock.now = UnixTime(clampingMicroseconds: clock.now.microseconds + seconds * 1_000_000)
    clock.advanceMonotonic(microseconds: seconds * 1_000_000)
  }

  private func create(_ client: TestClient, created: Int64, _ words: String = "") throws {
    let request = "TOKEN.CREATE CHARACTER 1 NAME P OWNER o ACCESS at CREATED \(created)\(words)"
    #expect(try client.ask(request).hasPrefix(":"))
  }

  /// The tokens of the jobs that are there.
  private func jobs(_ worker: TestClient) throws -> [Int64] {
    var ids: [Int64] = []
    // The first says that there is a worker, whereupon the server looks what is due.
    for _ in 0..<2 {
      try worker.send("REFRESH.TAKE COUNT 100")
      ids += try worker.reply().elements?.compactMap { $0.value(for: "token")?.integer } ?? []
    }
    return ids
  }

  @Test func `a token that was used lately is refreshed before it expires`() throws {
    let server = try server { $0.keepFreshMicroseconds = 3_600_000_000 }
    let (site, worker) = (try server.connect(), try server.connect())
    for _ in 1...2 { try create(site, created: Self.start, " REFRESH rt") }
    #expect(try site.ask("TOKEN.ACCESS 2") == "$at")
    #expect(try jobs(worker) == [])
    advance(seconds: 1053)
    #expect(try jobs(worker) == [2])
  }

  @Test func `one whose last use is too long ago is left`() throws {
    let server = try server { $0.keepFreshMicroseconds = 600_000_000 }
    let (site, worker) = (try server.connect(), try server.connect())
    try create(site, created: Self.start, " REFRESH rt")
    #expect(try site.ask("TOKEN.ACCESS 1") == "$at")
    advance(seconds: 1060)
    #expect(try jobs(worker) == [])
  }

  @Test func `old tokens are refreshed unasked, a few at a time, and none ends by that`() throws {
    let server = try server { $0.keepAliveMicroseconds = 86_400_000_000 }
    let (site, worker) = (try server.connect(), try server.connect())
    for number in 1...20 { try create(site, created: Int64(number), " REFRESH rt") }
    try create(site, created: 0)
    try create(site, created: Self.start - 3600, " REFRESH rt")
    let first = try jobs(worker)
    #expect(first == Array(1...16))
    for id in first {
      try worker.send("TOKEN.GET \(id)")
      let fence = try fence(of: id, worker)
      let failed = "REFRESH.FAIL \(id) \(fence) CLASS definite CODE invalid_grant"
      #expect(try worker.ask(failed).hasPrefix(":"))
    }
    #expect(try site.ask("TOKENS.FIND COUNT") == ":22")
    // Those that failed are left for an hour.
    #expect(try jobs(worker) == [17, 18, 19, 20])
    #expect(try jobs(worker) == [])
  }

  private func fence(of id: Int64, _ client: TestClient) throws -> Int64 {
    _ = try client.reply()
    try client.send("TOKEN.HISTORY \(id) REV COUNT 1")
    let event = try #require(try client.reply().elements?.first?.elements?.last)
    return Int64(event.value(for: "seq")?.text ?? "") ?? 0
  }

  @Test func `nothing is kept fresh unless that is wanted`() throws {
    let server = try server { _ in }
    let (site, worker) = (try server.connect(), try server.connect())
    try create(site, created: 0, " REFRESH rt")
    #expect(try jobs(worker) == [])
  }
}
