// The files of the snapshots: written under a temporary name, synced, renamed, and the directory
// synced; the two latest are kept. schema/snapshot.md section 6.
// Invariant: it is a cache. Whatever cannot be read or does not fit is passed over, never mended,
// and never a reason not to start; a failure to write one changes nothing of the ledger.

import Bytes
import CryptoPrimitives
import EventLog
import LinuxIO
import TokenLedger

/// The snapshots of a ledger.
struct SnapshotDirectory: Sendable {
  /// So many snapshots are kept.
  static let keptCount = 2
  /// How much is written and synced at a time, so that others' syncs are not held up by it.
  static let portionBytes = 4 * 1024 * 1024

  let storage: any LogStorage

  /// The name of the snapshot after the event `sequence`.
  static func name(_ sequence: UInt64) -> String {
    let number = String(sequence)
    return String(repeating: "0", count: digits - number.count) + number + suffix
  }

  private static let suffix = ".snapshot"
  private static let temporaryEnding = ".tmp"
  private static let temporarySuffix = suffix + temporaryEnding
  private static let digits = 20

  private static func sequence(of name: String) -> UInt64? {
    guard name.utf8.count == digits + suffix.utf8.count, name.hasSuffix(suffix) else { return nil }
    return UInt64(name.dropLast(suffix.count)).flatMap { self.name($0) == name ? $0 : nil }
  }

  /// The sequences of the snapshots that there are, the latest first; none where they cannot be
  /// listed.
  func sequences() -> [UInt64] {
    do throws(SystemError) {
      return try storage.names().compactMap(Self.sequence(of:)).sorted(by: >)
    } catch {
      return []
    }
  }

  // MARK: Reading

  /// Reads the snapshot after the event `sequence`; nil where there is none that can be used.
  ///
  /// - Complexity: O(size), with memory for all of it.
  func load(_ sequence: UInt64, seed: UInt64) -> LoadedSnapshot? {
    do throws(SystemError) {
      let file = try storage.open(Self.name(sequence), .readOnly)
      let bytes = try file.bytes(at: 0, count: try file.sizeBytes())
      // Safe: a span of bytes has no padding.
      return LoadedSnapshot(unsafe bytes.span.bytes, after: sequence, seed: seed)
    } catch {
      return nil
    }
  }

  // MARK: Writing

  /// Writes a snapshot, and then removes all but that one and the one before.
  ///
  /// - Parameters:
  ///   - replayed: the state after `position`, and what belongs to it.
  ///   - position: the end of the log when this was begun.
  ///   - lowWaterBytes: what the file system keeps free.
  ///   - stop: ends the writing early.
  /// - Returns: the size in bytes; nil when told to stop.
  /// - Throws: `system`, `diskFull`, `belowLowWater`; there is no new snapshot then, and the others
  ///   are as they were.
  func write(
    _ replayed: borrowing ReplayedLedger, at position: LogPosition, lowWaterBytes: Int,
    until stop: StopSign
  ) throws(LogError) -> Int? {
    let name = Self.name(position.sequence)
    let head = SnapshotFile(replayed, at: position).encode()
    let size = head.count + replayed.state.snapshotSizeBytes + SHA256Digest.sizeBytes
    do throws(SystemError) {
      try removeUnfinished()
      let room = try storage.freeBytes() - lowWaterBytes
      guard room >= size else {
        throw SystemError(.pwrite, .noSpace)
      }
    } catch {
      throw Self.failure(error, name)
    }
    do throws(SnapshotEnd) {
      try write(head, replayed.state, name, stop)
    } catch {
      try? storage.remove(name + Self.temporaryEnding)
      switch error {
      case .stopped: return nil
      case .failed(let error): throw Self.failure(error, name)
      }
    }
    removeOthers(than: position.sequence)
    return size
  }

  private func write(
    _ head: [UInt8], _ state: borrowing LedgerState, _ name: String, _ stop: StopSign
  ) throws(SnapshotEnd) {
    let copyName = name + Self.temporaryEnding
    var copy: SnapshotCopy
    do throws(SystemError) { copy = SnapshotCopy(try storage.create(copyName)) } catch {
      throw .failed(error)
    }
    try copy.append(head.span)
    try state.encodeSnapshot { (portion) throws(SnapshotEnd) in
      guard !stop.isRaised else { throw .stopped }
      try copy.append(portion)
    }
    try copy.finish()
    do throws(SystemError) {
      try storage.rename(copyName, to: name)
      try storage.syncDirectory()
    } catch {
      throw .failed(error)
    }
  }

  /// Removes what an earlier attempt left behind that was interrupted.
  private func removeUnfinished() throws(SystemError) {
    for name in try storage.names() where name.hasSuffix(Self.temporarySuffix) {
      try storage.remove(name)
    }
  }

  /// Removes all but the one just written and those before it that are kept; what cannot be removed
  /// now is removed after the next one.
  ///
  /// One after a later event is of another past, left there when a log was put back: it would stand
  /// for the latest until this log comes so far.
  private func removeOthers(than latest: UInt64) {
    let all = sequences()
    let kept = all.filter { $0 <= latest }.prefix(Self.keptCount)
    for sequence in all where !kept.contains(sequence) {
      try? storage.remove(Self.name(sequence))
    }
  }

  private static func failure(_ error: SystemError, _ name: String) -> LogError {
    error.isOutOfRoom ? .diskFull(file: name) : .system(error, file: name)
  }
}

/// Why a snapshot was not written.
enum SnapshotEnd: Error {
  case stopped
  case failed(SystemError)
}

/// A snapshot that is being written.
private struct SnapshotCopy: ~Copyable {
  private let file: any LogFile
  private var bytes: [UInt8] = []
  /// Where `bytes` starts in the file.
  private var start = 0
  private var digest = SHA256()

  init(_ file: any LogFile) {
    self.file = file
  }

  mutating func append(_ portion: Span<UInt8>) throws(SnapshotEnd) {
    bytes.append(span: portion)
    // Safe: a span of bytes has no padding.
    digest.update(unsafe portion.bytes)
    if bytes.count >= SnapshotDirectory.portionBytes { try write() }
  }

  /// Writes the digest and what is left.
  consuming func finish() throws(SnapshotEnd) {
    bytes.append(span: digest.finalize().span)
    try write()
  }

  private mutating func write() throws(SnapshotEnd) {
    do throws(SystemError) {
      try file.writeAll(bytes, at: start)
      try file.sync()
    } catch {
      throw .failed(error)
    }
    start += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }
}
