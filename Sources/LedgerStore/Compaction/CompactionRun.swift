// A compaction under way: what was asked for, how far it is, what it freed so far.
//
//   ending ──> announcing ──> collecting ──> working, segment by segment ──> concluding
//   deleted    in a new       the secrets    the thread's tasks              `compacted`
//   tokens     segment        that stay
//
// Invariant: `erased` is durable before a byte goes; each segment is the old one or the new one,
// both whole, so that a compaction may be cut off anywhere and another one does the rest.

import EventLog
public import TokenLedger

/// What is to be taken out of the log.
public struct CompactionRequest: Sendable {
  /// Whose secrets.
  public enum Scope: Hashable, Sendable {
    /// Those that no token has any more, also of tokens deleted longer ago than the grace period.
    case dead
    /// All of one token.
    case token(TokenID)
  }

  /// Whose secrets.
  public var scope: Scope
  /// Who asked, and why.
  public var origin: Origin
  /// How long a deleted token keeps its secrets, in milliseconds.
  public var graceMilliseconds: Int64 = Self.standardGraceMilliseconds
  /// How long access tokens are valid; one that expired longer ago than the grace period goes.
  public var validDuration = ValidDuration.standard
  /// How much is read and written a second, in bytes; 0: as much as the disk gives.
  public var bytesPerSecond = 0
  /// Whether to say only what would be freed.
  public var isDryRun = false

  /// Seven days.
  public static let standardGraceMilliseconds: Int64 = 7 * 24 * 3_600_000

  /// A compaction with the standard settings.
  public init(_ scope: Scope, origin: Origin) {
    self.scope = scope
    self.origin = origin
  }
}

/// What a compaction did, or would do.
public struct CompactionSummary: Equatable, Sendable {
  /// How many segments were looked at.
  public internal(set) var segmentCount = 0
  /// How many of them were rewritten.
  public internal(set) var rewrittenCount = 0
  /// How many secrets were erased.
  public internal(set) var secretCount = 0
  /// How many deleted tokens gave their secrets up, as their grace was over.
  public internal(set) var tokenCount = 0
  /// The size of the rewritten segments before, in bytes.
  public internal(set) var bytesBefore = 0
  /// Their size after, in bytes.
  public internal(set) var bytesAfter = 0
}

/// Why a compaction ended early; what it did until then holds.
public enum CompactionFailure: Error, Equatable, Sendable {
  /// The log could not be read or written. The ledger goes on.
  case store(StoreError)
  /// An event could not be appended.
  case rejected(Rejection)
  /// It was told to stop.
  case stopped
}

/// How far a compaction is.
struct CompactionRun {
  enum Stage {
    /// Looks for deleted tokens from this row on whose last event is before the sequence.
    case ending(row: Int, before: EventSequence)
    case announcing
    /// Waits until the event is durable that the new segment begins with.
    case waiting(EventSequence)
    /// Gathers the secrets that tokens have from this row on.
    case collecting(row: Int)
    /// A task is with the thread.
    case working
    /// Waits until no past state is being read from the segment's old file.
    case installing(RewrittenSegment)
    /// Waits until `compacted` is durable.
    case concluding(EventSequence)
  }

  let request: CompactionRequest
  var stage: Stage
  var summary = CompactionSummary()
  /// Whether events of it were given up for want of room.
  var abandonedFile: String?
  /// The event that announces it.
  var start: EventSequence
  var plan: ErasurePlan?
  /// The segments to be looked at, and how many were.
  var segments: [String] = []
  var segmentsDone = 0
  /// When the secrets of tokens that are still deleted are dead, for a dry run.
  var deletionLimit = EventSequence.zero

  /// Notes that everything in flight was given up; where that was an event of this, it fails.
  mutating func noteAbandoned(file: String) {
    switch stage {
    case .ending, .waiting, .concluding: abandonedFile = file
    case .announcing, .collecting, .working, .installing: break
    }
  }
}
