// Reading the log in order, all of it or from a known commit on: what starting and looking on have
// in common. It checks every header, and every frame and commit of what it reads, that nothing is
// missing between two segments, and judges the end. It writes nothing.
//
// Cost: the log is read once in chunks of 1 MiB; per event two checks by CRC-32C and one call of
// the visitor; no allocation.

internal import LinuxIO

/// Why a replay stopped.
public enum ReplayError<Failure: Error>: Error {
  /// The log could not be read, or is damaged.
  case log(LogError)
  /// The visitor refused an event.
  case visitor(Failure)
}

/// Whether the log holds still while it is read.
enum ReplayRole {
  /// The reader holds the lock: nobody writes.
  case owner
  /// Somebody may be writing.
  case onlooker
}

/// How the last segment ends.
enum SegmentEnd: Equatable {
  /// With a trailer.
  case sealed
  /// As the verdict says.
  case open(TailVerdict)
}

/// The last segment as a replay left it.
struct LastSegment {
  let segment: SegmentFile
  let end: SegmentEnd
  /// Where the last whole write stands, a batch or the trailer; empty when there was none.
  let lastWrite: Range<Int>
  /// The number of events in the segment.
  let eventCount: UInt64
}

/// A pass over all segments.
struct Replay: ~Copyable {
  static let chunkSizeBytes = 1024 * 1024

  let storage: any LogStorage
  let options: LogOptions
  let role: ReplayRole
  /// The files of the log.
  let directory: LogDirectory
  /// The end of the log as far as it was read; none before the first segment.
  var head: LogHead?
  /// The last segment, once it was read to its end.
  var last: LastSegment?

  /// The segment being read, and its reader; none between two segments.
  var current: SegmentFile?
  var scanner: BatchScanner?
  /// The number of segments opened.
  var openedCount = 0
  /// Whether `head.chain` is right; not behind a segment that was passed over.
  var isChainKnown = true
  /// Whether the position that the replay resumes after was found in the log.
  var isPositionFound: Bool
  /// The last event that was read.
  var lastRead: UInt64 = 0
  /// How often the end of the last batch was looked at without finding another.
  var looksAtEnd = 0

  /// Starts before the first segment of a listed log.
  init(
    _ directory: LogDirectory, in storage: any LogStorage, options: LogOptions, role: ReplayRole
  ) {
    options.validate()
    self.storage = storage
    self.options = options
    self.role = role
    self.directory = directory
    isPositionFound = options.resumesAfter == nil
  }

  /// Reads to the end of the log and visits every committed event in order.
  mutating func run<Failure: Error>(
    _ visit: (LogEvent) throws(Failure) -> Void
  ) throws(ReplayError<Failure>) {
    while true {
      let next: CommittedBatch?
      do throws(LogError) {
        next = try nextBatch()
      } catch {
        throw .log(error)
      }
      guard let batch = next else { return }
      do throws(Failure) {
        try scanner?.visitEvents(of: batch, visit)
      } catch {
        throw .visitor(error)
      }
    }
  }

  /// The next batch of the log, or `nil` behind the last one.
  private mutating func nextBatch() throws(LogError) -> CommittedBatch? {
    if let end = options.endsAfter, isPositionFound, lastRead >= end { return nil }
    while true {
      guard let step = try scanner?.next() else {
        if openedCount == directory.segments.count {
          guard isPositionFound
          else { throw .otherPast(sequence: options.resumesAfter?.sequence ?? 0) }
          return nil
        }
        try openNextSegment()
        continue
      }
      switch step {
      case .batch(let batch):
        looksAtEnd = 0
        lastRead = batch.firstSequence + UInt64(batch.eventCount) - 1
        try checkPosition(lastRead, scanner?.chain ?? .start)
        return batch
      case .trailer(let offset): try endSealed(at: offset)
      case .end(let finding, let offset): try end(finding, at: offset)
      }
    }
  }
}
