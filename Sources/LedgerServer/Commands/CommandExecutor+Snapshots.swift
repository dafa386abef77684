// LEDGER.SNAPSHOT: a snapshot of all that is durable. The work is the store's, beside the loop; the
// node carries it on. Numbers only leave this, and the name of a file that could not be written.
// schema/protocol.md, "Snapshots".

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// LEDGER.SNAPSHOT.
  func snapshot(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    guard arguments.isAtEnd else { throw .unexpectedArgument(.ledgerSnapshot) }
    guard store.keepsSnapshots else { throw .noSnapshots }
    return session.hasHeldReplies ? .wait : .snapshotting
  }

  /// Writes what came of a snapshot.
  func write(
    _ result: Result<SnapshotSummary, StoreError>, into reply: inout ReplyWriter
  ) {
    switch result {
    case .success(let summary):
      reply.writeMapHeader(pairCount: 2)
      reply.writePair("sequence", Int64(summary.sequence.rawValue))
      reply.writePair("bytes", Int64(summary.sizeBytes))
    case .failure(.stopped): writeError(.readOnly, &reply)
    case .failure(let error):
      writeError(error.isDiskFull ? .diskFull : .failedSnapshot(error), &reply)
    }
  }
}
