// The connections that wait for a past state. Their requests stay in their inboxes, and are carried
// out again when the state is there: on it, at once, before another one takes its place.
// Invariant: as in `Node+Waiting`, who waits is in one list; a moment that nobody waits for any
// more is not rebuilt.

import LedgerStore
import TokenLedger

extension Node {
  /// Rebuilds what is waited for, one state after the other, and lets an idle one go.
  func carryOnRebuilding() {
    executor.past.endIdle(at: clock.monotonicMicroseconds)
    guard !store.isRebuilding, !rebuilding.isEmpty else { return }
    executor.beginRebuild()
    if store.rebuildDescriptor == nil { finishRebuild() }
  }

  /// Forgets that a connection waits, and its moment if it was the last one to wait for it.
  func forgetPast(of connection: Connection) {
    guard let last = connection.awaitedPast else { return }
    rebuilding.removeAll { $0 === connection }
    guard !rebuilding.contains(where: { $0.awaitedPast == last }) else { return }
    executor.past.forget(last)
  }

  /// A state came back: carries out what waited for it.
  func finishRebuild() {
    guard let last = executor.finishRebuild() else { return }
    let ready = rebuilding.filter { $0.awaitedPast == last }
    rebuilding.removeAll { $0.awaitedPast == last }
    for connection in ready where connection.awaitedPast == last {
      connection.pause = nil
      carryOutBuffered(connection)
      settle(connection)
    }
  }
}

extension Connection {
  /// The last event of the state that its request waits for.
  fileprivate var awaitedPast: EventSequence? {
    if case .rebuilding(let last) = pause { last } else { nil }
  }
}
