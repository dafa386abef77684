// The recorded answers of django-esi, asked through the commands: each population is loaded with
// TOKEN.CREATE, and every query that is a rule is put in both dialects.

import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct OracleCommandTests {
  /// The ledger with a case's population, at the case's time.
  private func ledger(
    _ recorded: OracleCase, at seconds: Int64, on storage: SimulatedStorage = SimulatedStorage()
  ) throws -> LocalLedger {
    var settings = ServerSettings()
    settings.validDuration = try #require(ValidDuration(seconds: recorded.validDuration))
    return try LocalLedger(settings, at: seconds, on: storage)
  }

  @Test(arguments: try OracleCase.all())
  func `every query gives what django-esi gave, in both dialects`(recorded: OracleCase) throws {
    let first = try ledger(recorded, at: recorded.clock)
    OracleRequests.load(recorded, into: first)
    var ledgers = [recorded.clock: first]
    for (index, query) in recorded.queries.enumerated() where query.quirk == nil {
      let clock = query.clock ?? recorded.clock
      if ledgers[clock] == nil {
        ledgers[clock] = try ledger(recorded, at: clock, on: first.storage.imageAfterPowerLoss())
      }
      let ledger = try #require(ledgers[clock])
      let expected = (query.expect ?? []).map { ":\($0)" }
      for dialect in [2, 3] {
        #expect(!ledger.ask("HELLO \(dialect)").hasPrefix("-"))
        #expect(
          try answer(ledger.reply(query.request), to: query) == expected,
          "\(recorded.name), query \(index) in RESP\(dialect): \(query.op)")
      }
    }
  }

  @Test(arguments: try OracleCase.all())
  func `every token has the properties that django-esi gave`(recorded: OracleCase) throws {
    let ledger = try ledger(recorded, at: recorded.clock)
    OracleRequests.load(recorded, into: ledger)
    for token in recorded.tokens {
      let found = ledger.reply(words("TOKEN.GET \(token.id)"))
      #expect(found.value(for: "can_refresh")?.boolean == token.expect.canRefresh)
      #expect(found.value(for: "expired")?.boolean == token.expect.expired)
      #expect(found.value(for: "expires_us")?.integer == token.expect.expiresMicroseconds)
      #expect(found.value(for: "created_us")?.integer == token.createdMicroseconds)
      let secrets = ledger.reply(words("TOKEN.SECRETS \(token.id)"))
      #expect(secrets.value(for: "access_token")?.text == token.accessToken)
      #expect(secrets.value(for: "refresh_token")?.text == token.refreshToken)
    }
  }

  /// The ids in a reply, shown.
  private func answer(_ reply: Reply, to query: OracleQuery) throws -> [String] {
    guard query.op == "get_token" else { return try #require(reply.elements).map(\.shown) }
    return reply.value(for: "id").map { [$0.shown] } ?? []
  }
}
