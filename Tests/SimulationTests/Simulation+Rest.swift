// What must hold when everything has calmed down: everybody has an answer, nothing wakes the node
// for nothing, and the ledger is what its events amount to.

import LedgerStore
import TestSupport
import TokenLedger

@testable import LedgerServer

extension Simulation {
  /// How many rounds may pass until everybody has an answer.
  private static let mostRounds = 3000

  /// Heals the disk and lets everything finish: all that was asked is answered.
  func comeToRest() throws {
    trace.begin("rest")
    makeRoom()
    disk.healFaults()
    try finishAll { $0.isContent || $0.isOnlyBlocked }
    clock.advanceMonotonic(microseconds: 60_000)
    try finishAll { $0.isContent || $0.isOnlyBlocked }
    // Whoever still waits for an event gets one; behind that, a client may wait for the next.
    for _ in 0...SimulatedClient.mostOutstanding where !clients.allSatisfy(\.isContent) {
      let waker = connect()
      waker.ask(
        .create(ModelCreation(token: ModelToken(id: 0, character: 9), hasCreated: false)), 0)
      try finishAll { $0.isContent || ($0 !== waker && $0.isOnlyBlocked) }
    }
    try finishAll { $0.isContent }
  }

  /// Whether the node has something to do by itself; at rest it must not.
  private var isNodeDue: Bool { node.dueMicroseconds <= clock.monotonicMicroseconds }

  private func finishAll(_ isDone: (SimulatedClient) -> Bool) throws {
    for _ in 0..<Self.mostRounds {
      for client in clients {
        client.deliverAll()
        try read(client, .max)
      }
      clients.removeAll { $0.isOver }
      if clients.allSatisfy(isDone), node.store.inFlightCount == 0, !isNodeDue { return }
      node.store.writeSubmitted()
      clock.advanceMonotonic(microseconds: 1000)
      try turn("rest", isWhole: true)
    }
    let complaints = clients.filter { !isDone($0) }.map(\.complaint)
    throw Violation("no end: \(complaints.joined(separator: ", "))")
  }

  /// Checks that state and digest of an opened ledger are what its events amount to, and that the
  /// model says the same of every token.
  func checkLedger(_ store: LedgerStore) throws {
    var refolded = LedgerState(seed: 1)
    var misfit: MisfitEvent?
    try store.forEachEvent(from: EventSequence(1), through: store.state.lastSequence) { event, _ in
      do throws(MisfitEvent) { try refolded.apply(event) } catch { misfit = error }
      return misfit == nil
    }
    let (digest, again) = (store.state.digest(), refolded.digest())
    guard misfit == nil, digest == again, refolded.lastSequence == store.state.lastSequence
    else { throw Violation("the state is not the fold of its events") }
    let query = ModelQuery(
      conditions: [], form: .fields(ModelToken.fieldNames.filter { $0 != "expired" }))
    let shown = try observer.ask(["TOKENS.FIND"] + query.words).shown
    let expected = query.reply(chronicle.moments[chronicle.latest].tokens, now: 0, .two)
    guard shown == expected else { throw Violation("the ledger has \(shown), not \(expected)") }
  }
}
