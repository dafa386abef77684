// The settings of a log. None of them changes the format: a log written with one set of options
// is read and continued with any other. The defaults suit a daemon; the tests choose small ones,
// to reach rotation and the end of the room soon.

/// How a log is written and replayed.
public struct LogOptions: Sendable {
  /// A batch that would make a segment larger than this, its trailer included, goes to a new one.
  ///
  /// A batch larger than this has a segment for itself.
  public var segmentSizeBytes = 64 * 1024 * 1024

  /// How much zero-filled room a segment is given at first.
  public var firstRoomSizeBytes = 256 * 1024

  /// Each further room is twice the one before, up to this.
  public var largestRoomSizeBytes = 8 * 1024 * 1024

  /// The low-water mark: the log takes room only while the file system keeps at least this many
  /// bytes free afterwards; 0: it takes what there is.
  ///
  /// Below the mark a batch that does not fit into the room that the segment has is refused, as on
  /// a full disk.
  public var lowWaterBytes = 0

  /// Where the replay resumes; nil: at the start of the log.
  ///
  /// For a start from a snapshot. Of segments before the one that holds the next event only the
  /// headers are read. The first events visited may still be before the position: those in the
  /// segment that holds it.
  public var resumesAfter: LogPosition?

  /// The commit after which the replay ends, by its last event; nil: at the end of the log.
  public var endsAfter: UInt64?

  /// Whether the replay computes the hash chain anew and compares it: the verifier's work.
  public var checksChain = false

  /// The default settings.
  public init() {}
}

/// The end of a log at some moment, which it must have had.
public struct LogPosition: Equatable, Sendable {
  /// The ledger that the log belongs to.
  public let ledger: LedgerID
  /// The sequence of the last event of a batch; 0: before the first.
  public let sequence: UInt64
  /// The chain value after that batch.
  public let chain: ChainValue

  /// Names a position, as learnt from a `LogHead`.
  public init(ledger: LedgerID, sequence: UInt64, chain: ChainValue) {
    self.ledger = ledger
    self.sequence = sequence
    self.chain = chain
  }
}

extension LogHead {
  /// The position that the end of the log is at.
  public var position: LogPosition {
    LogPosition(ledger: ledger, sequence: lastSequence, chain: chain)
  }
}

extension LogOptions {
  /// The largest segment that locations of four bytes can reach into.
  static let segmentSizeLimitBytes = 1 << 31

  /// Traps on settings that no log can have.
  func validate() {
    precondition(firstRoomSizeBytes > 0, "a room must hold something")
    precondition(largestRoomSizeBytes >= firstRoomSizeBytes, "rooms never shrink")
    precondition(lowWaterBytes >= 0, "a low-water mark below nothing")
    precondition(
      segmentSizeBytes > LogFormat.headerSizeBytes
        && segmentSizeBytes <= Self.segmentSizeLimitBytes, "segment size out of range")
  }
}
