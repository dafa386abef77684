// Past states, rebuilt from the log: a state as of some event is taken in hand and carried on to a
// later one, on the caller's thread (tools, tests, simulations) or on a thread beside it (the
// daemon, whose loop must not wait for millions of events).
// Invariant: at most one state is being rebuilt; what is read is durable, and no rewritten segment
// is installed meanwhile, so that the place where the reading starts stays true.

import EventLog
public import LinuxIO
public import TokenLedger

/// A state that was being rebuilt.
public struct RebuiltState: ~Copyable, Sendable {
  /// The state; after an error, as of the last event that could be read.
  public let state: LedgerState
  /// Why it is not as of the event that was wanted.
  public let error: StoreError?

  /// Takes the state out.
  public consuming func takeState() -> LedgerState { state }
}

/// A state, how far it is to be carried on, and where to read on.
struct RebuildRequest: ~Copyable, Sendable {
  let state: LedgerState
  let through: EventSequence
  /// An event at or before the first one that the state lacks.
  let start: EventIndex.Entry

  let storage: any LogStorage

  /// Carries the state on.
  consuming func carriedOut(until stop: StopSign) -> RebuiltState {
    let (through, start) = (self.through, self.start)
    var state = self.state
    var reader = LogReader(storage: storage)
    var failure: StoreError?
    do throws(LogError) {
      try reader.read(
        from: start.location, sequence: start.sequence.rawValue, through: through.rawValue
      ) { logged in
        guard logged.sequence > state.lastSequence.rawValue else { return true }
        do throws(StoreError) { try state.take(logged) } catch { failure = error }
        return failure == nil && !stop.isRaised
      }
    } catch {
      failure = .log(error)
    }
    return RebuiltState(state: state, error: failure)
  }
}

extension LedgerStore {
  /// Whether a state is being rebuilt.
  public var isRebuilding: Bool { rebuilder.isBusy }

  /// The descriptor that becomes readable when ``collectRebuilt()`` has something; nil without a
  /// thread.
  public var rebuildDescriptor: CInt? { rebuilder.descriptor }

  /// From here on past states are rebuilt on a thread of their own, and
  /// ``beginRebuild(_:through:)`` never waits.
  ///
  /// - Throws: `SystemError` of the thread and what wakes it.
  public func startRebuildThread() throws(SystemError) {
    try rebuilder.startThread(name: "past")
  }

  /// Ends the thread; a rebuild under way is given up.
  public func stopRebuildThread() {
    rebuilder.stop()
  }

  /// Begins to carry `state` on to the state after `last`; ``collectRebuilt()`` then has it.
  ///
  /// - Parameters:
  ///   - state: as of an event of this ledger, or empty.
  ///   - last: a durable event behind the state's last one.
  /// - Precondition: nothing is being rebuilt.
  /// - Complexity: O(events between the two), on the thread if there is one.
  public func beginRebuild(_ state: consuming LedgerState, through last: EventSequence) {
    precondition(
      state.lastSequence < last && last <= self.state.lastSequence, "a past that lies ahead")
    guard let start = index.entry(atOrBefore: state.lastSequence.next)
    else { preconditionFailure("a ledger with events has an index") }
    rebuilder.begin(RebuildRequest(state: state, through: last, start: start, storage: storage))
  }

  /// The state that was being rebuilt, once it is there; nil before.
  public func collectRebuilt() -> RebuiltState? {
    rebuilder.poll()
  }
}
