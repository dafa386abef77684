// Going through a ledger's log event by event, and copying it up to an event: for debugging, also
// beside a daemon that writes. Nothing is locked or changed; the pass ends with the last commit.
// A copy has the same events, with the same sequences and ids, and so the same states. Without the
// secrets their sections stand erased, as schema/log.md section 1 has it: nothing else tells of
// them but the digests that the facts have anyway.

import Bytes
import CryptoPrimitives
public import EventLog
import LinuxIO
public import TokenLedger

extension LedgerStore {
  /// Visits the events of the ledger in the directory at `path` in order, until told to stop.
  ///
  /// - Parameters:
  ///   - path: The data directory.
  ///   - visit: Sees each event and its place, and says whether it wants the next.
  /// - Returns: The ledger's id; nil when there is no log yet.
  /// - Throws: `directory`, `log`, `undecodable`, `sections`; every event before was visited.
  /// - Complexity: O(size of the log up to there).
  @discardableResult
  public static func replay(
    _ path: String, _ visit: (Event, LogLocation) throws(StoreError) -> Bool
  ) throws(StoreError) -> LedgerID? {
    try walk(path) { logged throws(StoreError) in
      try visit(try Event(logged: logged), logged.location)
    }
  }

  /// Copies the ledger in the directory at `path` up to an event.
  ///
  /// - Parameters:
  ///   - path: The data directory.
  ///   - target: A data directory that is there and has no log; it is as long as the copy is being
  ///     made, and after an error, to be thrown away.
  ///   - ledger: The id that the copy bears.
  ///   - last: The last event to be copied.
  ///   - keepsSecrets: Whether secrets are copied, and the key file of the directory with them;
  ///     else they are erased in the copy.
  ///   - progress: Is told the number of events copied so far, now and then.
  /// - Throws: as ``replay(_:_:)``; `log` for what cannot be written.
  public static func copy(
    _ path: String, to target: String, ledger: LedgerID, through last: EventSequence,
    keepsSecrets: Bool, _ progress: (Int) -> Void = { _ in }
  ) throws(StoreError) {
    var copy = try LogCopy(in: try fileStorage(target, createIfMissing: true), ledger: ledger)
    try walk(path) { logged throws(StoreError) in
      guard logged.sequence <= last.rawValue else { return false }
      try copy.append(logged, keepsSecrets: keepsSecrets)
      if logged.sequence % 4096 == 0 { progress(Int(logged.sequence)) }
      return logged.sequence < last.rawValue
    }
    try copy.write()
    if keepsSecrets { try KeyFile.copy(from: path, to: target) }
  }

  @discardableResult
  private static func walk(
    _ path: String, _ visit: (LogEvent) throws(StoreError) -> Bool
  ) throws(StoreError) -> LedgerID? {
    let storage = try fileStorage(path, createIfMissing: false)
    do throws(ReplayError<WalkEnd>) {
      let overview = try LogReading.read(storage) { logged throws(WalkEnd) in
        let isWanted: Bool
        do throws(StoreError) { isWanted = try visit(logged) } catch { throw .failed(error) }
        guard isWanted else { throw .enough }
      }
      return overview.head?.ledger
    } catch {
      switch error {
      case .log(let error): throw .log(error)
      case .visitor(.failed(let error)): throw error
      case .visitor(.enough): return nil
      }
    }
  }
}

/// Why a walk through the log ended before the log did.
private enum WalkEnd: Error {
  case enough
  case failed(StoreError)
}

/// A log that is being written anew, event by event.
private struct LogCopy: ~Copyable {
  /// A batch is written when it has so many bytes.
  private static let batchBytes = 1 << 20

  private var writer: SegmentWriter
  private var batch = LogBatch()
  private var nextSequence: UInt64 = 1

  init(in storage: FileStorage, ledger: LedgerID) throws(StoreError) {
    let opened: OpenedLog
    do throws(ReplayError<StoreError>) {
      opened = try LogOpening.open(
        storage, options: LogOptions(), newLedger: ledger, nowMicroseconds: 0
      ) { _ throws(StoreError) in }
    } catch {
      switch error {
      case .log(let error): throw .log(error)
      case .visitor(let error): throw error
      }
    }
    let isNew = opened.recovery.isNew
    precondition(isNew, "a copy begins with an empty directory")
    writer = opened.takeWriter()
  }

  mutating func append(_ logged: LogEvent, keepsSecrets: Bool) throws(StoreError) {
    let facts = [UInt8](copying: logged.facts)
    var sections: [[UInt8]] = []
    var erased: Set<Int> = []
    for index in 0..<logged.sectionCount {
      let section = logged.section(at: index)
      let bytes = [UInt8](copying: section.bytes)
      let isErasedNow = !keepsSecrets && !section.isErased
      if isErasedNow || section.isErased { erased.insert(index) }
      sections.append(
        isErasedNow ? [UInt8](copying: SHA256.digest(of: bytes.span).span) : bytes)
    }
    do throws(BatchLimit) {
      try batch.append(facts: facts.span, sections: sections, erased: erased)
    } catch {
      preconditionFailure("an event that was in a log fits into a batch: \(error)")
    }
    if batch.sizeBytes >= Self.batchBytes { try write() }
  }

  /// Writes what is waiting.
  mutating func write() throws(StoreError) {
    guard !batch.isEmpty else { return }
    let count = UInt64(batch.eventCount)
    do throws(LogError) {
      _ = try writer.append(&batch, firstSequence: nextSequence, nowMicroseconds: 0)
    } catch {
      throw .log(error)
    }
    nextSequence += count
    batch.removeAll()
  }
}
