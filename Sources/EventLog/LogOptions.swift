// The settings of a log. None of them changes the format: a log written with one set of options
// is read and continued with any other. The defaults suit a daemon; the tests choose small ones,
// to reach rotation and the end of the room soon.

/// How a log is written and replayed.
public struct LogOptions: Sendable {
  /// A batch that would make a segment larger than this, its trailer included, goes to a new one.
  ///
  /// A batch larger than this has a segment for itself.
  public var segmentSizeBytes = 64 * 1024 * 1024

  /// How much zero-filled room a segment is given at first.
  public var firstRoomSizeBytes = 256 * 1024

  /// Each further room is twice the one before, up to this.
  public var largestRoomSizeBytes = 8 * 1024 * 1024

  /// The low-water mark: the log takes room only while the file system keeps at least this many
  /// bytes free afterwards; 0: it takes what there is.
  ///
  /// Below the mark a batch that does not fit into the room that the segment has is refused, as on
  /// a full disk.
  public var lowWaterBytes = 0

  /// Segments whose events are all below this sequence are not read, only their headers.
  ///
  /// For a start from a snapshot. The first events visited may still be below it: those in the
  /// segment that holds it.
  public var replayFrom: UInt64 = 1

  /// Whether the replay computes the hash chain anew and compares it: the verifier's work.
  public var checksChain = false

  /// The default settings.
  public init() {}
}

extension LogOptions {
  /// The largest segment that locations of four bytes can reach into.
  static let segmentSizeLimitBytes = 1 << 31

  /// Traps on settings that no log can have.
  func validate() {
    precondition(firstRoomSizeBytes > 0, "a room must hold something")
    precondition(largestRoomSizeBytes >= firstRoomSizeBytes, "rooms never shrink")
    precondition(lowWaterBytes >= 0, "a low-water mark below nothing")
    precondition(
      segmentSizeBytes > LogFormat.headerSizeBytes
        && segmentSizeBytes <= Self.segmentSizeLimitBytes, "segment size out of range")
  }
}
