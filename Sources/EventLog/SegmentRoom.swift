// Room ahead of the writer: real zeros, written before they are needed. Then a batch changes
// neither the file's size nor its extents, and its sync needs no journal commit: 115 against 180
// microseconds on ext4. `fallocate` does not do: its extents are unwritten, and the first write
// to each changes that. It is also how a full disk is noticed before a batch is half written.

internal import LinuxIO

/// What came of an attempt to make room.
enum RoomOutcome {
  /// There is room.
  case made
  /// The disk is full.
  case diskFull
  /// There is room on the disk, but it is not for the log: the low-water mark.
  case belowLowWater
}

/// How the room of a segment grows: in steps, each twice the one before.
struct SegmentRoom: Sendable {
  private let firstStepBytes: Int
  private let largestStepBytes: Int
  private let segmentSizeBytes: Int
  private var stepBytes: Int

  /// Room ends at multiples of this.
  private static let granuleBytes = 4096

  private static let zeros = [UInt8](repeating: 0, count: 128 * 1024)

  init(_ options: LogOptions) {
    firstStepBytes = options.firstRoomSizeBytes
    largestStepBytes = options.largestRoomSizeBytes
    segmentSizeBytes = options.segmentSizeBytes
    stepBytes = options.firstRoomSizeBytes
  }

  /// Fills a file with zeros from its end on, at least up to `needed`.
  ///
  /// On a nearly full disk a part of the step is enough. When not even `needed` can be had, the
  /// file is cut to its former size, which gives the room back to others. What the low-water mark
  /// keeps free counts as full, and is not even tried.
  ///
  /// - Parameters:
  ///   - file: The segment.
  ///   - end: The size of the file, before and after.
  ///   - needed: Where the room must reach to.
  ///   - spareBytes: How much the file may grow.
  /// - Returns: whether there is room now.
  /// - Throws: any failure but a full disk; the file may then have any size from `end` on.
  mutating func extend(
    _ file: any LogFile, from end: inout Int, toHold needed: Int, spareBytes: Int
  ) throws(SystemError) -> RoomOutcome {
    guard needed - end <= spareBytes else { return .belowLowWater }
    let generous = min(end + stepBytes, max(segmentSizeBytes, needed))
    let target = LogFormat.alignedUp(max(needed, generous), to: Self.granuleBytes)
    let affordable = end + min(target - end, spareBytes)
    let reached = try Self.fillZeros(file, from: end, to: affordable)
    stepBytes = reached == target ? min(stepBytes * 2, largestStepBytes) : firstStepBytes
    guard reached >= needed else {
      try file.truncate(toSizeBytes: end)
      return .diskFull
    }
    end = reached
    return .made
  }

  /// Writes zeros until `end` or until the disk is full.
  ///
  /// - Returns: where the zeros end.
  private static func fillZeros(
    _ file: any LogFile, from start: Int, to end: Int
  ) throws(SystemError) -> Int {
    // Safe: a span of bytes has no padding.
    let zeros = unsafe Self.zeros.span.bytes
    var reached = start
    while reached < end {
      let part = zeros.extracting(first: min(zeros.byteCount, end - reached))
      do throws(SystemError) {
        reached += try file.write(part, at: reached)
      } catch {
        guard error.isOutOfRoom else { throw error }
        return reached
      }
    }
    return reached
  }
}
