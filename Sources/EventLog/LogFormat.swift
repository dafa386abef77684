// The numbers of the log's format, version 1: `schema/log.md` section 1 in Swift.
//
// Everything here is on disk. Never change a value; a new meaning is a new format version or a new
// feature bit.

/// The constants of the log's format.
public enum LogFormat {
  /// The version that this code writes, and the only one that it reads.
  public static let version: UInt16 = 1
  /// The ASCII text `TKNLEDGR`, as a little-endian number.
  static let magic: UInt64 = 0x5247_4445_4c4e_4b54

  /// The size of a segment's header.
  public static let headerSizeBytes = 96
  /// The size of a frame's head.
  public static let frameHeadSizeBytes = 16
  /// Frames start at multiples of this.
  public static let frameAlignmentBytes = 8
  /// The size of a commit's and of a trailer's body.
  static let recordBodySizeBytes = 56
  /// The size of a whole commit or trailer frame; it needs no padding.
  public static let recordFrameSizeBytes = frameHeadSizeBytes + recordBodySizeBytes

  /// The largest body of an event.
  public static let maximumBodySizeBytes = 1_048_576
  /// The most sections that an event may have.
  public static let maximumSections = 8
  /// The size of one section word.
  static let sectionWordSizeBytes = 4
  /// The bit of a section word that says that the section was erased.
  static let erasedBit: UInt32 = 1 << 31
  /// The most bytes that the event frames of one batch may take.
  public static let maximumBatchSizeBytes = 64 * 1024 * 1024

  /// What a disk writes whole or not at all; a torn write is told by such sectors of zeros.
  static let sectorSizeBytes = 512

  /// The size of a frame with a body of `bodySizeBytes`, padding included.
  static func frameSizeBytes(bodySizeBytes: Int) -> Int {
    alignedUp(frameHeadSizeBytes + bodySizeBytes, to: frameAlignmentBytes)
  }

  /// The smallest multiple of `alignment`, a power of two, that is not below `value`.
  static func alignedUp(_ value: Int, to alignment: Int) -> Int {
    (value + alignment - 1) & ~(alignment - 1)
  }
}
