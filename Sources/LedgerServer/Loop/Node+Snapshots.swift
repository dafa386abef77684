// Snapshots beside everything else: for whoever asked, or unasked after so many events. The thread
// that makes them wakes the loop, which only takes note.
// Invariant: one at a time, in the order of asking; each asker's was begun after it asked. Who
// leaves does not stop it.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension Node {
  /// How long after one that failed no snapshot is made unasked.
  static let snapshotRetryMicroseconds: Int64 = 600_000_000

  /// Whether there is a step to do that nothing else will wake the loop for.
  var isSnapshotStepDue: Bool {
    if isStopping { return false }
    if store.isSnapshotStepDue || hasSnapshotReport { return true }
    return !snapshotting.isEmpty && !store.isSnapshotUnderWay
  }

  /// Takes what the thread has to say, and begins the next snapshot.
  func carryOnSnapshots() {
    guard !executor.hasFailed, !isStopping, store.keepsSnapshots else { return }
    if !store.isSnapshotUnderWay { beginSnapshot() }
    guard store.isSnapshotStepDue || hasSnapshotReport else { return }
    hasSnapshotReport = false
    if let result = store.carryOnSnapshots() { finishSnapshot(result) }
  }

  private func beginSnapshot() {
    snapshotting.removeAll { $0.isClosed }
    if !snapshotting.isEmpty {
      snapshotAsker = snapshotting.removeFirst()
      store.requestSnapshot()
      return
    }
    let eventCount = executor.settings.snapshotEventCount
    guard eventCount > 0, store.eventCount - store.latestSnapshot.rawValue >= eventCount,
      clock.monotonicMicroseconds >= nextSnapshotMicroseconds
    else { return }
    store.requestSnapshot()
  }

  private func finishSnapshot(_ result: Result<SnapshotSummary, StoreError>) {
    switch result {
    case .success(let summary):
      executor.figures.snapshotsDone += 1
      log.write(
        .info, "snapshot written",
        [("sequence", String(summary.sequence.rawValue)), ("bytes", String(summary.sizeBytes))])
    case .failure(let error):
      executor.figures.snapshotsFailed += 1
      nextSnapshotMicroseconds = clock.monotonicMicroseconds + Self.snapshotRetryMicroseconds
      log.write(.warning, "no snapshot", [("error", error.description)])
    }
    guard let asker = exchange(&snapshotAsker, with: nil), !asker.isClosed else { return }
    asker.pause = nil
    reply.version = asker.session.version
    executor.write(result, into: &reply)
    flushReplies(to: asker)
    carryOutBuffered(asker)
    settle(asker)
  }
}
