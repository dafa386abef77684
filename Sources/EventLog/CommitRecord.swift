// The bodies of the two frames that hold no event, `schema/log.md` section 1. Both are 56 bytes:
// three numbers or four, and the chain value. One size for both lets a reader behind damage find
// either at any multiple of 8. The checks are left empty here and filled in by `SegmentCheck`,
// which knows the frame's place.

internal import Bytes

/// The body of the frame that ends a batch.
struct CommitRecord: Equatable {
  /// The sequence of the batch's first event.
  let firstSequence: UInt64
  /// The number of events in the batch, 1 or more.
  let eventCount: UInt32
  /// The bytes from the start of the first event frame to the start of this frame.
  let sizeBytes: UInt32
  /// When the batch was written, in microseconds since 1970.
  let writtenMicroseconds: Int64
  /// The chain value after the batch.
  let chain: ChainValue

  /// Appends the whole frame with empty checks.
  func appendFrame(to bytes: inout [UInt8]) {
    appendRecordHead(.commit, to: &bytes)
    bytes.append(littleEndian: firstSequence)
    bytes.append(littleEndian: eventCount)
    bytes.append(littleEndian: sizeBytes)
    bytes.append(littleEndian: writtenMicroseconds)
    chain.append(to: &bytes)
  }
}

extension CommitRecord {
  /// Reads a body of 56 bytes.
  init(decoding body: RawSpan) {
    self.init(
      firstSequence: body.integer(at: 0), eventCount: body.integer(at: 8),
      sizeBytes: body.integer(at: 12), writtenMicroseconds: body.integer(at: 16),
      chain: ChainValue(at: 24, of: body))
  }
}

/// The body of the frame that ends a segment.
struct TrailerRecord: Equatable {
  /// The sequence of the segment's last event.
  let lastSequence: UInt64
  /// The number of events in the segment.
  let eventCount: UInt64
  /// The offset of this frame.
  let offset: UInt64
  /// The chain value after the last batch.
  let chain: ChainValue

  /// Appends the whole frame with empty checks.
  func appendFrame(to bytes: inout [UInt8]) {
    appendRecordHead(.trailer, to: &bytes)
    bytes.append(littleEndian: lastSequence)
    bytes.append(littleEndian: eventCount)
    bytes.append(littleEndian: offset)
    chain.append(to: &bytes)
  }

  /// The whole frame for its place in a segment, with its checks.
  func frame(at offset: Int, of check: SegmentCheck) -> [UInt8] {
    var frame: [UInt8] = []
    appendFrame(to: &frame)
    check.sealFrame(
      at: 0, bodySizeBytes: LogFormat.recordBodySizeBytes, of: &frame, offset: offset)
    return frame
  }
}

extension TrailerRecord {
  /// Reads a body of 56 bytes.
  init(decoding body: RawSpan) {
    self.init(
      lastSequence: body.integer(at: 0), eventCount: body.integer(at: 8),
      offset: body.integer(at: 16), chain: ChainValue(at: 24, of: body))
  }
}

/// Appends the head of a commit or trailer frame, with empty checks.
private func appendRecordHead(_ kind: FrameKind, to bytes: inout [UInt8]) {
  let size = LogFormat.recordBodySizeBytes
  bytes.append(littleEndian: FrameHead.word(kind: kind, bodySizeBytes: size))
  bytes.append(littleEndian: UInt64(0))
}
