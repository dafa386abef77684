// Events read back at known places, for histories and for streams, while the writer goes on. It is
// given places of durable events only; what stands there never changes, so no lock is needed. Each
// frame's checks are verified again: a read never returns what the disk has changed.
//
// Cost of one event: one pread of 4 KiB, unless the event is larger; a few segments stay open.

internal import Bytes
internal import LinuxIO

/// Reads durable events at any place of the log.
public struct LogReader: ~Copyable {
  private let storage: any LogStorage
  /// Segments that were read lately, the latest last.
  private var open: [SegmentFile] = []
  /// All segments' names; the name of the segment with number n stands at n - 1.
  private var names: [String] = []

  /// At most this many segments are kept open.
  public static let openSegmentLimit = 8
  /// What is read at once for a single event, for a few, and for many in a row.
  private static let singleChunkBytes = 4 * 1024
  private static let fewChunkBytes = 8 * 1024
  private static let rowChunkBytes = 64 * 1024
  /// Up to so many events are few: what an index leaves to be passed over.
  private static let fewEvents: UInt64 = 32

  /// Reads from the log in `storage`; nothing is read yet.
  public init(storage: any LogStorage) {
    self.storage = storage
  }

  /// Forgets a segment that was rewritten: places in it are others now.
  public mutating func forget(segment number: UInt32) {
    open.removeAll { $0.header.number == UInt64(number) }
  }

  /// Reads one event.
  ///
  /// - Parameters:
  ///   - location: Where the event stands, as learnt from a replay or a commit.
  ///   - sequence: The event's sequence, for `LogEvent.sequence`.
  ///   - body: Sees the event.
  /// - Returns: what `body` returned.
  /// - Throws: `damaged` when no event stands there any more; `system`.
  public mutating func read<Result>(
    at location: LogLocation, sequence: UInt64, _ body: (LogEvent) -> Result
  ) throws(LogError) -> Result {
    let segment = try segment(number: location.segment)
    var source = SegmentSource(segment, chunkSizeBytes: Self.singleChunkBytes)
    let offset = Int(location.offset)
    let head = try source.goodFrame(at: offset)
    guard head.kind == .event else {
      throw .damaged(file: segment.name, offset: offset, .missingFrame)
    }
    return try source.withEvent(head, at: location, sequence: sequence, body)
  }

  /// Reads events in order, from a known place on.
  ///
  /// - Parameters:
  ///   - location: Where the first event stands.
  ///   - sequence: The first event's sequence.
  ///   - lastSequence: Where to stop; not beyond what is durable.
  ///   - body: Sees each event, and says whether it wants the next.
  /// - Throws: `damaged` when the events are not there; `system`.
  public mutating func read(
    from location: LogLocation, sequence: UInt64, through lastSequence: UInt64,
    _ body: (LogEvent) -> Bool
  ) throws(LogError) {
    var place = location
    var next = sequence
    while next <= lastSequence {
      let segment = try segment(number: place.segment)
      let isDone = try Self.read(segment, from: place, &next, through: lastSequence, body)
      if isDone { return }
      place = LogLocation(firstOf: place.segment + 1)
    }
  }

  /// Reads events up to the end of a segment.
  ///
  /// - Returns: whether no more events are wanted.
  private static func read(
    _ segment: SegmentFile, from place: LogLocation, _ next: inout UInt64,
    through lastSequence: UInt64, _ body: (LogEvent) -> Bool
  ) throws(LogError) -> Bool {
    let isFew = lastSequence - next < fewEvents
    var source = SegmentSource(segment, chunkSizeBytes: isFew ? fewChunkBytes : rowChunkBytes)
    var offset = Int(place.offset)
    while next <= lastSequence {
      let head = try source.goodFrame(at: offset)
      switch head.kind {
      case .event:
        let location = LogLocation(segment: place.segment, offset: UInt32(offset))
        let isWanted = try source.withEvent(head, at: location, sequence: next, body)
        next += 1
        if !isWanted { return true }
      case .commit: try source.checkCommit(at: offset, nextSequence: next)
      case .trailer: return false
      }
      offset += head.frameSizeBytes
    }
    return true
  }
}

extension LogReader {
  /// The segment with this number, opened now if it was not.
  private mutating func segment(number: UInt32) throws(LogError) -> SegmentFile {
    if let index = open.lastIndex(where: { $0.header.number == UInt64(number) }) {
      let segment = open.remove(at: index)
      open.append(segment)
      return segment
    }
    let name = try name(ofSegment: number)
    let segment = try SegmentFile(storage, name: name, access: .readOnly)
    guard segment.header.number == UInt64(number) else {
      let found = segment.header.number
      throw .damaged(
        file: name, offset: 32, .segmentNumber(expected: UInt64(number), found: found))
    }
    if open.count == Self.openSegmentLimit { open.removeFirst() }
    open.append(segment)
    return segment
  }

  /// The name of the segment with this number: as segments are numbered without a gap, its place in
  /// the list of names.
  private mutating func name(ofSegment number: UInt32) throws(LogError) -> String {
    precondition(number >= 1, "segments are numbered from 1")
    if Int(number) > names.count { names = try LogDirectory(storage).segments }
    guard Int(number) <= names.count else {
      throw .system(SystemError(.open, .noSuchFile), file: "")
    }
    return names[Int(number) - 1]
  }
}

extension SegmentSource {
  /// The head of the frame at `offset`, which must be there and whole.
  ///
  /// - Throws: `damaged` for anything else; `system`.
  fileprivate mutating func goodFrame(at offset: Int) throws(LogError) -> FrameHead {
    let finding = try frame(at: offset, keepingFrom: offset)
    guard case .good(let head) = finding else {
      throw .damaged(file: segment.name, offset: offset, SegmentTail.damage(finding))
    }
    return head
  }

  /// Shows the event whose frame at `location` is in memory.
  fileprivate func withEvent<Result>(
    _ head: FrameHead, at location: LogLocation, sequence: UInt64, _ body: (LogEvent) -> Result
  ) throws(LogError) -> Result {
    let offset = Int(location.offset)
    let bytes = self.body(ofFrameAt: offset, head.bodySizeBytes)
    guard let parts = EventBody(bytes, sectionCount: head.sectionCount) else {
      throw .damaged(file: segment.name, offset: offset, .malformedSections)
    }
    return body(LogEvent(sequence: sequence, location: location, body: parts))
  }

  /// Compares the commit at `offset` with the number of events passed.
  fileprivate func checkCommit(at offset: Int, nextSequence: UInt64) throws(LogError) {
    let record = CommitRecord(decoding: body(ofFrameAt: offset, LogFormat.recordBodySizeBytes))
    let expected = nextSequence &- UInt64(record.eventCount)
    guard record.firstSequence == expected else {
      let kind = DamageKind.commitMismatch(
        expectedSequence: expected, foundSequence: record.firstSequence)
      throw .damaged(file: segment.name, offset: offset, kind)
    }
  }
}
