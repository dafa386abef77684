// A sealed segment written anew without the secrets that nobody needs any more, `schema/log.md`
// section 6: the same events, batches and chain values, with digests in the place of sections.
//
//    scan ──> nothing to erase                                     the file stays as it is
//         ──> <name>.tmp written and synced ──> rename over it     `install`, by the owner
//
// Invariant: what is written has the chain value of what was read, or it is not written. The old
// file and the new one are each a whole segment, so either may stand in the log at any moment.

internal import Bytes
internal import CryptoPrimitives
internal import LinuxIO

/// A segment as it was rewritten, under its temporary name and on the disk.
public struct RewrittenSegment: Equatable, Sendable {
  /// The file name of the segment.
  public let name: String
  /// The number of the segment.
  public let number: UInt32
  /// The sequence of its first event.
  public let firstSequence: UInt64
  /// The sequence of its last event.
  public let lastSequence: UInt64
  /// The size of the file it replaces.
  public let bytesBefore: Int
  /// The size of the new file.
  public let bytesAfter: Int
  /// How many sections were erased now.
  public let erasedCount: Int
  /// Where the events are now that whoever asked keeps places of.
  public let places: [EventPlace]
}

/// An event and where its frame starts.
public struct EventPlace: Equatable, Sendable {
  /// The event's sequence.
  public let sequence: UInt64
  /// Where it stands.
  public let location: LogLocation
}

/// What erasing would free.
public struct ErasureEstimate: Equatable, Sendable {
  /// How many sections would be erased.
  public var sectionCount = 0
  /// How much smaller the log would be, in bytes.
  public var bytes = 0

  /// Nothing.
  public init() {}
}

/// Says which sections are to be erased.
public protocol SectionErasing: Sendable {
  /// Whether the section at `index` of `event`, which is not erased yet, is to be.
  func erases(_ index: Int, of event: LogEvent) -> Bool
}

/// Paces the work, and ends it early.
public protocol RewritePacing: Sendable {
  /// Is told of `bytes` more that were read or written; may wait.
  ///
  /// - Returns: whether to go on.
  func spend(_ bytes: Int) -> Bool
}

/// Rewrites sealed segments.
public enum SegmentRewriting {
  /// How much is written and synced at a time, so that others' syncs are not held up by it.
  static let portionBytes = 4 * 1024 * 1024

  /// The names of the segments whose first event has at most this sequence, in order.
  ///
  /// Where the next event began a new segment, they are sealed and hold no other event.
  ///
  /// - Throws: `system`.
  public static func segments(
    of storage: any LogStorage, beginningThrough sequence: UInt64
  ) throws(LogError) -> [String] {
    try LogDirectory(storage).segments.filter { name in
      SegmentName.firstSequence(of: name).map { $0 <= sequence } ?? false
    }
  }

  /// Says what erasing would free in the segment `name`.
  ///
  /// - Parameters:
  ///   - name: A segment.
  ///   - storage: The log's directory.
  ///   - isOpen: Whether it is the last one, which may end anywhere.
  ///   - erasing: Says which sections would be erased.
  ///   - pace: Is told what was read.
  /// - Returns: the estimate, or nil when the pace said to end; and the size of the segment.
  /// - Throws: `damaged`, `system`.
  /// - Complexity: O(size of the segment).
  public static func estimate(
    _ name: String, in storage: any LogStorage, isOpen: Bool, erasing: some SectionErasing,
    pace: some RewritePacing
  ) throws(LogError) -> (ErasureEstimate?, sizeBytes: Int) {
    let segment = try SegmentFile(storage, name: name, access: .readOnly)
    let estimate = try estimate(scanner(of: segment), isOpen: isOpen, erasing, pace)
    return (estimate, try segment.sizeBytes())
  }

  private static func estimate(
    _ scanner: consuming BatchScanner, isOpen: Bool, _ erasing: some SectionErasing,
    _ pace: some RewritePacing
  ) throws(LogError) -> ErasureEstimate? {
    var scanner = scanner
    var estimate = ErasureEstimate()
    while let batch = try scanner.nextBatch(isOpen: isOpen) {
      scanner.visitEvents(of: batch) { event in
        var saved = 0
        for index in 0..<event.sectionCount where !event.section(at: index).isErased {
          guard erasing.erases(index, of: event) else { continue }
          estimate.sectionCount += 1
          saved += event.section(at: index).bytes.byteCount - SHA256Digest.sizeBytes
        }
        estimate.bytes += saved
      }
      guard pace.spend(batch.commitOffset - batch.start) else { return nil }
    }
    return estimate
  }

