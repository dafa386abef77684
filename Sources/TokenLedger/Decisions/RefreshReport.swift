// What whoever refreshed a token tells of it: a worker that holds the lease, or an application
// that asked the provider itself. Already parsed; secrets are on their way to the log.
// Invariant: nothing here decides. Whether an outcome counts is `LedgerState`'s question.

/// A refresh that succeeded, as it is told.
public struct RefreshReport: Sendable {
  /// The new access token.
  public var access: SecretInput
  /// The refresh token of the answer; nil: there was none in it, and the old one stays.
  public var refresh: SecretInput?
  /// The owner that the access token names; nil when nobody looked.
  public var ownerHash: Text?
  /// When the answer came; nil: now.
  public var at: UnixTime?
  /// Whether the access token could not be validated.
  public var isUnverified = false

  /// A refresh that gave `access` and nothing else.
  public init(access: SecretInput) {
    self.access = access
  }
}

/// A refresh that failed, as it is told.
public struct FailureReport: Sendable {
  /// Which kind of failure.
  public var failureClass: RefreshFailure.Class
  /// The provider's error code or the worker's, such as `invalid_grant`.
  public var code: Text
  /// How long the provider asked to wait, in milliseconds; 0 for not.
  public var retryAfterMilliseconds: UInt64 = 0
  /// A refresh token that the provider gave before the failure: the old one may not work any more.
  public var rotated: SecretInput?

  /// A failure of a kind, with its code.
  public init(_ failureClass: RefreshFailure.Class, code: Text) {
    self.failureClass = failureClass
    self.code = code
  }
}

/// What asking for a lease comes to.
public enum LeaseDecision: Sendable {
  /// The event that grants the lease; its sequence will be the fence.
  case propose(ProposedEvent)
  /// Somebody holds the lease.
  case held(HeldLease)
}

/// What an outcome comes to.
public enum OutcomeDecision: Sendable {
  /// The token is refreshed.
  case refreshed([ProposedEvent])
  /// The refresh failed; the token goes on.
  case failed([ProposedEvent])
  /// The refresh failed for good; nobody wanted the token ended by that, and it goes on.
  case refused([ProposedEvent])
  /// The refresh failed for good: the token ends.
  case ended([ProposedEvent])
  /// The refresh failed for good, but the token is held back.
  case heldBack([ProposedEvent])
  /// The lease has moved on: the outcome is refused, and only told in the history.
  case late([ProposedEvent])

  /// What is to be written, in order and together.
  public var events: [ProposedEvent] {
    switch self {
    case .refreshed(let events), .failed(let events), .refused(let events), .ended(let events),
      .heldBack(let events), .late(let events):
      events
    }
  }
}
