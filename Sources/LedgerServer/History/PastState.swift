// The one past state that is at hand, and the moments that wait for theirs: for ASOF.
// Invariant: at most one past state is in memory beside the present one, on the way or here, so a
// ledger never needs more than twice its size; those who wait are served one moment after the
// other, in the order of asking. What nobody asked for in a while is let go.
// Owner: the executor.

import LedgerStore
import TokenLedger

/// The past state at hand.
struct PastState: ~Copyable {
  /// At most so many moments wait for being rebuilt; whoever asks for one more is refused.
  static let maximumWanted = 64
  /// How long a past state is kept that nobody asks for.
  static let idleMicroseconds: Int64 = 60_000_000

  /// As of some event; that of the empty ledger where nothing was rebuilt.
  private(set) var state = LedgerState()
  /// The moments that wait, by the last event of each.
  private(set) var wanted: [EventSequence] = []
  /// Why the latest attempt ended early, for those who waited for it.
  var failure: (last: EventSequence, error: StoreError)?
  /// How many states were rebuilt.
  private(set) var rebuiltCount: Int64 = 0
  private var lastUseMicroseconds: Int64 = 0

  /// When the state is let go, on the monotonic clock; nil: nothing is kept.
  var idleEndMicroseconds: Int64? {
    state.lastSequence > .zero ? lastUseMicroseconds + Self.idleMicroseconds : nil
  }

  /// Notes that the state was asked at a moment of the monotonic clock.
  mutating func use(at now: Int64) {
    lastUseMicroseconds = now
  }

  /// Has a state rebuilt in its turn.
  ///
  /// - Returns: false when too many wait already.
  mutating func want(_ last: EventSequence) -> Bool {
    guard !wanted.contains(last) else { return true }
    guard wanted.count < Self.maximumWanted else { return false }
    wanted.append(last)
    return true
  }

  /// Forgets a moment that nobody waits for any more.
  mutating func forget(_ last: EventSequence) {
    wanted.removeAll { $0 == last }
  }

  /// Takes the next moment that waits.
  mutating func takeNext() -> EventSequence? {
    guard !wanted.isEmpty else { return nil }
    return wanted.removeFirst()
  }

  /// Takes the state out in order to carry it on; the empty one stays.
  mutating func takeState(before last: EventSequence) -> LedgerState {
    let taken = exchange(&state, with: LedgerState())
    return taken.lastSequence < last ? taken : LedgerState()
  }

  /// Puts a state here that was rebuilt.
  mutating func put(_ rebuilt: consuming LedgerState, at now: Int64) {
    state = rebuilt
    rebuiltCount += 1
    lastUseMicroseconds = now
  }

  /// Lets the state go if it was not asked for in a while.
  mutating func endIdle(at now: Int64) {
    guard let end = idleEndMicroseconds, end <= now else { return }
    letGo()
  }

  /// Lets the state go; that of the empty ledger takes its place.
  mutating func letGo() {
    state = LedgerState()
  }
}
