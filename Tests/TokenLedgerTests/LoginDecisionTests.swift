import TestSupport
import Testing

@testable import TokenLedger

/// Which tokens a login renews, and when there is a new one.
@Suite struct LoginDecisionTests {
  private static let now = UnixTime(clampingMicroseconds: 77_000_000)

  private static func secret(_ number: UInt64) -> SecretInput {
    .secret(Secret(bytes: [UInt8(truncatingIfNeeded: number)], digest: SecretDigest(number)))
  }

  private static func report(
    user: String?, scopes: [String] = ["a", "b"], isAlwaysNew: Bool = false
  ) -> LoginReport {
    var token = NewToken(
      character: CharacterID(5), characterName: .sample("Now"), ownerHash: .sample("new owner"))
    token.user = user.map(Text.sample)
    token.scopes = scopes.map(Text.sample)
    token.access = secret(70)
    token.refresh = secret(71)
    return LoginReport(token, isAlwaysNew: isAlwaysNew)
  }

  /// Character 5 with scopes a and b: 1 of user u, 2 without, 3 of user v, 4 of u but deleted;
  /// 5 of u with other scopes, 6 of u and another character.
  private static func ledger() throws -> LedgerBuilder {
    var builder = LedgerBuilder()
    let rows: [(id: Int64, character: Int64, user: String?, scopes: [String])] = [
      (1, 5, "u", ["a", "b"]), (2, 5, nil, ["a", "b"]), (3, 5, "v", ["a", "b"]),
      (4, 5, "u", ["a", "b"]), (5, 5, "u", ["a"]), (6, 6, "u", ["a", "b"]),
    ]
    for row in rows {
      let creation = Creation.sample(
        character: row.character, owner: "old owner", user: row.user, scopes: row.scopes,
        refresh: .present(SecretDigest(2)))
      try builder.append(.created(creation), token: .sample(row.id))
    }
    try builder.append(.deleted, token: .sample(4))
    return builder
  }

  /// The decision, applied: the token of the login, those that are new, and those with the secrets.
  private static func login(
    _ report: LoginReport, _ builder: inout LedgerBuilder
  ) throws -> (token: Int64, new: [Int64], renewed: [Int64]) {
    let decision = try builder.state.decideLogin(report, free: .sample(100), now: now)
    for event in decision.events { try builder.append(event.body, token: event.token) }
    var renewed: [Int64] = []
    var new: [Int64] = []
    builder.state.forEachToken { token in
      guard token.access.recorded == .present(SecretDigest(70)) else { return }
      if token.version == 1 {
        new.append(token.id.rawValue)
      } else {
        renewed.append(token.id.rawValue)
      }
    }
    return (decision.token.rawValue, new, renewed)
  }

  @Test func `the user's own token is renewed, and so are those without a user`() throws {
    var builder = try Self.ledger()
    let result = try Self.login(Self.report(user: "u", scopes: ["b", "a", "b"]), &builder)
    #expect(result.token == 1 && result.new == [] && result.renewed == [1, 2])
  }

  @Test func `where only tokens without a user match there is a new one besides`() throws {
    var builder = try Self.ledger()
    let result = try Self.login(Self.report(user: "w"), &builder)
    #expect(result.token == 100 && result.new == [100] && result.renewed == [2])
    let token = builder.state.token(.sample(100))
    #expect(token?.user == .sample("w") && token?.created == Self.now)
  }

  @Test func `a login without a user renews only tokens without one`() throws {
    var builder = try Self.ledger()
    let result = try Self.login(Self.report(user: nil), &builder)
    #expect(result.token == 2 && result.new == [] && result.renewed == [2])
  }

  @Test func `other scopes, and none, are another token`() throws {
    var builder = try Self.ledger()
    let more = try Self.login(Self.report(user: "u", scopes: ["a", "b", "unknown"]), &builder)
    #expect(more.token == 100 && more.renewed == [])
    var another = try Self.ledger()
    let none = try Self.login(Self.report(user: "u", scopes: []), &another)
    #expect(none.token == 100 && none.renewed == [])
  }

  @Test func `a login that is always new renews nothing`() throws {
    var builder = try Self.ledger()
    let result = try Self.login(Self.report(user: "u", isAlwaysNew: true), &builder)
    #expect(result.token == 100 && result.new == [100] && result.renewed == [])
  }

  @Test func `a renewed token has the owner of the login, and keeps its name and SSO version`()
    throws
  {
    var builder = try Self.ledger()
    let before = try Self.token(1, builder.state)
    _ = try Self.login(Self.report(user: "u"), &builder)
    let after = try Self.token(1, builder.state)
    #expect(after.ownerHash == .sample("new owner") && after.created == Self.now)
    #expect(after.characterName == before.characterName && after.ssoVersion == before.ssoVersion)
    #expect(after.refresh.recorded == .present(SecretDigest(71)))
    #expect(after.previousRefresh == before.refresh)
  }

  @Test func `a login ends a lease and lets go of a token that is held back`() throws {
    var builder = try Self.ledger()
    let lease = Lease(end: UnixTime(clampingMicroseconds: .max), attempt: 1)
    try builder.append(.refreshStarted(lease), token: .sample(1))
    let failure = RefreshFailure(
      fence: nil, failureClass: .definite, code: .sample("invalid_grant"),
      retryAfterMilliseconds: 0, rotated: nil)
    try builder.append(.refreshFailed(failure), token: .sample(2))
    _ = try Self.login(Self.report(user: "u"), &builder)
    #expect(builder.state.leaseCount == 0 && builder.state.heldBackCount == 0)
  }

  @Test func `limits and a lack of ids refuse a login`() throws {
    let builder = try Self.ledger()
    var report = Self.report(user: "w")
    #expect(Self.refusal(of: report, free: nil, builder.state) == .identifiersExhausted)
    report.token.characterName = .sample(String(repeating: "n", count: 1025))
    let limit = Rejection.limit(what: "bytes of a character name", maximum: 1024)
    #expect(Self.refusal(of: report, free: .sample(100), builder.state) == limit)
  }

  private static func refusal(
    of report: LoginReport, free: TokenID?, _ state: borrowing LedgerState
  ) -> Rejection? {
    do throws(Rejection) { _ = try state.decideLogin(report, free: free, now: now) } catch {
      return error
    }
    return nil
  }

  private static func token(_ id: Int64, _ state: borrowing LedgerState) throws -> Token {
    let token = state.tokenEvenIfDeleted(.sample(id))
    return try #require(token)
  }

  @Test
  func `a revocation is told of live and deleted tokens, and changes nothing but the version`()
    throws
  {
    var builder = try Self.ledger()
    for id in [1, 4] as [Int64] {
      let before = try Self.token(id, builder.state)
      let event = try builder.state.decideRevoked(
        .sample(id), failureClass: .unavailable, code: .sample("http_503"))
      try builder.append(event.body, token: event.token)
      var after = try Self.token(id, builder.state)
      #expect(after.version == before.version + 1)
      after.version = before.version
      after.lastEvent = before.lastEvent
      #expect(after == before)
    }
    var refusal: Rejection?
    do throws(Rejection) {
      _ = try builder.state.decideRevoked(.sample(99), failureClass: nil, code: .empty)
    } catch { refusal = error }
    #expect(refusal == .tokenNotFound(.sample(99)))
  }
}
