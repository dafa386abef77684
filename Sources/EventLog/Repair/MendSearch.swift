// Which small changes could explain what is wrong at a place? Guesses only: each fits the checks of
// its own frame, and `RepairPlanning` takes it only if the batch's hash chain fits as well.
//
// Bound: a head has 96 bits to try, a header 768, a body one walk over its bits (`FlippedBit`).

internal import Bytes
internal import LinuxIO

/// Looks for mends.
enum MendSearch {
  /// The mends that could explain a finding at `offset` of a segment.
  static func candidates(
    _ finding: FrameFinding, at offset: Int, in segment: SegmentFile
  ) throws(SystemError) -> [Mend] {
    switch finding {
    case .badHead:
      let head = try segment.file.bytes(at: offset, count: LogFormat.frameHeadSizeBytes)
      return head.count == LogFormat.frameHeadSizeBytes
        ? headMends(head, at: offset, in: segment) : []
    case .badBody(let head): return try bodyMends(head, at: offset, in: segment)
    case .malformed(.padding): return try paddingMends(at: offset, in: segment)
    default: return []
    }
  }

  /// A bit of the word or of its check.
  private static func headMends(
    _ head: [UInt8], at offset: Int, in segment: SegmentFile
  ) -> [Mend] {
    (0..<96).compactMap { bit in
      var mended = head
      mended[bit / 8] ^= 1 << UInt8(bit % 8)
      // Safe: a span of bytes has no padding.
      let span = unsafe mended.span.bytes
      let word = span.integer(UInt64.self, at: 0)
      let checks = span.integer(UInt64.self, at: 8)
      let check = segment.check.headCheck(word: word, at: offset)
      guard check == UInt32(truncatingIfNeeded: checks),
        (try? FrameHead(word: word, checks: checks)) != nil
      else { return nil }
      return flip(at: offset + bit / 8, to: mended[bit / 8], in: segment)
    }
  }

  /// A bit of the body, or one of its check.
  private static func bodyMends(
    _ head: FrameHead, at offset: Int, in segment: SegmentFile
  ) throws(SystemError) -> [Mend] {
    let start = offset + LogFormat.frameHeadSizeBytes
    let body = try segment.file.bytes(at: start, count: head.bodySizeBytes)
    guard body.count == head.bodySizeBytes else { return [] }
    // Safe: a span of bytes has no padding.
    let check = SegmentCheck.bodyCheck(unsafe body.span.bytes, headCheck: head.check)
    let difference = check ^ head.bodyCheck
    var mends: [Mend] = []
    if let bit = FlippedBit.find(difference: difference, sizeBytes: body.count) {
      mends.append(flip(at: start + bit.byte, to: body[bit.byte] ^ bit.mask, in: segment))
    }
    if difference.nonzeroBitCount == 1 {
      let byte = difference.trailingZeroBitCount / 8
      let right = UInt8(truncatingIfNeeded: check >> UInt32(8 * byte))
      mends.append(flip(at: offset + 12 + byte, to: right, in: segment))
    }
    return mends
  }

  private static func paddingMends(
    at offset: Int, in segment: SegmentFile
  ) throws(SystemError) -> [Mend] {
    let start = try segment.file.bytes(at: offset, count: 4)
    // Safe: a span of bytes has no padding.
    let bodySize = Int(unsafe start.span.bytes.integer(UInt32.self, at: 0))
    let bodyEnd = offset + LogFormat.frameHeadSizeBytes + bodySize
    let frameEnd = offset + LogFormat.frameSizeBytes(bodySizeBytes: bodySize)
    let zeros = [UInt8](repeating: 0, count: frameEnd - bodyEnd)
    return [Mend(file: segment.name, offset: bodyEnd, way: .padding, bytes: zeros)]
  }

  /// The variants of a header, each with one bit flipped, whose check is right.
  static func headers(of bytes: [UInt8]) -> [(mend: (offset: Int, byte: UInt8), SegmentHeader)] {
    guard bytes.count == LogFormat.headerSizeBytes else { return [] }
    return (0..<8 * bytes.count).compactMap { bit in
      var mended = bytes
      mended[bit / 8] ^= 1 << UInt8(bit % 8)
      // Safe: a span of bytes has no padding.
      guard let header = try? SegmentHeader(decoding: unsafe mended.span.bytes) else { return nil }
      return ((bit / 8, mended[bit / 8]), header)
    }
  }

  private static func flip(at offset: Int, to byte: UInt8, in segment: SegmentFile) -> Mend {
    Mend(file: segment.name, offset: offset, way: .flippedBit, bytes: [byte])
  }
}
