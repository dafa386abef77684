// What each kind of event says beyond the envelope: schema/events.md section 3, field by field.
// Plain values without rules: the decoder refuses what cannot be, `apply` what does not fit.
// An optional secret (`refresh`, `rotated`) is nil when the token keeps the one that it has, which
// is not the same as a recorded null.

/// The values of a new token.
public struct Creation: Hashable, Sendable {
  /// Whose token it is at the provider.
  public var character: CharacterID
  /// The character's name; at most ``Limits/characterNameBytes``.
  public var characterName: Text
  /// The provider's mark of the account that owns the character.
  public var ownerHash: Text
  /// Character or corporation.
  public var type: TokenType
  /// The application's user, opaque; nil for none.
  public var user: Text?
  /// Distinct names, ascending by bytes.
  public var scopes: [Text]
  /// When the login or the last refresh was.
  public var created: UnixTime
  /// The version of the provider's SSO: 0 to ``Limits/ssoVersion``.
  public var ssoVersion: UInt16
  /// The access token's digest.
  public var access: RecordedSecret
  /// The refresh token's digest.
  public var refresh: RecordedSecret

  /// Puts the values together; `scopes` must be distinct and ascending.
  public init(
    character: CharacterID, characterName: Text, ownerHash: Text, type: TokenType, user: Text?,
    scopes: [Text], created: UnixTime, ssoVersion: UInt16, access: RecordedSecret,
    refresh: RecordedSecret
  ) {
    self.character = character
    self.characterName = characterName
    self.ownerHash = ownerHash
    self.type = type
    self.user = user
    self.scopes = scopes
    self.created = created
    self.ssoVersion = ssoVersion
    self.access = access
    self.refresh = refresh
  }
}

/// The right to refresh a token, held by one worker for some time.
public struct Lease: Hashable, Sendable {
  /// When the lease ends by itself.
  public var end: UnixTime
  /// The how-manieth attempt in a row, from 1.
  public var attempt: UInt32

  /// Puts a lease together.
  public init(end: UnixTime, attempt: UInt32) {
    self.end = end
    self.attempt = attempt
  }
}

/// A refresh that succeeded.
public struct Refresh: Hashable, Sendable {
  /// The `refreshStarted` it answers; nil for a refresh that was made elsewhere and only told.
  public var fence: EventSequence?
  /// The token's new `created`.
  public var created: UnixTime
  /// The new access token's digest.
  public var access: RecordedSecret
  /// The new refresh token's digest; nil: the old one stays.
  public var refresh: RecordedSecret?
  /// Whether the access token could not be validated.
  public var isUnverified: Bool

  /// Puts the outcome together.
  public init(
    fence: EventSequence?, created: UnixTime, access: RecordedSecret, refresh: RecordedSecret?,
    isUnverified: Bool
  ) {
    self.fence = fence
    self.created = created
    self.access = access
    self.refresh = refresh
    self.isUnverified = isUnverified
  }
}

/// A refresh that failed.
public struct RefreshFailure: Hashable, Sendable {
  /// The classes of failure.
  ///
  /// On-disk values, never renumbered.
  public enum Class: UInt8, Sendable, CaseIterable {
    /// The token is not valid any more.
    case definite = 1
    /// The application is not set up rightly; nothing ends.
    case configuration = 2
    /// An unusable answer; nothing ends.
    case incomplete = 3
    /// No answer, after retries; nothing ends.
    case unavailable = 4
    /// As definite, of a token that nobody wanted ended by a failure; nothing ends.
    case refused = 5

    /// The word in the protocol.
    public var word: StaticString {
      switch self {
      case .definite: "definite"
      case .configuration: "configuration"
      case .incomplete: "incomplete"
      case .unavailable: "unavailable"
      case .refused: "refused"
      }
    }
  }

  /// The `refreshStarted` it answers; nil for a failure that was only told.
  public var fence: EventSequence?
  /// Which kind of failure.
  public var failureClass: Class
  /// The provider's error code or the worker's, such as `invalid_grant`.
  public var code: Text
  /// How long the provider asked to wait, in milliseconds; 0 for not.
  public var retryAfterMilliseconds: UInt64
  /// A refresh token that the provider gave before the failure.
  public var rotated: RecordedSecret?

  /// Puts the outcome together.
  public init(
    fence: EventSequence?, failureClass: Class, code: Text, retryAfterMilliseconds: UInt64,
    rotated: RecordedSecret?
  ) {
    self.fence = fence
    self.failureClass = failureClass
    self.code = code
    self.retryAfterMilliseconds = retryAfterMilliseconds
    self.rotated = rotated
  }
}

/// A login of the token's character, with its scopes, by its user.
public struct Login: Hashable, Sendable {
  /// The token's new `created`.
  public var created: UnixTime
  /// The owner that the access token names: the character may have changed hands.
  public var ownerHash: Text
  /// The new access token's digest.
  public var access: RecordedSecret
  /// The new refresh token's digest.
  public var refresh: RecordedSecret

  /// Puts the values together.
  public init(
    created: UnixTime, ownerHash: Text, access: RecordedSecret, refresh: RecordedSecret
  ) {
    self.created = created
    self.ownerHash = ownerHash
    self.access = access
    self.refresh = refresh
  }
}

/// What came of asking the provider to revoke a refresh token.
public struct Revocation: Hashable, Sendable {
  /// Which kind of failure; nil: the refresh token is worth nothing any more.
  public var failureClass: RefreshFailure.Class?
  /// The provider's error code or the worker's; empty where there is no failure.
  public var code: Text

  /// Puts the outcome together.
  public init(failureClass: RefreshFailure.Class?, code: Text) {
    self.failureClass = failureClass
    self.code = code
  }
}

/// The ledger was opened for writing.
public struct Opening: Hashable, Sendable {
  /// The log's format version.
  public var formatVersion: UInt64
  /// The program's version.
  public var programVersion: Text

  /// Puts the facts together.
  public init(formatVersion: UInt64, programVersion: Text) {
    self.formatVersion = formatVersion
    self.programVersion = programVersion
  }
}

/// A torn tail was cut from a segment.
public struct TailCut: Hashable, Sendable {
  /// The segment's file name.
  public var segment: Text
  /// Where it was cut, in bytes from its start.
  public var offset: UInt64
  /// How many bytes were cut; they are kept beside the segment.
  public var bytesCut: UInt64

  /// Puts the facts together.
  public init(segment: Text, offset: UInt64, bytesCut: UInt64) {
    self.segment = segment
    self.offset = offset
    self.bytesCut = bytesCut
  }
}

/// Segments are about to be rewritten without their dead secrets.
public struct CompactionStart: Hashable, Sendable {
  /// For how long a deleted token has kept its secrets, in milliseconds.
  public var graceMilliseconds: UInt64

  /// Puts the facts together.
  public init(graceMilliseconds: UInt64) {
    self.graceMilliseconds = graceMilliseconds
  }
}

/// Segments were rewritten without their dead secrets.
public struct Compaction: Hashable, Sendable {
  /// The first sequence that was rewritten.
  public var first: EventSequence
  /// The last sequence that was rewritten.
  public var last: EventSequence
  /// Bytes before.
  public var bytesBefore: UInt64
  /// Bytes after.
  public var bytesAfter: UInt64

  /// Puts the facts together.
  public init(first: EventSequence, last: EventSequence, bytesBefore: UInt64, bytesAfter: UInt64) {
    self.first = first
    self.last = last
    self.bytesBefore = bytesBefore
    self.bytesAfter = bytesAfter
  }
}
