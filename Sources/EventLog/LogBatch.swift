// Events on their way into the log: framed one behind the other in the buffer that will be
// written by one call. Owned by the thread that makes the events; handed to the writer whole and
// handed back to be filled again, so that a steady stream of batches allocates nothing.
//
// The checks depend on the place in the segment, and the chain costs a SHA-256 over everything:
// both are the writer's work, off the loop's thread (`seal`).

internal import Bytes
internal import CryptoPrimitives

/// Why an event does not fit into a batch, which is as it was before.
public enum BatchLimit: Error, Equatable, Sendable {
  /// The event's body would have this size, above `LogFormat.maximumBodySizeBytes`. Whoever asked
  /// for the event sends less.
  case bodySize(Int)
  /// The event has this number of sections, above `LogFormat.maximumSections`.
  case sectionCount(Int)
  /// The batch would have this size, above `LogFormat.maximumBatchSizeBytes`. Submit it as it is,
  /// and the event goes into the next one.
  case batchSize(Int)
}

/// A batch of events, written and made durable as a whole or not at all.
///
///     events   | head 0 0 | body | padding | head 0 0 | body | padding | …      checks empty
///     sealed   | head c c | body | padding | head c c | body | padding | commit
public struct LogBatch: ~Copyable, Sendable {
  /// The framed events; the commit frame follows when the batch is sealed.
  private(set) var bytes: [UInt8] = []
  private var offsets: [UInt32] = []

  /// Makes an empty batch.
  public init() {}

  /// The number of events.
  public var eventCount: Int { offsets.count }

  /// Whether there is no event.
  public var isEmpty: Bool { offsets.isEmpty }

  /// The size of the event frames.
  public private(set) var sizeBytes = 0

  /// Where the frame of the event at `index` starts, from the start of the batch.
  ///
  /// `Commit.location(ofEventAt:)` makes a location of it when the batch is durable.
  public func offset(ofEvent index: Int) -> Int {
    Int(offsets[index])
  }

  /// Appends an event.
  ///
  /// - Parameters:
  ///   - facts: What never changes; at least one byte.
  ///   - sections: The parts that can be erased later, in order.
  /// - Throws: `BatchLimit`; the batch is then as it was.
  /// - Complexity: amortised O(bytes).
  public mutating func append(facts: [UInt8], sections: [[UInt8]] = []) throws(BatchLimit) {
    try append(facts: facts.span, sections: sections)
  }

  /// Appends an event.
  ///
  /// - Parameters:
  ///   - facts: What never changes; at least one byte.
  ///   - sections: The parts that can be erased later, in order.
  ///   - erased: The sections, by index, that are digests which stand for erased ones.
  /// - Throws: `BatchLimit`; the batch is then as it was.
  /// - Complexity: amortised O(bytes).
  public mutating func append(
    facts: Span<UInt8>, sections: [[UInt8]] = [], erased: Set<Int> = []
  ) throws(BatchLimit) {
    precondition(
      erased.allSatisfy { sections[$0].count == SHA256Digest.sizeBytes },
      "a digest stands for an erased section")
    precondition(!facts.isEmpty, "an event without facts")
    precondition(bytes.count == sizeBytes, "append to a sealed batch")
    let bodySize = try bodySizeBytes(factsSizeBytes: facts.count, sections: sections)
    let frameEnd = sizeBytes + LogFormat.frameSizeBytes(bodySizeBytes: bodySize)
    guard frameEnd <= LogFormat.maximumBatchSizeBytes else { throw .batchSize(frameEnd) }

    offsets.append(UInt32(sizeBytes))
    bytes.append(
      littleEndian: FrameHead.word(
        kind: .event, bodySizeBytes: bodySize, sectionCount: sections.count))
    bytes.append(littleEndian: UInt64(0))
    for (index, section) in sections.enumerated() {
      let mark = erased.contains(index) ? LogFormat.erasedBit : 0
      bytes.append(littleEndian: UInt32(section.count) | mark)
    }
    bytes.append(span: facts)
    for section in sections { bytes.append(contentsOf: section) }
    while bytes.count < frameEnd { bytes.append(0) }
    sizeBytes = frameEnd
    assert(bytes.count == sizeBytes)
  }

  /// Removes every event; the room stays.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    sizeBytes = 0
  }

  /// The size of the body that an event would have.
  private func bodySizeBytes(
    factsSizeBytes: Int, sections: [[UInt8]]
  ) throws(BatchLimit) -> Int {
    guard sections.count <= LogFormat.maximumSections else { throw .sectionCount(sections.count) }
    let sectionsSize = sections.reduce(0) { $0 + LogFormat.sectionWordSizeBytes + $1.count }
    let size = factsSizeBytes + sectionsSize
    guard size <= LogFormat.maximumBodySizeBytes else { throw .bodySize(size) }
    return size
  }
}

extension LogBatch {
  /// Completes the batch for its place in the log: appends the commit and fills in all checks.
  ///
  /// - Returns: the chain value after the batch.
  mutating func seal(for place: BatchPlace) -> ChainValue {
    precondition(bytes.count == sizeBytes, "a batch is sealed once")
    let chain = chainValue(after: place.chain, firstSequence: place.firstSequence)
    let commit = CommitRecord(
      firstSequence: place.firstSequence, eventCount: UInt32(eventCount),
      sizeBytes: UInt32(sizeBytes), writtenMicroseconds: place.nowMicroseconds, chain: chain)
    commit.appendFrame(to: &bytes)
    for start in offsets { sealFrame(at: Int(start), for: place) }
    sealFrame(at: sizeBytes, for: place)
    return chain
  }

  private mutating func sealFrame(at start: Int, for place: BatchPlace) {
    place.check.sealFrame(
      at: start, bodySizeBytes: bodySizeBytes(ofFrameAt: start), of: &bytes,
      offset: place.offset + start)
  }

  private func chainValue(after chain: ChainValue, firstSequence: UInt64) -> ChainValue {
    var link = ChainLink(after: chain, firstSequence: firstSequence, eventCount: eventCount)
    // Safe: a span of bytes has no padding.
    let span = unsafe bytes.span.bytes
    for start in offsets {
      let bodyStart = Int(start) + LogFormat.frameHeadSizeBytes
      let bodyEnd = bodyStart + bodySizeBytes(ofFrameAt: Int(start))
      let sections = Int(span.integer(UInt16.self, at: Int(start) + 6))
      guard let body = EventBody(span.extracting(bodyStart..<bodyEnd), sectionCount: sections)
      else { preconditionFailure("a batch holds an event that it cannot read") }
      link.add(body)
    }
    return link.finalize()
  }

  private func bodySizeBytes(ofFrameAt start: Int) -> Int {
    // Safe: a span of bytes has no padding.
    Int(unsafe bytes.span.bytes.integer(UInt32.self, at: start))
  }
}

/// Where a batch will stand, and what it continues.
struct BatchPlace {
  /// The check of the segment.
  let check: SegmentCheck
  /// The offset of the batch in the segment.
  let offset: Int
  /// The sequence of the batch's first event.
  let firstSequence: UInt64
  /// The time of writing.
  let nowMicroseconds: Int64
  /// The chain value before the batch.
  let chain: ChainValue
}
