// Makes states from events without a log: what the domain's tests start from.

public import TokenLedger

/// Builds a state event by event, giving each the place, id and predecessor that it needs.
public struct LedgerBuilder: ~Copyable {
  /// The state so far.
  public var state: LedgerState
  /// The events so far.
  public private(set) var events: [Event] = []

  /// Starts with an empty ledger.
  public init(seed: UInt64 = 0) {
    state = LedgerState(seed: seed)
  }

  /// The state that was built.
  public consuming func takeState() -> LedgerState { state }

  /// Applies what happened to `token` and returns the event.
  @discardableResult
  public mutating func append(
    _ body: Event.Body, token: TokenID?, key: IdempotencyKey? = nil
  ) throws -> Event {
    let event = Event(
      sequence: state.lastSequence.next, id: state.lastEventID.following(at: .epoch), token: token,
      previous: token.flatMap { state.tokenEvenIfDeleted($0)?.lastEvent }, actor: .system, key: key,
      body: body)
    try state.apply(event)
    events.append(event)
    return event
  }
}

extension Creation {
  /// A creation with values for what a test does not care about.
  public static func sample(
    character: Int64 = 1, name: String = "Pilot", owner: String = "owner", user: String? = nil,
    scopes: [String] = [], created: Int64 = 0, type: TokenType = .character,
    access: RecordedSecret = .empty, refresh: RecordedSecret = .null
  ) -> Creation {
    Creation(
      character: CharacterID(character), characterName: .sample(name), ownerHash: .sample(owner),
      type: type, user: user.map(Text.sample), scopes: Set(scopes.map(Text.sample)).sorted(),
      created: UnixTime(clampingMicroseconds: created), ssoVersion: 2, access: access,
      refresh: refresh)
  }
}

extension Text {
  /// The text of a literal that a test knows to be right.
  public static func sample(_ string: String) -> Text {
    guard let text = Text(string) else { preconditionFailure("a sample text holds U+0000") }
    return text
  }
}

extension TokenID {
  /// The id of a literal that a test knows to be right.
  public static func sample(_ number: Int64) -> TokenID {
    guard let id = TokenID(number) else { preconditionFailure("a sample id is below 1") }
    return id
  }
}
