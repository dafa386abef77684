// The new file of a segment that is being rewritten: frames at new places with new checks, behind
// the same header. It is written and synced in portions, so that the disk's queue stays short for
// whoever appends meanwhile.
// Invariant: the chain value of each batch is computed from what goes into the new file, and is the
// one that the old commit has.

internal import Bytes
internal import CryptoPrimitives
internal import LinuxIO

/// A segment that is being written anew.
struct SegmentCopy: ~Copyable {
  private let segment: SegmentFile
  private let file: any LogFile
  private let stride: UInt64
  /// What was not handed to the file yet.
  private var bytes: [UInt8]
  /// Where `bytes` starts in the file.
  private var start = 0
  private var places: [EventPlace] = []
  private var lastSequence: UInt64 = 0
  private var chain: ChainValue

  /// How much the new file has so far.
  var bytesWritten: Int { start + bytes.count }

  init(of segment: SegmentFile, to file: any LogFile, stride: UInt64) {
    self.segment = segment
    self.file = file
    self.stride = stride
    bytes = segment.header.encode()
    chain = segment.header.chain
  }

  /// Appends a batch without the sections that are to be erased.
  ///
  /// - Throws: `damaged` when the batch does not have its chain value; `diskFull`, `writeFailed`.
  mutating func append(
    _ batch: CommittedBatch, of scanner: borrowing BatchScanner, _ erasing: some SectionErasing
  ) throws(LogError) {
    let batchStart = bytesWritten
    var link = ChainLink(
      after: chain, firstSequence: batch.firstSequence, eventCount: batch.eventCount)
    scanner.visitEvents(of: batch) { event in
      let offset = bytesWritten
      if event.sequence % stride == 1 {
        let place = LogLocation(segment: event.location.segment, offset: UInt32(offset))
        places.append(EventPlace(sequence: event.sequence, location: place))
      }
      appendFrame(of: event, erasing, &link)
    }
    let old = scanner.commit(of: batch)
    let chain = link.finalize()
    guard chain == old.chain else {
      throw .damaged(file: segment.name, offset: batch.commitOffset, .brokenChain)
    }
    let frame = bytes.count
    CommitRecord(
      firstSequence: old.firstSequence, eventCount: old.eventCount,
      sizeBytes: UInt32(bytesWritten - batchStart), writtenMicroseconds: old.writtenMicroseconds,
      chain: chain
    ).appendFrame(to: &bytes)
    seal(frameAt: frame, bodySizeBytes: LogFormat.recordBodySizeBytes)
    self.chain = chain
    lastSequence = batch.firstSequence + UInt64(batch.eventCount) - 1
    if bytes.count >= SegmentRewriting.portionBytes { try write() }
  }

  /// Writes the trailer and what is left.
  ///
  /// - Throws: `diskFull`, `writeFailed`.
  mutating func finish(lastSequence: UInt64, eventCount: UInt64) throws(LogError) {
    let trailer = TrailerRecord(
      lastSequence: lastSequence, eventCount: eventCount, offset: UInt64(bytesWritten),
      chain: chain)
    bytes += trailer.frame(at: bytesWritten, of: segment.check)
    try write()
  }

  /// What was made.
  consuming func result(bytesBefore: Int, erasedCount: Int) -> RewrittenSegment {
    RewrittenSegment(
      name: segment.name, number: UInt32(segment.header.number),
      firstSequence: segment.header.firstSequence, lastSequence: lastSequence,
      bytesBefore: bytesBefore, bytesAfter: bytesWritten, erasedCount: erasedCount,
      places: places)
  }

  // MARK: Frames

  private mutating func appendFrame(
    of event: LogEvent, _ erasing: some SectionErasing, _ link: inout ChainLink
  ) {
    let frame = bytes.count
    bytes.append(littleEndian: UInt64(0))
    bytes.append(littleEndian: UInt64(0))
    let body = bytes.count
    for _ in 0..<event.sectionCount { bytes.append(littleEndian: UInt32(0)) }
    bytes.append(span: event.facts)
    for index in 0..<event.sectionCount {
      let section = event.section(at: index)
      var word = UInt32(section.bytes.byteCount)
      if section.isErased || erasing.erases(index, of: event) {
        word = UInt32(SHA256Digest.sizeBytes) | LogFormat.erasedBit
      }
      bytes.store(littleEndian: word, at: body + index * LogFormat.sectionWordSizeBytes)
      if section.isErased || word & LogFormat.erasedBit == 0 {
        bytes.append(span: section.bytes)
      } else {
        var digest = SHA256()
        digest.update(section.bytes)
        bytes.append(span: digest.finalize().span)
      }
    }
    let size = bytes.count - body
    bytes.store(
      littleEndian: FrameHead.word(
        kind: .event, bodySizeBytes: size, sectionCount: event.sectionCount), at: frame)
    let end = frame + LogFormat.frameSizeBytes(bodySizeBytes: size)
    while bytes.count < end { bytes.append(0) }
    seal(frameAt: frame, bodySizeBytes: size)
    // Safe: a span of bytes has no padding.
    guard
      let written = EventBody(
        unsafe bytes.span.bytes.extracting(body..<body + size), sectionCount: event.sectionCount)
    else { preconditionFailure("a rewritten event cannot be read") }
    link.add(written)
  }

  private mutating func seal(frameAt frame: Int, bodySizeBytes: Int) {
    segment.check.sealFrame(
      at: frame, bodySizeBytes: bodySizeBytes, of: &bytes, offset: start + frame)
  }

  private mutating func write() throws(LogError) {
    do throws(SystemError) {
      try file.writeAll(bytes, at: start)
      try file.sync()
    } catch {
      throw error.isOutOfRoom
        ? .diskFull(file: segment.name) : .writeFailed(error, file: segment.name)
    }
    start += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }
}
