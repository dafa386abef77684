// What stands behind the last commit of a segment, and what it means: the table of
// `schema/log.md` section 4. This is the slow path, taken once a start: the rest of the file is
// in memory.
//
// What one interrupted write can leave where zeros were before: any subset of its 512-byte
// sectors (power loss), or a first part that ends at a multiple of 8 (a killed process). Nothing
// else. Its own commit may be there; anything behind that commit proves that the write was
// complete.

internal import Bytes

/// What the end of a segment means for the log.
enum TailVerdict: Equatable {
  /// Nothing but room.
  case clean
  /// What an interrupted write left; it ends at this offset.
  case torn(end: Int)
  /// Something else. It is proven when a later write exists; without that, somebody who looks while
  /// the owner writes may also have seen a write in the middle.
  case damaged(offset: Int, DamageKind, isProven: Bool)
}

/// The rest of a segment behind its last commit.
///
///     start            offset              end                    end of the file
///     | good frames …  | what is wrong …   | zeros …              |
///     behind the last    where a frame       behind the last byte
///     commit             was expected        that is not zero
struct SegmentTail {
  /// Where the tail starts: behind the last commit.
  let start: Int
  /// Everything from there to the end of the file.
  private let bytes: [UInt8]
  private let check: SegmentCheck
  /// The sequence that the batch in the tail would start with.
  private let nextSequence: UInt64
  /// The offset behind the last byte that is not zero.
  let end: Int

  /// Takes the bytes from `start`, a multiple of 8, to the end of the file.
  init(_ bytes: [UInt8], from start: Int, check: SegmentCheck, nextSequence: UInt64) {
    self.bytes = bytes
    self.start = start
    self.check = check
    self.nextSequence = nextSequence
    end = start + Self.sizeWithoutZeros(bytes)
  }

  /// Judges what was found at `offset`, where the first frame that does not fit was expected.
  func judge(_ finding: FrameFinding, at offset: Int) -> TailVerdict {
    if end == start { return .clean }
    let isLater = hasLaterWrite()
    if !isLater && canBeInterruptedWrite(finding, at: offset) { return .torn(end: end) }
    var isProven = isLater
    if case .malformed = finding { isProven = true }
    return .damaged(offset: offset, Self.damage(finding), isProven: isProven)
  }

  /// The kind of damage that a finding is where it cannot be a torn write.
  static func damage(_ finding: FrameFinding) -> DamageKind {
    switch finding {
    case .endOfFile, .headCut, .bodyCut: .unfinishedBatch
    case .good, .zeros: .missingFrame
    case .badHead: .headCheck
    case .badBody: .bodyCheck
    case .malformed(let kind): kind
    }
  }

  /// Whether one interrupted write can have left this.
  private func canBeInterruptedWrite(_ finding: FrameFinding, at offset: Int) -> Bool {
    let headEnd = offset + LogFormat.frameHeadSizeBytes
    return switch finding {
    case .endOfFile, .headCut, .bodyCut: true
    case .zeros: end <= offset || hasLostSector(in: offset..<headEnd)
    case .badHead: end <= offset + 8 || hasLostSector(in: offset..<headEnd)
    case .badBody(let head):
      end <= offset + head.frameSizeBytes - 8
        || hasLostSector(in: offset..<offset + head.frameSizeBytes)
    case .good, .malformed: false
    }
  }

  /// Whether a sector that reaches into `range` holds only zeros, as far as it belongs to the tail.
  private func hasLostSector(in range: Range<Int>) -> Bool {
    let size = LogFormat.sectorSizeBytes
    var sector = range.lowerBound / size * size
    while sector < range.upperBound {
      let part = max(sector, start)..<min(sector + size, start + bytes.count)
      if isZero(part) { return true }
      sector += size
    }
    return false
  }

  /// Whether a good commit or trailer proves that the write behind the last commit was complete.
  ///
  /// The batch's own commit proves nothing, unless something stands behind it. Good frames are
  /// looked into as well: one that swallowed the writes behind it must not hide them.
  private func hasLaterWrite() -> Bool {
    var place = start
    while place + LogFormat.recordFrameSizeBytes <= end {
      switch record(at: place) {
      case .commit:
        let next = place + LogFormat.recordFrameSizeBytes
        if !isOwnCommit(at: place) || end > next { return true }
      case .trailer: return true
      case .event, nil: break
      }
      place += LogFormat.frameAlignmentBytes
    }
    return false
  }

  /// The kind of the commit or trailer whose checks are right at `offset`, if there is one.
  private func record(at offset: Int) -> FrameKind? {
    let size = LogFormat.recordBodySizeBytes
    let word: UInt64 = integer(at: offset)
    let kind: FrameKind
    switch word {
    case FrameHead.word(kind: .commit, bodySizeBytes: size): kind = .commit
    case FrameHead.word(kind: .trailer, bodySizeBytes: size): kind = .trailer
    default: return nil
    }
    let headCheck = check.headCheck(word: word, at: offset)
    let bodyCheck = SegmentCheck.bodyCheck(recordBody(at: offset), headCheck: headCheck)
    let checks: UInt64 = integer(at: offset + 8)
    return checks == UInt64(headCheck) | UInt64(bodyCheck) << 32 ? kind : nil
  }

  private func isOwnCommit(at offset: Int) -> Bool {
    let commit = CommitRecord(decoding: recordBody(at: offset))
    return commit.firstSequence == nextSequence && Int(commit.sizeBytes) == offset - start
  }

  @_lifetime(borrow self)
  private func recordBody(at offset: Int) -> RawSpan {
    let first = offset - start + LogFormat.frameHeadSizeBytes
    // Safe: a span of bytes has no padding.
    return unsafe bytes.span.bytes.extracting(first..<first + LogFormat.recordBodySizeBytes)
  }

  private func integer(at offset: Int) -> UInt64 {
    // Safe: a span of bytes has no padding.
    unsafe bytes.span.bytes.integer(at: offset - start)
  }

  private func isZero(_ range: Range<Int>) -> Bool {
    bytes[range.lowerBound - start..<range.upperBound - start].allSatisfy { $0 == 0 }
  }

  /// The size up to the last byte that is not zero.
  private static func sizeWithoutZeros(_ bytes: [UInt8]) -> Int {
    // Safe: a span of bytes has no padding.
    let span = unsafe bytes.span.bytes
    var size = span.byteCount
    while size >= 8, span.integer(UInt64.self, at: size - 8) == 0 { size -= 8 }
    while size > 0, span.byte(at: size - 1) == 0 { size -= 1 }
    return size
  }
}
