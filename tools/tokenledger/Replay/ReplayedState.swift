// The fold while it is being looked at: the state after the last event taken, and what that event
// did to its token.
// Owner: the subcommand's thread. A class, because the state is one value that is never copied.

import CryptoPrimitives
import EventLog
import LedgerStore
import TokenLedger

/// What an event did.
struct ReplayStep {
  let event: Event
  /// The event's token before; nil: there was none, or the event is of the ledger itself.
  let before: Token?
  /// The event's token after.
  let after: Token?
}

/// The state of a replay.
final class ReplayedState {
  private(set) var state = LedgerState()
  /// How many events of each kind were taken.
  private(set) var counts: [Event.Tag: Int] = [:]
  /// The last event.
  private(set) var last: Event?

  /// Takes an event in.
  ///
  /// - Throws: `misfit`; the state is unchanged.
  func take(_ event: Event, at location: LogLocation) throws(StoreError) -> ReplayStep {
    let before = event.token.flatMap { state.tokenEvenIfDeleted($0) }
    do throws(MisfitEvent) { try state.apply(event) } catch { throw .misfit(error, location) }
    counts[event.tag, default: 0] += 1
    last = event
    let after = event.token.flatMap { state.tokenEvenIfDeleted($0) }
    return ReplayStep(event: event, before: before, after: after)
  }

  /// The digest of the state.
  var digest: String { state.digest().hex }

  /// The time that `now` means: that of the last event.
  var now: UnixTime {
    let milliseconds = last?.id.milliseconds ?? 0
    return UnixTime(clampingMicroseconds: Int64(clamping: min(milliseconds, .max / 1000)) * 1000)
  }
}
