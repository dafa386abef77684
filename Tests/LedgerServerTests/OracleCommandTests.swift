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

  private func load(_ recorded: OracleCase, into ledger: LocalLedger) {
    for token in recorded.tokens {
      var request = [
        "TOKEN.CREATE", "CHARACTER", "\(token.characterID)", "NAME", token.characterName, "OWNER",
        token.ownerHash, "TYPE", token.tokenType, "ID", "\(token.id)", "CREATED", token.created,
        "ACCESS", token.accessToken, "SSOVERSION", "\(token.ssoVersion)", "SCOPES", "LIST",
        "\(token.scopes.count)",
      ]
      request += token.scopes
      if let user = token.user { request += ["USER", "\(user)"] }
      if let refresh = token.refreshToken { request += ["REFRESH", refresh] }
      #expect(ledger.ask(request) == ":\(token.id)")
    }
  }

  @Test(arguments: try OracleCase.all())
  func `every query gives what django-esi gave, in both dialects`(recorded: OracleCase) throws {
    let first = try ledger(recorded, at: recorded.clock)
    load(recorded, into: first)
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
    load(recorded, into: ledger)
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

extension OracleQuery {
  /// The query as a request.
  fileprivate var request: [[UInt8]] {
    let request: [String] =
      switch op {
      case "get_token": ["TOKEN.LOOKUP", "\(characterID ?? 0)"] + scopes.words
      case "require_scopes": ["TOKENS.REQUIRESCOPES"] + scopes.words
      case "require_scopes_exact": ["TOKENS.REQUIRESCOPESEXACT"] + scopes.words
      case "equivalent_to": ["TOKENS.EQUIVALENTTO", "\(token ?? 0)"]
      case "get_expired": ["TOKENS.GETEXPIRED"]
      default: ["TOKENS.FIND"] + (steps ?? [self]).flatMap(\.filter)
      }
    return request.map { Array($0.utf8) }
  }

  /// The query as a filter among others.
  private var filter: [String] {
    switch op {
    case "require_scopes": ["SCOPES"] + scopes.words
    case "require_scopes_exact": ["EXACTLY"] + scopes.words
    case "equivalent_to": ["EQUIVALENT", "\(token ?? 0)"]
    case "get_expired": ["EXPIRED"]
    case "filter_character": ["CHARACTER", "\(characterID ?? 0)"]
    case "filter_user": user.map { ["USER", "\($0)"] } ?? ["NOUSER"]
    case "filter_type": ["TYPE", tokenType ?? ""]
    case "filter_ids": ["IDS", "\(ids?.count ?? 0)"] + (ids ?? []).map { "\($0)" }
    case "order_by_id", "all": []
    default: preconditionFailure("the oracle has a query that is not known here: \(op)")
    }
  }
}

extension OracleScopes? {
  /// The `scopes` argument: a list of one text is that text, as in django-esi.
  fileprivate var words: [String] {
    switch self {
    case nil: [""]
    case .text(let text): [text.uppercased() == "LIST" ? " \(text)" : text]
    case .list(let names) where names.count == 1: OracleScopes?.some(.text(names[0])).words
    case .list(let names): ["LIST", "\(names.count)"] + names
    }
  }
}
