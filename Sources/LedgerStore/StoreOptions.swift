// How a ledger is opened, and on whose behalf events are written to it.
// None of the options changes what the events amount to: the same log gives the same state under
// all of them. Set once, before the ledger is opened; a store never changes its own.

public import EventLog
public import TokenLedger

/// The settings of an open ledger.
public struct StoreOptions: Sendable {
  /// What time it is.
  public var clock = LedgerClock.system
  /// Where the keys are under which secrets are sealed, for a ledger in a directory.
  public var keys = KeySource.inDirectory
  /// How the log is written.
  public var log = LogOptions()
  /// The id of the ledger if there is none yet; nil: a random one.
  public var newLedgerID: LedgerID?
  /// Spoils prepared hash collisions; it changes no answer and no digest.
  public var seed: UInt64 = 0
  /// The version that `opened` events name.
  public var programVersion = Text.empty

  /// The standard settings.
  public init() {}
}

/// For whom and why something is written: what the store adds to each event.
public struct Origin: Hashable, Sendable {
  /// Who asked.
  public var actor: Actor
  /// Why, in the words of whoever asked.
  public var reason: Text?
  /// The event that led to it.
  public var cause: EventSequence?

  /// Puts an origin together.
  public init(actor: Actor, reason: Text? = nil, cause: EventSequence? = nil) {
    self.actor = actor
    self.reason = reason
    self.cause = cause
  }
}
