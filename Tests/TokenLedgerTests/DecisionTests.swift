import TestSupport
import Testing

@testable import TokenLedger

/// What the domain agrees to, and the order in which it says no.
@Suite struct DecisionTests {
  private static let now = UnixTime(clampingMicroseconds: 1_000_000)

  private static func text(_ count: Int) -> Text { .sample(String(repeating: "x", count: count)) }

  private static func names(_ count: Int, from first: Int = 0) -> [Text] {
    (first..<first + count).map { Text.sample("scope \(1_000_000 + $0)") }
  }

  private static func secret(_ count: Int) -> SecretInput {
    .secret(Secret(bytes: Array(repeating: 1, count: count), digest: SecretDigest(1)))
  }

  private static func token(_ change: (inout NewToken) -> Void = { _ in }) -> NewToken {
    var token = NewToken(
      character: CharacterID(1), characterName: .sample("Pilot"), ownerHash: .sample("owner"))
    change(&token)
    return token
  }

  /// Token 1 with scopes `a b`, made under the key `k`; token 2 deleted.
  private static func state() throws -> LedgerState {
    var builder = LedgerBuilder()
    let key = IdempotencyKey(name: .sample("k"), requestDigest: 5)
    try builder.append(.created(.sample(scopes: ["a", "b"])), token: .sample(1), key: key)
    try builder.append(.created(.sample()), token: .sample(2))
    try builder.append(.deleted, token: .sample(2))
    return builder.takeState()
  }

  private static func create(
    _ token: NewToken, in state: borrowing LedgerState, free: TokenID? = .sample(3)
  ) throws(Rejection) -> CreateDecision {
    try state.decideCreate(token, free: free, now: now)
  }

  // MARK: Limits

  static let atLimits: [(String, @Sendable (inout NewToken, Int) -> Void, Int)] = [
    ("character name", { $0.characterName = text($1) }, Limits.characterNameBytes),
    ("owner hash", { $0.ownerHash = text($1) }, Limits.ownerHashBytes),
    ("user", { $0.user = text($1) }, Limits.userBytes),
    ("scope name", { $0.scopes = [text(1), text($1)] }, Limits.scopeNameBytes),
    ("scopes of a token", { $0.scopes = names($1) }, Limits.scopesPerToken),
    ("access", { $0.access = secret($1) }, Limits.secretBytes),
    ("refresh", { $0.refresh = secret($1) }, Limits.secretBytes),
    ("SSO version", { $0.ssoVersion = UInt16($1) }, Limits.ssoVersion),
    (
      "idempotency key",
      { $0.key = IdempotencyKey(name: text($1), requestDigest: 0) }, Limits.keyBytes
    ),
  ]

  @Test(arguments: 0..<atLimits.count)
  func `a value at its limit is taken, one beyond is refused`(index: Int) throws {
    let (name, change, maximum) = Self.atLimits[index]
    let state = LedgerState()
    let fitting = Self.token { change(&$0, maximum) }
    guard case .propose(let event, .first) = try Self.create(fitting, in: state, free: .first)
    else {
      Issue.record("\(name): not proposed")
      return
    }
    var changed = LedgerState()
    let whole = Event(
      sequence: EventSequence(1), id: .zero, token: event.token, previous: event.previous,
      actor: .system, key: event.key, body: event.body)
    try changed.apply(try decode(whole.facts, at: EventSequence(1)).get())
    do throws(Rejection) {
      _ = try Self.create(Self.token { change(&$0, maximum + 1) }, in: state)
      Issue.record("\(name): taken beyond its limit")
    } catch {
      guard case .limit(_, maximum) = error else {
        Issue.record("\(name): \(error)")
        return
      }
    }
  }

  @Test func `repeats of a scope count once, also against the limit`() throws {
    let most = Self.names(Limits.scopesPerToken)
    let token = Self.token { $0.scopes = most + most }
    guard case .propose(let event, _) = try Self.create(token, in: LedgerState()),
      case .created(let creation) = event.body
    else {
      Issue.record("not proposed")
      return
    }
    #expect(creation.scopes == most.sorted())
  }

