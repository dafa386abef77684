// Past states, rebuilt from the log: a state as of some event is taken in hand and carried on to a
// later one, on the caller's thread (tools, tests, simulations) or on a thread beside it (the
// daemon, whose loop must not wait for millions of events).
// Invariant: at most one state is being rebuilt; what is read is durable and never changes, so the
// thread needs no lock beside the mailboxes.

import EventLog
public import LinuxIO
import Synchronization
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

/// The one who rebuilds states.
struct StateRebuilder: ~Copyable {
  private let storage: any LogStorage
  private var thread: RebuildThread?
  private var finished: RebuiltState?
  private(set) var isBusy = false

  init(_ storage: any LogStorage) {
    self.storage = storage
  }

  /// The descriptor that becomes readable when a state came back; nil without a thread.
  var descriptor: CInt? { thread?.outcomes.descriptor }

  /// From here on states are rebuilt on a thread of their own.
  mutating func startThread() throws(SystemError) {
    guard thread == nil else { return }
    thread = try RebuildThread(storage)
  }

  /// Ends the thread; a state that is being rebuilt is given up.
  mutating func stop() {
    thread?.stop()
  }

  mutating func begin(_ request: consuming RebuildRequest) {
    precondition(!isBusy, "a state is to be rebuilt while another is")
    isBusy = true
    guard let thread else {
      finished = request.carriedOut(on: storage, until: StopSign())
      return
    }
    thread.requests.put(request)
  }

  mutating func poll() -> RebuiltState? {
    if let state = finished.take() {
      isBusy = false
      return state
    }
    guard let state = thread?.outcomes.take() else { return nil }
    isBusy = false
    return state
  }
}

/// The thread and the ways to it.
private final class RebuildThread {
  let requests: Mailbox<RebuildRequest>
  let outcomes: Mailbox<RebuiltState>
  private let stopSign: StopSign
  private var thread: SystemThread?

  /// Starts the thread, which reads from `storage`.
  init(_ storage: any LogStorage) throws(SystemError) {
    let requests = try Mailbox<RebuildRequest>()
    let outcomes = try Mailbox<RebuiltState>()
    let stopSign = StopSign()
    self.requests = requests
    self.outcomes = outcomes
    self.stopSign = stopSign
    thread = try SystemThread.start(name: "past") {
      var events = EventBuffer(capacity: 1)
      while let request = requests.receive(&events) {
        outcomes.put(request.carriedOut(on: storage, until: stopSign))
      }
    }
  }

  deinit { end() }

  /// Gives up what is being rebuilt, and lets the thread end.
  private func end() {
    stopSign.raise()
    requests.close()
  }

  /// Waits for the thread's end.
  func stop() {
    end()
    thread.take()?.join()
  }
}

/// Tells a thread to give up what it is doing.
private final class StopSign: Sendable {
  private let flag = Atomic(false)

  var isRaised: Bool { flag.load(ordering: .relaxed) }

  func raise() { flag.store(true, ordering: .relaxed) }
}

/// A state, how far it is to be carried on, and where to read on.
struct RebuildRequest: ~Copyable, Sendable {
  let state: LedgerState
  let through: EventSequence
  /// An event at or before the first one that the state lacks.
  let start: EventIndex.Entry

  fileprivate consuming func carriedOut(
    on storage: any LogStorage, until stop: StopSign
  ) -> RebuiltState {
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
    try rebuilder.startThread()
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
    rebuilder.begin(RebuildRequest(state: state, through: last, start: start))
  }

  /// The state that was being rebuilt, once it is there; nil before.
  public func collectRebuilt() -> RebuiltState? {
    rebuilder.poll()
  }
}