  /// Rewrites the segment `name` under its temporary name, if there is anything to erase.
  ///
  /// - Parameters:
  ///   - name: A sealed segment.
  ///   - storage: The log's directory.
  ///   - lowWaterBytes: What the file system keeps free while the copy is being made.
  ///   - erasing: Says which sections are to be erased.
  ///   - stride: The places of events whose sequence is 1 more than a multiple of it are noted.
  ///   - pace: Is told what was read and written.
  /// - Returns: the new file, synced; nil when there is nothing to erase, or the pace said to end:
  ///   nothing is left behind then.
  /// - Throws: `damaged`; `system`; `diskFull`, `belowLowWater`; `writeFailed`. The segment is as
  ///   it was; the temporary file is removed unless that fails too, and a start removes it.
  /// - Complexity: O(size of the segment).
  public static func rewrite(
    _ name: String, in storage: any LogStorage, lowWaterBytes: Int,
    erasing: some SectionErasing, stride: UInt64, pace: some RewritePacing
  ) throws(LogError) -> RewrittenSegment? {
    let segment = try SegmentFile(storage, name: name, access: .readOnly)
    let estimate = try estimate(scanner(of: segment), isOpen: false, erasing, pace)
    guard let estimate, estimate.sectionCount > 0 else { return nil }
    let size = try segment.sizeBytes()
    try checkRoom(for: size - estimate.bytes, named: name, in: storage, lowWaterBytes)
    let copyName = SegmentName.temporary(firstSequence: segment.header.firstSequence)
    do throws(LogError) {
      let file = try create(copyName, in: storage)
      var copy = SegmentCopy(of: segment, to: file, stride: stride)
      var scanner = try Self.scanner(of: segment)
      while let batch = try scanner.nextBatch(isOpen: false) {
        let before = copy.bytesWritten
        try copy.append(batch, of: scanner, erasing)
        let isWanted = pace.spend(batch.commitOffset - batch.start + copy.bytesWritten - before)
        guard isWanted else {
          try? storage.remove(copyName)
          return nil
        }
      }
      try copy.finish(lastSequence: scanner.nextSequence - 1, eventCount: scanner.eventCount)
      return copy.result(bytesBefore: size, erasedCount: estimate.sectionCount)
    } catch {
      try? storage.remove(copyName)
      throw error
    }
  }

  /// Puts a rewritten segment in the place of the old one, in one step.
  ///
  /// Until the directory is synced, a crash may leave either.
  ///
  /// - Throws: `writeFailed`; the old one stands then.
  public static func install(
    _ segment: RewrittenSegment, in storage: any LogStorage
  ) throws(LogError) {
    do throws(SystemError) {
      let copyName = SegmentName.temporary(firstSequence: segment.firstSequence)
      try storage.rename(copyName, to: segment.name)
    } catch {
      throw .writeFailed(error, file: segment.name)
    }
  }

  /// Waits until what was installed is on the disk.
  ///
  /// - Throws: `writeFailed`.
  public static func syncInstalled(in storage: any LogStorage) throws(LogError) {
    do throws(SystemError) { try storage.syncDirectory() } catch {
      throw .writeFailed(error, file: "")
    }
  }

  /// Removes a rewritten segment that is not to be installed.
  public static func discard(_ segment: RewrittenSegment, in storage: any LogStorage) {
    try? storage.remove(SegmentName.temporary(firstSequence: segment.firstSequence))
  }

  private static func scanner(of segment: SegmentFile) throws(LogError) -> BatchScanner {
    let size = try segment.sizeBytes()
    return BatchScanner(
      SegmentSource(segment, chunkSizeBytes: min(size, Replay.chunkSizeBytes)),
      checksChain: false)
  }

  private static func create(
    _ name: String, in storage: any LogStorage
  ) throws(LogError) -> any LogFile {
    do throws(SystemError) { return try storage.create(name) } catch {
      throw error.isOutOfRoom ? .diskFull(file: name) : .writeFailed(error, file: name)
    }
  }

  private static func checkRoom(
    for sizeBytes: Int, named name: String, in storage: any LogStorage, _ lowWaterBytes: Int
  ) throws(LogError) {
    guard lowWaterBytes > 0 else { return }
    let free: Int
    do throws(SystemError) { free = try storage.freeBytes() } catch {
      throw .system(error, file: name)
    }
    guard free - lowWaterBytes >= sizeBytes
    else { throw .belowLowWater(file: name, lowWaterBytes: lowWaterBytes) }
  }
}

extension BatchScanner {
  /// The next batch of a segment; nil at its trailer, or at the end of one that is still open.
  ///
  /// - Throws: `damaged` for anything else; `system`.
  fileprivate mutating func nextBatch(isOpen: Bool) throws(LogError) -> CommittedBatch? {
    switch try next() {
    case .batch(let batch): return batch
    case .trailer: return nil
    case .end where isOpen: return nil
    case .end(let finding, let offset):
      let kind = SegmentTail.damage(finding)
      throw .damaged(file: source.segment.name, offset: offset, kind)
    }
  }
}
