// A segment being read: its header, and the decoder of its frames. It says what stands at an
// offset; what that means for the log is decided by its callers (`BatchScanner`, `Replay`,
// `SegmentTail`).
//
// Every number of a frame is checked before it is used, the body's size before any room is made
// for it.

internal import Bytes
internal import LinuxIO

/// What stands at an offset of a segment.
enum FrameFinding: Equatable {
  /// A frame whose checks are right.
  case good(FrameHead)
  /// Nothing: the file ends here.
  case endOfFile
  /// Fewer bytes than a head.
  case headCut
  /// A head whose check is right, and a body that runs past the end of the file.
  case bodyCut(FrameHead)
  /// Zeros where a head would be.
  case zeros
  /// A head whose check is wrong.
  case badHead
  /// A head whose check is right, and a body whose check is wrong.
  case badBody(FrameHead)
  /// Right checks over something that no writer makes.
  case malformed(DamageKind)
}

/// An open segment, read forward or at any place.
struct SegmentSource: ~Copyable {
  let segment: SegmentFile
  private(set) var window: FileWindow

  /// Reads `segment` in chunks of the given size; nothing is read yet.
  init(_ segment: SegmentFile, chunkSizeBytes: Int) {
    self.segment = segment
    window = FileWindow(segment.file, chunkSizeBytes: chunkSizeBytes)
  }

  /// Forgets what was read, so that it is read anew.
  mutating func forget() {
    window.forget()
  }

  /// Makes sure that a range is in memory, or as much of it as the file has.
  @inline(__always)
  mutating func load(_ range: Range<Int>) throws(LogError) -> Bool {
    do throws(SystemError) {
      return try window.load(range)
    } catch {
      throw .system(error, file: segment.name)
    }
  }

  /// Looks at what stands at `offset`, and keeps the bytes from `start` on in memory.
  mutating func frame(at offset: Int, keepingFrom start: Int) throws(LogError) -> FrameFinding {
    let bodyStart = offset + LogFormat.frameHeadSizeBytes
    guard try load(start..<bodyStart) else {
      return window.end > offset ? .headCut : .endOfFile
    }
    let word = integer(at: offset)
    let checks = integer(at: offset + 8)
    if word == 0 { return .zeros }
    let headCheck = segment.check.headCheck(word: word, at: offset)
    guard headCheck == UInt32(truncatingIfNeeded: checks) else { return .badHead }
    let head: FrameHead
    do throws(DamageKind) {
      head = try FrameHead(word: word, checks: checks)
    } catch {
      return .malformed(error)
    }
    guard try load(start..<offset + head.frameSizeBytes) else { return .bodyCut(head) }
    return judgeBody(of: head, at: bodyStart)
  }

  /// The body of the frame at `offset`, which is in memory.
  @_lifetime(borrow self)
  @inline(__always)
  func body(ofFrameAt offset: Int, _ sizeBytes: Int) -> RawSpan {
    let start = offset + LogFormat.frameHeadSizeBytes
    return window.bytes(start..<start + sizeBytes)
  }

  /// The 64 bits at `offset`, which are in memory.
  @inline(__always)
  func integer(at offset: Int) -> UInt64 {
    window.span.integer(at: offset - window.start)
  }

  private func judgeBody(of head: FrameHead, at start: Int) -> FrameFinding {
    let body = window.bytes(start..<start + head.bodySizeBytes)
    guard SegmentCheck.bodyCheck(body, headCheck: head.check) == head.bodyCheck else {
      return .badBody(head)
    }
    // The padding is the highest bytes of the frame's last eight.
    let frameEnd = start - LogFormat.frameHeadSizeBytes + head.frameSizeBytes
    let paddingBits = 8 * (frameEnd - start - head.bodySizeBytes)
    let highBits = paddingBits == 0 ? 0 : integer(at: frameEnd - 8) >> (64 - paddingBits)
    guard highBits == 0 else { return .malformed(.padding) }
    if head.sectionCount > 0 && EventBody(body, sectionCount: head.sectionCount) == nil {
      return .malformed(.malformedSections)
    }
    return .good(head)
  }
}
