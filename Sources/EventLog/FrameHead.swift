// The 16 bytes before every body, and the two checks in them; `schema/log.md` section 1.
//
// A head is read as two numbers of 64 bits: the word, and its checks. The head check covers the
// segment, the offset and the word; the body check goes on from the head check over the body. So
// a frame found in another segment or at another place is no frame.

internal import Bytes

/// What a frame holds.
///
/// The numbers are on disk: never renumber.
enum FrameKind: UInt8 {
  case event = 1
  case commit = 2
  case trailer = 3
}

/// The head of a frame whose own check was good.
///
///     0       4    5    6          8            12           16
///     | size  |kind| 0  | sections | head check | body check | body … | zeros to a multiple of 8
///     '------------ word ----------'
struct FrameHead: Equatable {
  let kind: FrameKind
  let bodySizeBytes: Int
  let sectionCount: Int
  /// The check of the head, from which the body's goes on.
  let check: UInt32
  let bodyCheck: UInt32

  /// The size of the whole frame, padding included.
  var frameSizeBytes: Int { LogFormat.frameSizeBytes(bodySizeBytes: bodySizeBytes) }

  /// The first eight bytes of a head.
  static func word(kind: FrameKind, bodySizeBytes: Int, sectionCount: Int = 0) -> UInt64 {
    UInt64(bodySizeBytes) | UInt64(kind.rawValue) << 32 | UInt64(sectionCount) << 48
  }

  /// Takes apart a head whose check is known to be good.
  ///
  /// - Throws: what is wrong with it; a writer of this version makes no such head.
  init(word: UInt64, checks: UInt64) throws(DamageKind) {
    let size = Int(UInt32(truncatingIfNeeded: word))
    let number = UInt8(truncatingIfNeeded: word >> 32)
    let reserved = UInt8(truncatingIfNeeded: word >> 40)
    let sections = Int(word >> 48)
    guard let kind = FrameKind(rawValue: number) else { throw .unknownFrameKind(number) }
    guard reserved == 0 else { throw .malformedHead }
    let isSizeGood =
      kind == .event
      ? size >= 1 && size <= LogFormat.maximumBodySizeBytes : size == LogFormat.recordBodySizeBytes
    guard isSizeGood else { throw .bodySize(size) }
    let sectionLimit = kind == .event ? LogFormat.maximumSections : 0
    guard sections <= sectionLimit else { throw .malformedHead }
    self.kind = kind
    bodySizeBytes = size
    sectionCount = sections
    check = UInt32(truncatingIfNeeded: checks)
    bodyCheck = UInt32(truncatingIfNeeded: checks >> 32)
  }
}

/// The check of a segment's header, which seeds the checks of all its frames.
struct SegmentCheck: Equatable, Sendable {
  let value: UInt32

  /// The check of a head that starts at `offset` with the eight bytes `word`.
  func headCheck(word: UInt64, at offset: Int) -> UInt32 {
    let covered: InlineArray<2, UInt64> = [UInt64(offset).littleEndian, word.littleEndian]
    var crc = CRC32C(seed: value)
    // Safe: 64-bit numbers have no padding.
    crc.update(unsafe covered.span.bytes)
    return crc.value
  }

  /// The check of a body, going on from its head's.
  static func bodyCheck(_ body: RawSpan, headCheck: UInt32) -> UInt32 {
    var crc = CRC32C(seed: headCheck)
    crc.update(body)
    return crc.value
  }

  /// Writes the checks into the frame that starts at `start` of `bytes` and will stand at `offset`
  /// of the segment; its word and body are there.
  func sealFrame(at start: Int, bodySizeBytes: Int, of bytes: inout [UInt8], offset: Int) {
    let head: UInt32
    let body: UInt32
    do {
      // Safe: a span of bytes has no padding.
      let span = unsafe bytes.span.bytes
      let bodyStart = start + LogFormat.frameHeadSizeBytes
      head = headCheck(word: span.integer(at: start), at: offset)
      body = Self.bodyCheck(
        span.extracting(bodyStart..<bodyStart + bodySizeBytes), headCheck: head)
    }
    bytes.store(littleEndian: UInt64(head) | UInt64(body) << 32, at: start + 8)
  }
}