  // MARK: Creating

  @Test func `a proposal holds what was asked, its scopes in order and once`() throws {
    let scopes = ["b", "a", "b", "e\u{301}", "é"].map(Text.sample)
    let token = Self.token {
      $0.scopes = scopes
      $0.access = Self.secret(3)
      $0.refresh = .empty
    }
    guard case .propose(let event, let id) = try Self.create(token, in: try Self.state()),
      case .created(let creation) = event.body
    else {
      Issue.record("not proposed")
      return
    }
    #expect(id == .sample(3) && event.token == id && event.previous == nil)
    #expect(creation.scopes == ["a", "b", "e\u{301}", "é"].map(Text.sample))
    #expect(creation.created == Self.now && creation.refresh == .empty)
    #expect(event.secrets.count == 1 && creation.access == .present(SecretDigest(1)))
  }

  @Test func `the same request gives the same token, another under its key is refused`() throws {
    let state = try Self.state()
    let again = Self.token { $0.key = IdempotencyKey(name: .sample("k"), requestDigest: 5) }
    guard case .alreadyDone(.first) = try Self.create(again, in: state, free: nil) else {
      Issue.record("done again")
      return
    }
    let other = Self.token { $0.key = IdempotencyKey(name: .sample("k"), requestDigest: 6) }
    #expect(throws: Rejection.keyReused) { try Self.create(other, in: state) }
    var deleted = try Self.state()
    try deleted.apply(
      Event(
        sequence: EventSequence(4), id: .maximum, token: .first, previous: EventSequence(1),
        actor: .system, body: .deleted))
    guard case .alreadyDone(.first) = try Self.create(again, in: deleted) else {
      Issue.record("a deleted token's request is done again")
      return
    }
  }

