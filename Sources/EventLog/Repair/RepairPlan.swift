// What a repair would do, as a value: shown by a dry run, carried out by `RepairRun`. Making it
// changes nothing, and showing it shows no byte of a payload.
// `schema/log.md` section 5 says what a repair may do.

/// What a repair would do to a log.
public struct RepairPlan: Sendable {
  /// Changes without loss, in the order of the log.
  public let mends: [Mend]
  /// What cannot be mended and is given up; nil for nothing.
  public let cut: RepairCut?
  /// Why nothing can be done; nil unless the log has no start.
  public let obstacle: RepairObstacle?

  /// Whether there is nothing to do.
  public var isEmpty: Bool { mends.isEmpty && cut == nil && obstacle == nil }

  /// The files that a repair writes to: copied aside before.
  public var changedFiles: [String] {
    var names: [String] = []
    for name in mends.map(\.file) + (cut?.tail.map { [$0.file] } ?? []) where !names.contains(name)
    {
      names.append(name)
    }
    return names
  }
}

/// Where a repair ends the log, and what it gives up.
public struct RepairCut: Equatable, Sendable {
  /// Bytes that are given up.
  public struct Range: Equatable, Sendable {
    /// The segment's file.
    public let file: String
    /// Where they start.
    public let offset: Int
    /// Where they end: behind the last byte that is not zero.
    public let end: Int
    /// The name under which they are kept beside the log.
    public let keptAs: String
  }

  /// The damage that cannot be mended.
  public let damage: DamageKind
  /// The file in which it is.
  public let file: String
  /// Where it is.
  public let offset: Int
  /// The sequence of the last event that stays; 0 for none.
  public let lastSequence: UInt64
  /// The rest of the last segment that stays; nil when nothing stands there.
  public let tail: Range?
  /// The segments behind it, as a whole.
  public let segments: [Range]

  /// Whether a piece of the log is given up.
  public func givesUp(file: String, offset: Int) -> Bool {
    segments.contains { $0.file == file }
      || tail.map { $0.file == file && offset >= $0.offset } ?? false
  }
}

/// Why a log cannot be repaired.
public enum RepairObstacle: Equatable, Sendable {
  /// There is no segment.
  case noSegment
  /// The first segment cannot be read from its start: nothing would be left.
  case noStart(file: String, offset: Int, DamageKind)
}
