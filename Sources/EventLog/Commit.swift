// What a durable batch is known by afterwards, and where the log ends. A `Commit` is made only
// after its batch was synced: to hold one is to know that the events may be acknowledged.
//
// Plain values, handed from the log's thread to the loop's with the batch.

/// A batch that is on the disk.
public struct Commit: Equatable, Sendable {
  /// The sequence of the batch's first event.
  public let firstSequence: UInt64
  /// The sequence of the batch's last event.
  public let lastSequence: UInt64
  /// The number of the segment that holds the batch.
  public let segment: UInt32
  /// The offset of the batch's first frame in the segment's file.
  public let offset: Int
  /// The size of the batch with its commit frame.
  public let sizeBytes: Int
  /// The chain value after the batch.
  public let chain: ChainValue

  /// Where an event of the batch stands, given its `LogBatch.offset(ofEvent:)`.
  public func location(ofEventAt offsetInBatch: Int) -> LogLocation {
    LogLocation(segment: segment, offset: UInt32(offset + offsetInBatch))
  }
}

/// The end of the committed log: kept elsewhere, it shows whether anything was lost since.
public struct LogHead: Equatable, Sendable {
  /// The ledger that the log belongs to.
  public let ledger: LedgerID
  /// The number of the last segment; 0 when there is none.
  public internal(set) var segment: UInt64
  /// The sequence of the last event; 0 when there is none.
  public internal(set) var lastSequence: UInt64
  /// The chain value after the last batch.
  public internal(set) var chain: ChainValue

  /// The sequence that the next event gets.
  public var nextSequence: UInt64 { lastSequence + 1 }
}
