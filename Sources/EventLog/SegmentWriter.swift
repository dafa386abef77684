// The one writer of the log, `schema/log.md` section 3. It belongs to one thread at a time and
// does everything synchronously: when `append` returns, the batch is on the disk.
//
// Invariant while open: headerSize <= offset <= roomEnd = size of the file; the bytes from
// `offset` to `roomEnd` are zeros; after every append at least a trailer fits between them. Cost
// of an append: one pwrite and one fdatasync; a few pwrites of zeros whenever the room runs out.

internal import LinuxIO

/// Appends batches to the log, each durable before the next.
///
///              openSegment                 append: room, seal, write, sync
///     sealed ---------------> open -----------------.
///       ^                     |  ^                  |
///       |     sealIfFull      |  '------------------'
///       '---------------------'
///     any state -- a write or sync fails --> poisoned, for good
public struct SegmentWriter: ~Copyable, Sendable {
  let storage: any LogStorage
  let options: LogOptions
  /// The segment being written; none between the end of one and the start of the next.
  var segment: OpenSegment?

  /// The end of the log.
  public internal(set) var head: LogHead

  /// Whether a write or sync failed: nothing can be appended until the log is opened anew.
  public private(set) var isPoisoned = false

  /// Continues the log that ends at `head`; `segment` is where it ends, unless that is sealed.
  init(storage: any LogStorage, options: LogOptions, head: LogHead, segment: OpenSegment?) {
    self.storage = storage
    self.options = options
    self.head = head
    self.segment = segment
  }

  /// Writes a batch and waits until it is on the disk.
  ///
  /// - Parameters:
  ///   - batch: At least one event; sealed by this, to be emptied by its owner afterwards.
  ///   - firstSequence: The sequence of the batch's first event, `head.nextSequence`.
  ///   - nowMicroseconds: The time for the commit, in microseconds since 1970.
  ///   - startsSegment: Whether the batch goes to a new segment, however much room this one has, so
  ///     that what was written before can be rewritten.
  /// - Returns: where the batch stands.
  /// - Throws: `diskFull`, `belowLowWater`: nothing was written, the batch is untouched and can be
  ///   given again. `writeFailed`: the writer is poisoned.
  /// - Precondition: not poisoned.
  public mutating func append(
    _ batch: inout LogBatch, firstSequence: UInt64, nowMicroseconds: Int64,
    startsSegment: Bool = false
  ) throws(LogError) -> Commit {
    precondition(!isPoisoned, "append after the log has failed")
    precondition(!batch.isEmpty, "append of a batch without events")
    precondition(firstSequence == head.nextSequence, "append out of sequence")

    let sizeBytes = batch.sizeBytes + LogFormat.recordFrameSizeBytes
    try sealIfFull(for: sizeBytes, even: startsSegment)
    var target = try openSegment(for: sizeBytes, nowMicroseconds: nowMicroseconds)
    try makeRoom(in: &target, for: sizeBytes)

    let place = BatchPlace(
      check: target.check, offset: target.offset, firstSequence: firstSequence,
      nowMicroseconds: nowMicroseconds, chain: head.chain)
    let chain = batch.seal(for: place)
    assert(batch.bytes.count == sizeBytes)
    try write(batch.bytes, to: target)

    target.offset += sizeBytes
    target.eventCount += UInt64(batch.eventCount)
    segment = target
    head.lastSequence += UInt64(batch.eventCount)
    head.chain = chain
    return Commit(
      firstSequence: firstSequence, lastSequence: head.lastSequence,
      segment: UInt32(head.segment), offset: place.offset, sizeBytes: sizeBytes, chain: chain)
  }

  /// Ends the use of the log; nothing needs to be written for that.
  public consuming func close() {}
}

extension SegmentWriter {
  /// Writes bytes at the end of a segment and waits until they are on the disk.
  func write(_ bytes: [UInt8], at segment: OpenSegment) throws(SystemError) {
    try segment.file.writeAll(bytes, at: segment.offset)
    try segment.file.sync()
  }

  /// The same, poisoning the writer on failure.
  mutating func write(_ bytes: [UInt8], to segment: OpenSegment) throws(LogError) {
    do throws(SystemError) {
      try write(bytes, at: segment)
    } catch {
      throw poison(error, file: segment.name)
    }
  }

  /// Notes a failure that leaves the file in doubt.
  mutating func poison(_ error: SystemError, file: String) -> LogError {
    isPoisoned = true
    return .writeFailed(error, file: file)
  }

  /// Makes the room that a batch of `sizeBytes` and a trailer need.
  ///
  /// - Throws: `diskFull`, `belowLowWater`, with the file as it was.
  mutating func makeRoom(
    in segment: inout OpenSegment, for sizeBytes: Int
  ) throws(LogError) {
    let needed = segment.offset + sizeBytes + LogFormat.recordFrameSizeBytes
    guard needed > segment.roomEnd else { return }
    let outcome: RoomOutcome
    do throws(SystemError) {
      outcome = try segment.room.extend(
        segment.file, from: &segment.roomEnd, toHold: needed, spareBytes: spareBytes())
    } catch {
      throw poison(error, file: segment.name)
    }
    self.segment = segment
    switch outcome {
    case .made: return
    case .diskFull: throw .diskFull(file: segment.name)
    case .belowLowWater: throw belowLowWater(file: segment.name)
    }
  }

  /// How many bytes the log may take from the disk and leave what the low-water mark keeps free.
  func spareBytes() throws(SystemError) -> Int {
    guard options.lowWaterBytes > 0 else { return .max }
    return max(0, try storage.freeBytes() - options.lowWaterBytes)
  }

  func belowLowWater(file: String) -> LogError {
    .belowLowWater(file: file, lowWaterBytes: options.lowWaterBytes)
  }
}

/// The segment that batches are appended to.
struct OpenSegment: Sendable {
  let file: any LogFile
  let name: String
  let check: SegmentCheck
  /// Where the next frame goes.
  var offset: Int
  /// Where the zero-filled room ends: the size of the file.
  var roomEnd: Int
  /// The number of events in the segment.
  var eventCount: UInt64
  /// How the room grows.
  var room: SegmentRoom
}
