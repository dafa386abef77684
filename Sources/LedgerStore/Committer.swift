// Who makes batches durable: the caller's own thread (tools, tests, a library in process), or a
// thread beside it (the daemon, whose reads must not wait for the disk).

import EventLog
import TokenLedger

/// The writer of a ledger, and the thread that it runs on.
enum Committer: ~Copyable {
  /// The ledger was opened for reading.
  case none
  /// Writes happen inside ``LedgerStore/submit()``.
  case inline(SegmentWriter)
  /// Writes happen on a thread of their own.
  case thread(GroupCommit)

  var isNone: Bool {
    switch self {
    case .none: true
    case .inline, .thread: false
    }
  }
}

/// What became of submitted events.
public enum CommitReport: Sendable {
  /// Everything up to this event is durable and in the state.
  case durable(EventSequence)
  /// There was no room on the disk: none of the events in flight was written, and none will be.
  case refused(LogError)
  /// A write or a sync failed: the fate of the submitted events is open until the next start, and
  /// nothing can be written any more.
  case failed(LogError)
}
