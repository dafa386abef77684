// The forward reader of one segment, batch by batch. A batch is given out only when its commit was
// read and fits, so that no event of an unfinished batch is ever seen. Two passes over each batch:
// the first checks its frames up to the commit, the second visits its events; both work on the
// window's bytes, the second on what the first has just brought into the cache.

internal import Bytes

/// A batch whose commit was read and fits.
struct CommittedBatch: Equatable {
  /// Where the batch's first frame starts.
  let start: Int
  /// Where its commit starts.
  let commitOffset: Int
  let firstSequence: UInt64
  let eventCount: Int
}

/// Reads a segment's batches in order.
struct BatchScanner: ~Copyable {
  /// What comes next in the segment.
  enum Step {
    /// A whole batch, its events to be visited.
    case batch(CommittedBatch)
    /// The trailer at this offset, which fits.
    case trailer(offset: Int)
    /// No whole batch; what stands at the offset where a frame was expected.
    case end(FrameFinding, offset: Int)
  }

  private(set) var source: SegmentSource
  private let checksChain: Bool
  /// Where the next batch starts: behind the last commit.
  private(set) var position = LogFormat.headerSizeBytes
  /// Where the last batch started; `position` when there was none.
  private(set) var lastBatchStart = LogFormat.headerSizeBytes
  private(set) var nextSequence: UInt64
  private(set) var chain: ChainValue

  /// The number of events read.
  var eventCount: UInt64 { nextSequence - source.segment.header.firstSequence }

  init(_ source: consuming SegmentSource, checksChain: Bool) {
    nextSequence = source.segment.header.firstSequence
    chain = source.segment.header.chain
    self.source = source
    self.checksChain = checksChain
  }

  /// Forgets what was read ahead, so that the next step sees the file as it is.
  mutating func forget() {
    source.forget()
  }

  /// Reads up to the end of the next batch.
  mutating func next() throws(LogError) -> Step {
    var offset = position
    var events = 0
    while true {
      let finding = try source.frame(at: offset, keepingFrom: position)
      guard case .good(let head) = finding else { return .end(finding, offset: offset) }
      switch head.kind {
      case .event:
        events += 1
        offset += head.frameSizeBytes
      case .commit:
        return commit(at: offset, eventCount: events)
      case .trailer:
        return trailer(at: offset)
      }
    }
  }

  /// Shows the events of the batch that `next` has just given, in order.
  func visitEvents<Failure: Error>(
    of batch: CommittedBatch, _ visit: (LogEvent) throws(Failure) -> Void
  ) throws(Failure) {
    let segment = UInt32(truncatingIfNeeded: source.segment.header.number)
    var offset = batch.start
    var sequence = batch.firstSequence
    while offset < batch.commitOffset {
      let word = source.integer(at: offset)
      let size = Int(UInt32(truncatingIfNeeded: word))
      let body = source.body(ofFrameAt: offset, size)
      guard let event = EventBody(body, sectionCount: Int(word >> 48)) else {
        preconditionFailure("a checked event lost its shape")
      }
      let location = LogLocation(segment: segment, offset: UInt32(truncatingIfNeeded: offset))
      try visit(LogEvent(sequence: sequence, location: location, body: event))
      offset += LogFormat.frameSizeBytes(bodySizeBytes: size)
      sequence += 1
    }
  }

  /// The commit of the batch that `next` has just given.
  func commit(of batch: CommittedBatch) -> CommitRecord {
    CommitRecord(
      decoding: source.body(ofFrameAt: batch.commitOffset, LogFormat.recordBodySizeBytes))
  }

  /// Compares a commit with the events before it and moves behind it.
  private mutating func commit(at offset: Int, eventCount: Int) -> Step {
    let record = CommitRecord(
      decoding: source.body(ofFrameAt: offset, LogFormat.recordBodySizeBytes))
    guard record.firstSequence == nextSequence, eventCount > 0,
      record.eventCount == eventCount, Int(record.sizeBytes) == offset - position
    else {
      let kind = DamageKind.commitMismatch(
        expectedSequence: nextSequence, foundSequence: record.firstSequence)
      return .end(.malformed(kind), offset: offset)
    }
    let batch = CommittedBatch(
      start: position, commitOffset: offset, firstSequence: nextSequence, eventCount: eventCount)
    if checksChain && chainValue(after: batch) != record.chain {
      return .end(.malformed(.brokenChain), offset: offset)
    }
    lastBatchStart = position
    position = offset + LogFormat.recordFrameSizeBytes
    nextSequence += UInt64(eventCount)
    chain = record.chain
    return .batch(batch)
  }

  /// Compares a trailer with the segment before it.
  private func trailer(at offset: Int) -> Step {
    let record = TrailerRecord(
      decoding: source.body(ofFrameAt: offset, LogFormat.recordBodySizeBytes))
    let expected = TrailerRecord(
      lastSequence: nextSequence - 1, eventCount: eventCount, offset: UInt64(offset), chain: chain)
    guard record == expected, offset == position else {
      return .end(.malformed(.trailerMismatch), offset: offset)
    }
    return .trailer(offset: offset)
  }

  private func chainValue(after batch: CommittedBatch) -> ChainValue {
    var link = ChainLink(
      after: chain, firstSequence: batch.firstSequence, eventCount: batch.eventCount)
    visitEvents(of: batch) { link.add($0.body) }
    return link.finalize()
  }
}
