// A segment taken apart, and its checks made anew, by the format page alone: nothing of the
// product's decoders is used, so that both have to agree. It trusts the sizes that it finds: it is
// for segments that are whole.

import Bytes

/// The bytes of one segment.
public struct SegmentBytes: Sendable {
  /// The file's bytes.
  public var bytes: [UInt8]

  /// A frame of the segment.
  public struct Frame: Equatable, Sendable {
    /// Where it starts.
    public let offset: Int
    /// 1 event, 2 commit, 3 trailer.
    public let kind: UInt8
    /// The size of its body.
    public let bodySizeBytes: Int

    /// The whole frame with its padding.
    public var range: Range<Int> { offset..<offset + (16 + bodySizeBytes + 7) / 8 * 8 }
    /// The body.
    public var body: Range<Int> { offset + 16..<offset + 16 + bodySizeBytes }
  }

  /// Takes the bytes of a file.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// All frames, up to the zeros behind the last one.
  public var frames: [Frame] {
    var frames: [Frame] = []
    var offset = 96
    while offset + 16 <= bytes.count, number(at: offset, size: 4) > 0 {
      let frame = Frame(
        offset: offset, kind: bytes[offset + 4],
        bodySizeBytes: Int(number(at: offset, size: 4)))
      frames.append(frame)
      offset = frame.range.upperBound
    }
    return frames
  }

  /// Where the data ends and the room begins.
  public var dataEnd: Int { frames.last?.range.upperBound ?? 96 }

  /// The little-endian number of `size` bytes at `offset`.
  public func number(at offset: Int, size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
  }

  /// Puts a little-endian number of `size` bytes at `offset`.
  public mutating func put(_ value: UInt64, at offset: Int, size: Int) {
    for index in 0..<size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
    }
  }

  /// Makes the header's check right, and with it those of all `frames`, which it seeds.
  public mutating func mendHeader(andFrames frames: [Frame]) {
    put(UInt64(checksum(0, bytes[0..<92])), at: 92, size: 4)
    for frame in frames { mendFrame(at: frame.offset) }
  }

  /// Makes both checks of the frame at `offset` right, whatever its numbers say.
  ///
  /// A body that runs past the end of the file is taken as far as it goes.
  public mutating func mendFrame(at offset: Int) {
    var place: [UInt8] = []
    place.append(littleEndian: UInt64(offset))
    let seed = checksum(UInt32(number(at: 92, size: 4)), place[...])
    let head = checksum(seed, bytes[offset..<offset + 8])
    let end = min(bytes.count, offset + 16 + Int(number(at: offset, size: 4)))
    put(UInt64(head), at: offset + 8, size: 4)
    put(UInt64(checksum(head, bytes[offset + 16..<end])), at: offset + 12, size: 4)
  }

  private func checksum(_ seed: UInt32, _ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = CRC32C(seed: seed)
    crc.update(bytes.span)
    return crc.value
  }
}
