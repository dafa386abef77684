import TestSupport
import TokenLedger

/// Random events that fit, drawn from small sets of values so that tokens meet often; everything
/// follows from the seed.
struct RandomHistory: ~Copyable {
  var builder: LedgerBuilder
  private(set) var model = LedgerModel()
  private var generator: SeededGenerator

  static let validity = Validity(
    now: UnixTime(clampingMicroseconds: 2_000_000_000), duration: .standard)
  /// Scopes whose numbers collide modulo 64, and two that Swift's String cannot tell apart.
  static let scopes =
    (0..<150).map { Text.sample("s\($0)") } + ["é", "e\u{301}", "a b"].map(Text.sample)
  /// Around the boundary of `validity`, to the microsecond.
  static let times = [0, 829_999_999, 830_000_000, 830_000_001, 2_000_000_000, -5, 840_000_000]
    .map { UnixTime(clampingMicroseconds: $0) }

  init(seed: UInt64, tableSeed: UInt64 = 0) {
    generator = SeededGenerator(seed: seed)
    builder = LedgerBuilder(seed: tableSeed)
  }

  /// Appends one event that fits.
  mutating func step() throws {
    if model.tokens.count < 12 || oneIn(5) { return try create() }
    guard
      let entry = model.tokens.values.sorted(by: { $0.id < $1.id })
        .randomElement(using: &generator)
    else { return }
    let canReturn = entry.isDeleted ? !entry.isErased : entry.heldBack != nil
    if canReturn, oneIn(2) {
      return try append(.restored, entry.id)
    }
    if oneIn(20) { return try append(.revoked(someRevocation()), entry.id) }
    if oneIn(20) { return try append(.erased, entry.id) }
    guard !entry.isDeleted else { return }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: try append(.deleted, entry.id)
    case 1: try append(.scopesGranted(someScopes().sorted()), entry.id)
    case 2:
      try append(.refreshStarted(Lease(end: someTime(), attempt: UInt32(entry.version))), entry.id)
    case 3, 4: try append(.refreshed(someRefresh(entry)), entry.id)
    case 5: try append(.refreshFailed(someFailure(entry)), entry.id)
    case 6: try append(.loggedIn(someLogin()), entry.id)
    default: try append(.opened(Opening(formatVersion: 1, programVersion: .empty)), nil)
    }
  }

  private mutating func create() throws {
    var id = Int64.random(in: 1...400, using: &generator)
    while model.tokens[id] != nil { id += 1 }
    let creation = Creation.sample(
      character: Int64.random(in: -2...6, using: &generator), name: "n\(pick(5))",
      owner: "o\(pick(4))", user: oneIn(3) ? nil : "u\(pick(4))",
      scopes: someScopes().map(\.string), created: someTime().microseconds,
      type: oneIn(3) ? .corporation : .character, access: someSecret(), refresh: someSecret())
    let key = IdempotencyKey(name: .sample("key \(id)"), requestDigest: generator.next())
    try append(.created(creation), id, key: oneIn(4) ? key : nil)
  }

  private mutating func append(
    _ body: Event.Body, _ id: Int64?, key: IdempotencyKey? = nil
  ) throws {
    model.apply(try builder.append(body, token: id.map(TokenID.sample), key: key))
  }

  // MARK: Values

  mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  mutating func oneIn(_ count: Int) -> Bool { pick(count) == 0 }

  /// Mostly few, of the first few scopes; sometimes many of all.
  mutating func someScopes() -> Set<Text> {
    let isWide = oneIn(8)
    let count = pick(isWide ? 90 : 4)
    return Set((0..<count).map { _ in Self.scopes[pick(isWide ? Self.scopes.count : 5)] })
  }

  private mutating func someTime() -> UnixTime { Self.times[pick(Self.times.count)] }

  private mutating func someSecret() -> RecordedSecret {
    [.null, .empty, .present(SecretDigest(generator.next()))][pick(3)]
  }

  private mutating func someRefresh(_ entry: LedgerModel.Entry) -> Refresh {
    Refresh(
      fence: oneIn(2) ? nil : entry.fence, created: someTime(), access: someSecret(),
      refresh: oneIn(2) ? someSecret() : nil, isUnverified: oneIn(2))
  }

  private mutating func someLogin() -> Login {
    Login(
      created: someTime(), ownerHash: .sample("o\(pick(4))"), access: someSecret(),
      refresh: someSecret())
  }

  private mutating func someRevocation() -> Revocation {
    oneIn(2)
      ? Revocation(failureClass: nil, code: .empty)
      : Revocation(failureClass: .unavailable, code: .sample("http_503"))
  }

  private mutating func someFailure(_ entry: LedgerModel.Entry) -> RefreshFailure {
    RefreshFailure(
      fence: [nil, entry.fence, EventSequence(1)][pick(3)],
      failureClass: oneIn(2) ? .definite : .incomplete, code: .sample("code"),
      retryAfterMilliseconds: 0, rotated: oneIn(2) ? someSecret() : nil)
  }
}
