// Starting to write: read the log from where its options say, mend what an interrupted write left
// behind it, and hand over the writer. Whoever calls this holds the lock. `schema/log.md`, part 4.
//
// Invariant: nothing is changed before all of that was read and found good, and each step of
// the mending leaves a log that the next start reads to the same end.

internal import LinuxIO

/// A tail that a start cut off, kept beside the log.
public struct KeptTail: Equatable, Sendable {
  /// The segment that it was cut off from.
  public let segment: String
  /// Where it started there.
  public let offset: Int
  /// How many bytes were cut off.
  public let sizeBytes: Int
  /// The file that holds it.
  public let file: String
}

/// What a start found and did.
public struct Recovery: Equatable, Sendable {
  /// Whether there was no log, and its first segment was made.
  public let isNew: Bool
  /// The tail that this start cut off, if there was one.
  public let cut: KeptTail?
  /// All tails that were ever cut off, this one included.
  ///
  /// A start may die between the cut and the event that tells of it: the owner tells of each tail
  /// that no event has told of.
  public let keptTails: [KeptTail]
}

/// A log ready to be written.
public struct OpenedLog: ~Copyable, Sendable {
  /// What the start found and did.
  public let recovery: Recovery
  private let writer: SegmentWriter

  init(_ writer: consuming SegmentWriter, recovery: Recovery) {
    self.recovery = recovery
    self.writer = writer
  }

  /// The writer, which continues where the visited events end.
  public consuming func takeWriter() -> SegmentWriter {
    writer
  }
}

/// Opens logs for writing.
///
/// Once the log was read, from where its options say, and found good:
///
/// 1. unfinished files are removed;
/// 2. a torn tail is copied, the copy synced, and only then the tail cut off and the cut synced;
/// 3. else the last write is written again in place and synced: the last writer may have died
///    between its write and its sync, or its sync may have failed. What is shown from here on is
///    on the disk, and not only in the kernel's memory;
/// 4. in an empty directory, the first segment is made.
///
/// Each step leaves a log that the next start reads to the same end, so each may be interrupted.
public enum LogOpening {
  /// Reads the log in `storage`, mends its end, and gives its writer.
  ///
  /// - Parameters:
  ///   - storage: The log's directory; its owner holds the lock.
  ///   - options: How the log is replayed and written.
  ///   - newLedger: The id of the ledger if there is none yet.
  ///   - nowMicroseconds: The time for a first segment, in microseconds since 1970.
  ///   - visit: Sees each committed event in order, before anything is mended.
  /// - Returns: the writer, and what was mended.
  /// - Throws: `ReplayError.log` with `damaged`, `system`, `writeFailed` or `noRoomForTail`; where
  ///   there is no log yet, with `diskFull` or `belowLowWater`; or what `visit` threw. The
  ///   committed log is as it was; a later start may try again.
  /// - Complexity: O(size of the log).
  public static func open<Failure: Error>(
    _ storage: any LogStorage, options: LogOptions = LogOptions(), newLedger: LedgerID,
    nowMicroseconds: Int64, _ visit: (LogEvent) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) -> OpenedLog {
    let directory: LogDirectory
    do throws(LogError) {
      directory = try LogDirectory(storage)
    } catch {
      throw .log(error)
    }
    var replay = Replay(directory, in: storage, options: options, role: .owner)
    try replay.run(visit)
    do throws(LogError) {
      let mending = LogMending(storage: storage, directory: directory)
      guard let head = replay.head, let last = replay.last else {
        try mending.removeUnfinished()
        return try start(mending, options, newLedger, nowMicroseconds: nowMicroseconds)
      }
      return try resume(mending, options, head, last)
    } catch {
      throw .log(error)
    }
  }

  /// Makes the first segment of a new log.
  private static func start(
    _ mending: LogMending, _ options: LogOptions, _ ledger: LedgerID, nowMicroseconds: Int64
  ) throws(LogError) -> OpenedLog {
    let head = LogHead(ledger: ledger, segment: 0, lastSequence: 0, chain: .start)
    var writer = SegmentWriter(
      storage: mending.storage, options: options, head: head, segment: nil)
    _ = try writer.openSegment(for: 0, nowMicroseconds: nowMicroseconds)
    let recovery = Recovery(isNew: true, cut: nil, keptTails: try mending.keptTails())
    return OpenedLog(writer, recovery: recovery)
  }

  /// Mends the end of the log and continues it.
  private static func resume(
    _ mending: LogMending, _ options: LogOptions, _ head: LogHead, _ last: LastSegment
  ) throws(LogError) -> OpenedLog {
    try mending.removeUnfinished()
    var cut: KeptTail?
    if case .open(.torn(let end)) = last.end {
      cut = try mending.cutTail(of: last.segment, at: last.lastWrite.upperBound, end: end)
    } else {
      try mending.rewrite(last.lastWrite, of: last.segment)
    }
    let segment = last.end == .sealed ? nil : try continued(last, options)
    let writer = SegmentWriter(
      storage: mending.storage, options: options, head: head, segment: segment)
    let recovery = Recovery(isNew: false, cut: cut, keptTails: try mending.keptTails())
    return OpenedLog(writer, recovery: recovery)
  }

  /// The last segment, to be appended to.
  private static func continued(
    _ last: LastSegment, _ options: LogOptions
  ) throws(LogError) -> OpenSegment {
    OpenSegment(
      file: last.segment.file, name: last.segment.name, check: last.segment.check,
      offset: last.lastWrite.upperBound, roomEnd: try last.segment.sizeBytes(),
      eventCount: last.eventCount, room: SegmentRoom(options))
  }
}
