// What may be asked of the ledger, already parsed, and what is to be written for it.
// Invariant: a proposal holds everything of its event but place, id and actor, and the bytes of its
// present secrets in the order of the event's sections (schema/events.md section 2).

/// The values of a new token, as a command brings them.
public struct NewToken: Sendable {
  /// The id to keep (an import); nil: the ledger gives one.
  public var id: TokenID?
  /// Whose token it is at the provider.
  public var character: CharacterID
  /// The character's name.
  public var characterName: Text
  /// The provider's mark of the account that owns the character.
  public var ownerHash: Text
  /// Character or corporation.
  public var type = TokenType.character
  /// The application's user; nil for none.
  public var user: Text?
  /// Names in any order; repeats count once.
  public var scopes: [Text] = []
  /// When the login or the last refresh was; nil: now.
  public var created: UnixTime?
  /// The version of the provider's SSO.
  public var ssoVersion: UInt16 = 2
  /// The access token.
  public var access = SecretInput.empty
  /// The refresh token.
  public var refresh = SecretInput.null
  /// The name of the request, under which it is carried out once.
  public var key: IdempotencyKey?

  /// A token with what must be said; the rest has its defaults.
  public init(character: CharacterID, characterName: Text, ownerHash: Text) {
    self.character = character
    self.characterName = characterName
    self.ownerHash = ownerHash
  }
}

/// An event that the ledger decided on: it lacks only its place, its id and its actor.
public struct ProposedEvent: Sendable {
  /// The token that it happens to; nil for the ledger itself.
  public var token: TokenID?
  /// The token's event before it.
  public var previous: EventSequence?
  /// The name of the request.
  public var key: IdempotencyKey?
  /// What happens.
  public var body: Event.Body
  /// The bytes of the present secrets, in the order of ``Event/secrets``.
  public var secrets: [Secret]

  /// Puts a proposal together.
  public init(
    token: TokenID?, previous: EventSequence? = nil, key: IdempotencyKey? = nil, body: Event.Body,
    secrets: [Secret] = []
  ) {
    self.token = token
    self.previous = previous
    self.key = key
    self.body = body
    self.secrets = secrets
  }
}

/// What creating a token comes to.
public enum CreateDecision: Sendable {
  /// The event to write.
  case propose(ProposedEvent, TokenID)
  /// The same request was carried out before; this is its token.
  case alreadyDone(TokenID)
}
