import TestSupport
import Testing

@testable import TokenLedger

/// Corners of queries that random questions hardly meet.
@Suite struct TokenQueryTests {
  private static let boundary: Int64 = 1170 * 1_000_000

  private static func state(created times: [Int64]) throws -> LedgerState {
    var builder = LedgerBuilder()
    for (index, time) in times.enumerated() {
      try builder.append(
        .created(.sample(created: time)), token: .sample(Int64(index + 1)))
    }
    return builder.takeState()
  }

  @Test func `getExpired takes the boundary, a token's own expired does not`() throws {
    let state = try Self.state(created: [-1, 0, 1])
    let now = UnixTime(clampingMicroseconds: Self.boundary)
    let validity = Validity(now: now, duration: .standard)
    let expired = try state.ids(of: TokenQuery().getExpired(), at: validity)
    #expect(expired == [.sample(1), .sample(2)])
    #expect(try state.ids(of: TokenQuery().fresh(), at: validity) == [.sample(3)])
    let own = try (1...3).map { (number: Int64) in
      let stored = state.token(.sample(number))
      return try #require(stored).isExpired(at: now, .standard)
    }
    #expect(own == [true, false, false])
  }

  @Test func `nothing is expired before a lifetime has passed since the year 1`() throws {
    let first = UnixTime.range.lowerBound
    let state = try Self.state(created: [first, first + 5])
    for (passed, count) in [(0, 0), (Self.boundary - 1, 0), (Self.boundary, 1)] {
      let now = UnixTime(clampingMicroseconds: first + passed)
      let validity = Validity(now: now, duration: .standard)
      let expired = try state.ids(of: TokenQuery().getExpired(), at: validity)
      #expect(expired.count == count, "after \(passed)")
      #expect(try state.count(of: TokenQuery().getExpired(), at: validity) == count)
      let both = TokenQuery().getExpired().type(.character)
      #expect(try state.count(of: both, at: validity) == count)
      #expect(try state.count(of: TokenQuery().fresh(), at: validity) == 2 - count)
    }
  }

  @Test func `a token's end is held within the years`() throws {
    let state = try Self.state(created: [UnixTime.range.upperBound])
    let stored = state.token(.first)
    let token = try #require(stored)
    #expect(token.expires(.standard).microseconds == UnixTime.range.upperBound)
    #expect(!token.isExpired(at: UnixTime(clampingMicroseconds: .max), .standard))
  }

  @Test func `a reference that is not live is refused`() throws {
    var builder = LedgerBuilder()
    try builder.append(.created(.sample()), token: .first)
    try builder.append(.deleted, token: .first)
    for id in [TokenID.first, .sample(2)] {
      #expect(throws: Rejection.tokenNotFound(id)) {
        try builder.state.ids(of: TokenQuery().equivalentTo(id), at: RandomHistory.validity)
      }
    }
  }

  @Test func `names that String holds for equal are two scopes and two users`() throws {
    var builder = LedgerBuilder()
    for (id, name) in [(1, "é"), (2, "e\u{301}"), (3, "K"), (4, "\u{212a}")] as [(Int64, String)] {
      try builder.append(.created(.sample(user: name, scopes: [name])), token: .sample(id))
    }
    let state = builder.takeState()
    for (id, name) in [(1, "é"), (2, "e\u{301}"), (3, "K"), (4, "\u{212a}")] as [(Int64, String)] {
      let scopes = TokenQuery().requireScopes(.text(.sample(name)))
      let user = TokenQuery().user(.sample(name))
      #expect(try state.ids(of: scopes, at: RandomHistory.validity) == [.sample(id)])
      #expect(try state.ids(of: user, at: RandomHistory.validity) == [.sample(id)])
    }
  }

  @Test func `a filter that is used again keeps nothing of the question before`() throws {
    var builder = LedgerBuilder()
    try builder.append(.created(.sample(scopes: ["a", "b"])), token: .first)
    let state = builder.takeState()
    let validity = RandomHistory.validity
    var filter = TokenFilter()
    filter.beginScopes()
    filter.addScopes(in: Text.sample("a unknown").utf8.span, in: state)
    filter.endScopes(.all, in: state)
    #expect(state.count(filter, validity) == 0)
    filter.removeAll()
    #expect(filter.isEmpty && state.count(filter, validity) == 1)
    filter.beginScopes()
    filter.addScopes(in: Text.sample(" b\u{3000}a b").utf8.span, in: state)
    filter.endScopes(.exactly, in: state)
    #expect(state.count(filter, validity) == 1)
    filter.beginScopes()
    filter.endScopes(.all, in: state)
    #expect(state.count(filter, validity) == 0)
  }

  @Test func `an empty ledger answers everything with nothing`() throws {
    let state = LedgerState()
    let validity = RandomHistory.validity
    let questions = [
      TokenQuery(), TokenQuery().getExpired(), TokenQuery().requireScopes(.names([])),
      TokenQuery().requireScopesExact(.text(.sample("a"))), TokenQuery().withoutUser(),
      TokenQuery().character(CharacterID(0)), TokenQuery().ids([.first]),
    ]
    for question in questions {
      #expect(try state.ids(of: question, at: validity).isEmpty)
      #expect(try state.count(of: question, at: validity) == 0)
      #expect(try state.first(of: question, at: validity) == nil)
    }
    #expect(state.getToken(character: CharacterID(0), scopes: .names([])) == nil)
  }

  @Test func `a negative limit traps`() async {
    await #expect(processExitsWith: .failure) {
      var ids: [Int64] = []
      LedgerState().appendIDs(TokenFilter(), RandomHistory.validity, limit: -1, to: &ids)
    }
  }
}
