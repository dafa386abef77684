// Snapshots from the loop's side: when one is due, and what is told of it. The work is done beside
// the loop (`SnapshotTask`); here it is begun, and its outcome taken.
// Invariant: one task at a time, and a snapshot that was asked for before a segment to be located.
// A failure leaves the snapshots that there were, and the ledger as it is.

import EventLog
public import LinuxIO
public import TokenLedger

/// What is done for the snapshots of an open ledger.
struct SnapshotUpkeep: ~Copyable {
  let directory: SnapshotDirectory
  var work = SideWork<SnapshotRequest, SnapshotOutcome> { request, stop in
    request.carriedOut(until: stop)
  }
  /// The event after which the latest snapshot is; 0 for none.
  var latest: EventSequence
  /// The same of the snapshot that the ledger was opened from.
  let origin: EventSequence
  /// Whether a snapshot is wanted, or being made.
  var isWanted = false
  var isBeingMade = false
  /// Whether a segment could not be located: then none is tried again.
  var isLocatingOver = false

  init(_ directory: SnapshotDirectory, latest: UInt64) {
    self.directory = directory
    self.latest = EventSequence(latest)
    origin = EventSequence(latest)
  }
}

/// A snapshot that was written.
public struct SnapshotSummary: Equatable, Sendable {
  /// The event after which it is.
  public let sequence: EventSequence
  /// The size of its file, in bytes; 0 when it was there before.
  public let sizeBytes: Int
}

extension LedgerStore {
  /// Whether snapshots are kept.
  public var keepsSnapshots: Bool { snapshots != nil }

  /// The event after which the latest snapshot is; 0 for none.
  public var latestSnapshot: EventSequence { snapshots?.latest ?? .zero }

  /// The event after which the snapshot is that the ledger was opened from; 0: all of the log was
  /// read.
  public var snapshotOfStart: EventSequence { snapshots?.origin ?? .zero }

  /// Whether a snapshot was asked for and is not there yet.
  public var isSnapshotUnderWay: Bool {
    guard let isWanted = snapshots?.isWanted, let isBeingMade = snapshots?.isBeingMade
    else { return false }
    return isWanted || isBeingMade
  }

  /// The descriptor that becomes readable when ``carryOnSnapshots()`` has something to go on with;
  /// nil without a thread.
  public var snapshotDescriptor: CInt? { snapshots?.work.descriptor }

  /// Whether ``carryOnSnapshots()`` has something to do that nothing will wake it for.
  public var isSnapshotStepDue: Bool {
    guard let isBusy = snapshots?.work.isBusy, let isWanted = snapshots?.isWanted
    else { return false }
    if isBusy { return snapshots?.work.descriptor == nil }
    return isWanted || segmentToLocate != nil
  }

  /// From here on snapshots are made by a thread of their own, and segments located.
  ///
  /// - Throws: `SystemError` of the thread and what wakes it.
  public func startSnapshotThread() throws(SystemError) {
    try snapshots?.work.startThread(name: "snapshot", yields: true)
  }

  /// Gives up what is under way, which leaves nothing behind, and ends the thread.
  public func stopSnapshotThread() {
    snapshots?.work.stop()
  }

  /// Asks for a snapshot of all that is durable when it is begun.
  ///
  /// - Precondition: none is under way; snapshots are kept.
  public func requestSnapshot() {
    precondition(keepsSnapshots && !isSnapshotUnderWay, "a snapshot that cannot begin")
    snapshots?.isWanted = true
  }

  /// Takes what the work beside the loop came to, and begins the next piece.
  ///
  /// - Returns: what came of the snapshot that was asked for, once it is over; nil before.
  /// - Complexity: O(events of a segment / 16); without a thread, O(size of the log).
  public func carryOnSnapshots() -> Result<SnapshotSummary, StoreError>? {
    let result = takeSnapshotOutcome()
    beginSnapshotTask()
    return result
  }

  private func takeSnapshotOutcome() -> Result<SnapshotSummary, StoreError>? {
    guard let outcome = snapshots?.work.poll() else { return nil }
    let wasBeingMade = snapshots?.isBeingMade ?? false
    snapshots?.isBeingMade = false
    switch outcome {
    case .written(let sequence, let size):
      snapshots?.latest = sequence
      return .success(SnapshotSummary(sequence: sequence, sizeBytes: size))
    case .located(let entries, let segment, let layout):
      // Where a segment was rewritten meanwhile, the places may be those of before.
      if layout == self.layout { index.locate(entries, inSegment: segment) }
      return nil
    case .failed(let error):
      if !wasBeingMade { snapshots?.isLocatingOver = true }
      return wasBeingMade ? .failure(error) : nil
    case .stopped:
      return wasBeingMade ? .failure(.stopped) : nil
    }
  }

  private func beginSnapshotTask() {
    guard snapshots?.work.isBusy == false, let directory = snapshots?.directory else { return }
    let task: SnapshotTask
    if snapshots?.isWanted == true, let head {
      snapshots?.isWanted = false
      snapshots?.isBeingMade = true
      task = .write(head.position)
    } else if let (first, last) = segmentToLocate {
      task = .locate(first, through: last, layout: layout)
    } else {
      return
    }
    snapshots?.work.begin(
      SnapshotRequest(
        task: task, log: storage, directory: directory,
        lowWaterBytes: options.log.lowWaterBytes, seed: options.seed))
  }

  /// The first and the last event of the latest segment that was not located; nil without a thread,
  /// as tools do not live long enough to gain by it.
  private var segmentToLocate: (EventIndex.Entry, EventSequence)? {
    guard snapshots?.work.descriptor != nil, snapshots?.isLocatingOver == false else { return nil }
    return index.lastUnlocated
  }

  /// Makes a snapshot at once: for tools, that have the ledger to themselves.
  ///
  /// - Returns: the snapshot.
  /// - Throws: `log` for what could not be read or written; the ledger is as it was.
  /// - Precondition: as ``requestSnapshot()``; no threads were started.
  /// - Complexity: O(size of the log).
  public func makeSnapshot() throws(StoreError) -> SnapshotSummary {
    requestSnapshot()
    while true {
      if let result = carryOnSnapshots() { return try result.get() }
    }
  }
}
