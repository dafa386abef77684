// Rewriting the log beside everything else: one step a turn, for whoever asked, or unasked after so
// many new segments. The thread that rewrites wakes the loop; the steps in between are short.
// Invariant: one at a time, in the order of asking. Who leaves does not stop it: what was begun is
// told in the log, and goes on.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension Node {
  /// How long after one that failed the log is not rewritten unasked.
  static let compactionRetryMicroseconds: Int64 = 600_000_000

  /// Whether there is a step to do that nothing else will wake the loop for.
  var isCompactionDue: Bool {
    if isStopping { return false }
    if store.isCompacting { return store.isCompactionDue || hasCompactionReport }
    return !compacting.isEmpty
  }

  /// Does a step of the compaction under way, or begins the next one.
  func carryOnCompaction() {
    guard !executor.hasFailed, !isStopping else { return }
    if !store.isCompacting { beginCompaction() }
    guard store.isCompactionDue || hasCompactionReport else { return }
    hasCompactionReport = false
    guard let request = store.compactionRequest, let result = store.carryOnCompaction()
    else { return }
    finishCompaction(result, of: request)
  }

  private func beginCompaction() {
    compacting.removeAll { $0.isClosed }
    if let asker = compacting.first, case .compacting(let request) = asker.pause {
      compacting.removeFirst()
      compactionAsker = asker
      begin(request)
      return
    }
    let settings = executor.settings.compaction
    guard settings.segmentCount > 0, store.segmentsSinceCompaction >= settings.segmentCount,
      clock.monotonicMicroseconds >= nextCompactionMicroseconds, !store.isReadOnly
    else { return }
    begin(executor.compactionRequest(.dead, Origin(actor: .system)))
  }

  private func begin(_ request: CompactionRequest) {
    do throws(CompactionFailure) { try store.beginCompaction(request) } catch {
      finishCompaction(.failure(error), of: request)
    }
  }

  private func finishCompaction(
    _ result: Result<CompactionSummary, CompactionFailure>, of request: CompactionRequest
  ) {
    switch result {
    case .success(let summary): note(summary, request)
    case .failure(let failure): note(failure)
    }
    guard let asker = exchange(&compactionAsker, with: nil), !asker.isClosed else { return }
    asker.pause = nil
    reply.version = asker.session.version
    switch result {
    case .success(let summary): executor.write(summary, of: request, into: &reply)
    case .failure(let failure): executor.writeError(CommandError(failure), &reply)
    }
    flushReplies(to: asker)
    carryOutBuffered(asker)
    settle(asker)
  }

  private func note(_ summary: CompactionSummary, _ request: CompactionRequest) {
    guard !request.isDryRun else { return }
    executor.figures.compactionsDone += 1
    log.write(
      .info, "compacted",
      [
        ("segments", String(summary.rewrittenCount)), ("secrets", String(summary.secretCount)),
        ("bytes_before", String(summary.bytesBefore)),
        ("bytes_after", String(summary.bytesAfter)),
      ])
  }

  private func note(_ failure: CompactionFailure) {
    executor.figures.compactionsFailed += 1
    nextCompactionMicroseconds = clock.monotonicMicroseconds + Self.compactionRetryMicroseconds
    log.write(.warning, "compaction ended early", [("error", CommandError(failure).text)])
  }
}
