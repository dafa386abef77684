import TestSupport
import Testing
import TokenLedger

/// Every recorded answer of django-esi that needs no refresh and no login.
@Suite struct OracleTests {
  @Test(arguments: try OracleCase.all())
  func `every query gives what django-esi gave`(recorded: OracleCase) throws {
    let state = try recorded.state()
    for (index, query) in recorded.queries.enumerated() where query.quirk == nil {
      let validity = try recorded.validity(at: query.clock)
      let found = try query.answer(in: state, at: validity).map(\.rawValue)
      #expect(found == query.expect, "\(recorded.name), query \(index): \(query.op)")
    }
  }

  @Test(arguments: try OracleCase.all())
  func `every token has the properties that django-esi gave`(recorded: OracleCase) throws {
    let state = try recorded.state()
    let validity = try recorded.validity(at: nil)
    for token in recorded.tokens {
      let stored = state.token(.sample(token.id))
      let found = try #require(stored)
      #expect(found.canRefresh == token.expect.canRefresh)
      #expect(found.isExpired(at: validity.now, validity.duration) == token.expect.expired)
      #expect(found.expires(validity.duration).microseconds == token.expect.expiresMicroseconds)
      #expect(Set(found.scopes) == Set(token.scopes.map(Text.sample)))
      #expect(UnixTime(token.created)?.microseconds == token.createdMicroseconds)
    }
  }

  @Test func `counting and asking for the first agree with listing`() throws {
    let recorded = try OracleCase.load("case-12-mix.json")
    let state = try recorded.state()
    let validity = try recorded.validity(at: nil)
    for query in recorded.queries where query.quirk == nil && query.op != "get_token" {
      let filter = try state.filter(query.query)
      let ids = try state.ids(of: query.query, at: validity)
      #expect(state.count(filter, validity) == ids.count)
      #expect(state.exists(filter, validity) == !ids.isEmpty)
      #expect(state.first(filter, validity) == ids.first)
    }
  }
}

extension OracleCase {
  /// The population as a state, its tokens created in the order of the file.
  fileprivate func state() throws -> LedgerState {
    var builder = LedgerBuilder()
    for token in tokens {
      let creation = Creation.sample(
        character: token.characterID, name: token.characterName, owner: token.ownerHash,
        user: token.user.map(String.init), scopes: token.scopes,
        created: token.createdMicroseconds,
        type: token.tokenType == "corporation" ? .corporation : .character,
        access: .present(SecretDigest(1)), refresh: token.recordedRefresh)
      try builder.append(.created(creation), token: .sample(token.id))
    }
    return builder.takeState()
  }

  fileprivate func validity(at clock: Int64?) throws -> Validity {
    let now = try #require(UnixTime(microseconds: (clock ?? self.clock) * 1_000_000))
    return Validity(now: now, duration: try #require(ValidDuration(seconds: validDuration)))
  }
}

extension OracleToken {
  fileprivate var recordedRefresh: RecordedSecret {
    guard let refreshToken else { return .null }
    return refreshToken.isEmpty ? .empty : .present(SecretDigest(2))
  }
}

extension OracleQuery {
  fileprivate func answer(
    in state: borrowing LedgerState, at validity: Validity
  ) throws -> [TokenID] {
    guard op == "get_token" else { return try state.ids(of: query, at: validity) }
    let character = CharacterID(try #require(characterID))
    return state.getToken(character: character, scopes: scopes.argument).map { [$0] } ?? []
  }

  fileprivate var query: TokenQuery {
    (steps ?? [self]).reduce(TokenQuery()) { query, step in step.extend(query) }
  }

  private func extend(_ query: TokenQuery) -> TokenQuery {
    switch op {
    case "require_scopes": query.requireScopes(scopes.argument)
    case "require_scopes_exact": query.requireScopesExact(scopes.argument)
    case "equivalent_to": query.equivalentTo(.sample(token ?? 0))
    case "get_expired": query.getExpired()
    case "filter_character": query.character(CharacterID(characterID ?? 0))
    case "filter_user": user.map { query.user(.sample(String($0))) } ?? query.withoutUser()
    case "filter_type": query.type(tokenType == "corporation" ? .corporation : .character)
    case "filter_ids": query.ids((ids ?? []).map(TokenID.sample))
    case "order_by_id", "all": query
    default: preconditionFailure("the oracle has a query that is not known here: \(op)")
    }
  }
}

extension OracleScopes? {
  fileprivate var argument: ScopeArgument {
    switch self {
    case nil: .names([])
    case .text(let text): .text(.sample(text))
    case .list(let names): ScopeArgument(list: names.map(Text.sample))
    }
  }
}