  @Test(arguments: [1, 2])
  func `an id is taken for ever`(id: Int64) throws {
    let state = try Self.state()
    #expect(throws: Rejection.identifierTaken(.sample(id))) {
      try Self.create(Self.token { $0.id = .sample(id) }, in: state)
    }
  }

  @Test func `after the last id only given ones are left`() throws {
    var builder = LedgerBuilder()
    try builder.append(.created(.sample()), token: .sample(.max - 1))
    #expect(builder.state.nextTokenID == .sample(.max))
    try builder.append(.created(.sample()), token: .sample(.max))
    #expect(builder.state.nextTokenID == nil)
    #expect(throws: Rejection.identifiersExhausted) {
      try Self.create(Self.token(), in: builder.state, free: builder.state.nextTokenID)
    }
    guard
      case .propose(_, .first) = try Self.create(
        Self.token { $0.id = .first }, in: builder.state, free: nil)
    else {
      Issue.record("a given id is taken")
      return
    }
    try builder.append(.created(.sample()), token: .first)
    #expect(builder.state.nextTokenID == nil && builder.state.tokenCount == 3)
  }

  // MARK: Precedence

  @Test func `of several rejections the first in the documented order is given`() throws {
    let state = try Self.state()
    var token = Self.token {
      $0.id = .sample(2)
      $0.scopes = [.empty]
      $0.characterName = Self.text(Limits.characterNameBytes + 1)
      $0.key = IdempotencyKey(name: .sample("k"), requestDigest: 6)
    }
    Self.expect(token, in: state) { if case .invalid("SCOPES", _) = $0 { true } else { false } }
    token.scopes = []
    token.key?.name = .empty
    Self.expect(token, in: state) { if case .invalid("KEY", _) = $0 { true } else { false } }
    token.key?.name = .sample("k")
    Self.expect(token, in: state) { if case .limit = $0 { true } else { false } }
    token.characterName = .empty
    Self.expect(token, in: state) { $0 == .keyReused }
    token.key = nil
    Self.expect(token, in: state) { $0 == .identifierTaken(.sample(2)) }
    token.id = nil
    Self.expect(token, in: state) { $0 == .identifiersExhausted }
  }

  private static func expect(
    _ token: NewToken, in state: borrowing LedgerState, _ isExpected: (Rejection) -> Bool
  ) {
    do throws(Rejection) {
      _ = try create(token, in: state, free: nil)
      Issue.record("taken")
    } catch {
      if !isExpected(error) { Issue.record("\(error)") }
    }
  }

  @Test func `a grant is refused in the documented order`() throws {
    let state = try Self.state()
    let full = Self.names(Limits.scopesPerToken)
    let cases: [(Int64, [Text], UInt32?, Rejection)] = [
      (
        9, [Self.text(Limits.scopeNameBytes + 1), .empty], 7,
        .invalid(argument: "SCOPES", expected: "names that are not empty")
      ),
      (
        9, [Self.text(Limits.scopeNameBytes + 1)], 7,
        .limit(what: "bytes of a scope name", maximum: Limits.scopeNameBytes)
      ),
      (9, full, 7, .tokenNotFound(.sample(9))), (2, full, 7, .tokenNotFound(.sample(2))),
      (1, full, 7, .limit(what: "scopes of a token", maximum: Limits.scopesPerToken)),
      (1, [.sample("a")], 7, .versionConflict(current: 1, expected: 7)),
    ]
    for (id, names, version, rejection) in cases {
      #expect(throws: rejection) {
        try state.decideGrant(.sample(id), scopes: names, expected: version)
      }
    }
  }

  // MARK: Granting and deleting

  @Test func `a grant names only what is new, and nothing when nothing is`() throws {
    let state = try Self.state()
    let (a, b, c, d) = (Text.sample("a"), Text.sample("b"), Text.sample("c"), Text.sample("d"))
    #expect(try state.decideGrant(.first, scopes: [b, a, b], expected: nil) == nil)
    #expect(try state.decideGrant(.first, scopes: [], expected: 1) == nil)
    let event = try state.decideGrant(.first, scopes: [d, a, c, d], expected: 1)
    #expect(event?.body == .scopesGranted([c, d]))
    #expect(event?.previous == EventSequence(1) && event?.token == .first)
  }

  @Test func `a token may be granted scopes up to the limit`() throws {
    let state = try Self.state()
    let room = Limits.scopesPerToken - 2
    let event = try state.decideGrant(.first, scopes: Self.names(room), expected: nil)
    #expect(event != nil)
    #expect(throws: Rejection.self) {
      try state.decideGrant(.first, scopes: Self.names(room + 1), expected: nil)
    }
  }

  @Test func `deleting nothing is nothing, whatever version was expected`() throws {
    let state = try Self.state()
    #expect(try state.decideDelete(.sample(2), expected: 9) == nil)
    #expect(try state.decideDelete(.sample(9)) == nil)
    #expect(throws: Rejection.versionConflict(current: 1, expected: 2)) {
      try state.decideDelete(.first, expected: 2)
    }
    #expect(try state.decideDelete(.first, expected: 1)?.body == .deleted)
  }

  @Test func `deleting many passes over what is not there`() throws {
    let state = try Self.state()
    let events = try state.decideDelete(all: [-3, 0, 1, 2, 9])
    #expect(events.map(\.token) == [.first])
    #expect(try state.decideDelete(all: []).isEmpty)
  }

  @Test func `one command deletes up to its limit`() throws {
    let state = try Self.state()
    let most = Array(Int64(1)...Int64(Limits.eventsPerCommand))
    #expect(try state.decideDelete(all: most).count == 1)
    #expect(throws: Rejection.self) { try state.decideDelete(all: most + [Int64.max]) }
  }

  @Test func `ids to delete that repeat trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = try LedgerState().decideDelete(all: [1, 1])
    }
  }
}
