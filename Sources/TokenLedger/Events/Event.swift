// What can happen to a token or to the ledger: a closed set, schema/events.md sections 2 and 3.
// An event holds facts only, and is never changed. Secrets stand in it as digests; their bytes
// travel beside it, so that an event can be shown, compared and kept without care.

/// Something that happened; never changed.
public struct Event: Hashable, Sendable {
  /// Its place in the log, from 1 without a gap.
  public var sequence: EventSequence
  /// Its id in the stream of events.
  public var id: EventID
  /// The token that it happened to; nil for events of the ledger itself.
  public var token: TokenID?
  /// The token's event before this one; nil for its first, and for events of the ledger itself.
  public var previous: EventSequence?
  /// Who asked for it.
  public var actor: Actor
  /// The event that led to it.
  public var cause: EventSequence?
  /// Why, in the words of whoever asked; at most ``Limits/reasonBytes``.
  public var reason: Text?
  /// The name of the request that it answers.
  public var key: IdempotencyKey?
  /// What happened.
  public var body: Body

  /// Puts an event together.
  public init(
    sequence: EventSequence, id: EventID, token: TokenID?, previous: EventSequence? = nil,
    actor: Actor, cause: EventSequence? = nil, reason: Text? = nil, key: IdempotencyKey? = nil,
    body: Body
  ) {
    self.sequence = sequence
    self.id = id
    self.token = token
    self.previous = previous
    self.actor = actor
    self.cause = cause
    self.reason = reason
    self.key = key
    self.body = body
  }

  /// What happened.
  ///
  /// The on-disk tags are in ``Tag``.
  public enum Body: Hashable, Sendable {
    /// A token came to be.
    case created(Creation)
    /// Scopes that the token did not have, ascending by bytes.
    case scopesGranted([Text])
    /// The durable lease: nobody else refreshes until it ends.
    case refreshStarted(Lease)
    /// A refresh succeeded.
    case refreshed(Refresh)
    /// A refresh failed.
    case refreshFailed(RefreshFailure)
    /// The token is gone from every query.
    case deleted
    /// A deleted token is back, whole.
    case restored
    /// A login gave the token new secrets.
    case loggedIn(Login)
    /// The provider was asked to revoke the token's refresh token.
    case revoked(Revocation)
    /// The token's secrets are given up: they leave the log.
    case erased
    /// The ledger was opened for writing.
    case opened(Opening)
    /// A torn tail was cut.
    case recovered(TailCut)
    /// Segments were rewritten.
    case compacted(Compaction)
    /// Segments are about to be rewritten.
    case compactionStarted(CompactionStart)
  }
}

/// Who asked for something.
public enum Actor: Hashable, Sendable {
  /// The ledger itself.
  case system
  /// A process: its uid and pid as the kernel attests them, and the name that it gave itself.
  case peer(uid: UInt32, pid: UInt32, clientName: Text?)

  /// `system`, or `uid:1000 pid:42` and the client's name if it has one.
  public var text: String {
    switch self {
    case .system: return "system"
    case .peer(let uid, let pid, let name):
      let process = "uid:\(uid) pid:\(pid)"
      return name.map { "\(process) \($0.string)" } ?? process
    }
  }
}

/// The name of a request, and what it asked for.
public struct IdempotencyKey: Hashable, Sendable {
  /// The name: 1 to ``Limits/keyBytes`` bytes.
  public var name: Text
  /// A digest of the request, by which another request under the same name is noticed.
  public var requestDigest: UInt64

  /// Puts a key together.
  public init(name: Text, requestDigest: UInt64) {
    self.name = name
    self.requestDigest = requestDigest
  }
}
