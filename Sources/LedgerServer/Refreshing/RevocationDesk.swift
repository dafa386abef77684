// Refresh tokens that the SSO is to be asked to make worthless, and who asks it. In memory: whoever
// wants a revocation that never came asks again (schema/sso.md, "Revocation").
// Invariant: a token has at most one revocation under way, and it is handed out only once the
// deletion that it belongs to is durable. Owner: the loop's thread.

import TokenLedger

/// The revocations under way.
struct RevocationDesk {
  private enum Stage: Equatable {
    /// To be handed out once this event is durable.
    case queued(after: EventSequence)
    /// A worker has it: the number of its session.
    case taken(Int64)
    /// What came of it is on its way to the disk.
    case told(EventSequence, worker: Int64)
  }

  private var stages: [TokenID: Stage] = [:]

  /// How many are under way.
  var count: Int { stages.count }

  /// Has a deleted token's refresh token revoked, unless that is under way.
  mutating func want(_ id: TokenID, after deletion: EventSequence) {
    guard stages[id] == nil else { return }
    stages[id] = .queued(after: deletion)
  }

  /// Hands tokens to a worker, in ascending id.
  mutating func handOut(
    _ count: Int, to worker: Int64, durable last: EventSequence
  ) -> [TokenID] {
    guard !stages.isEmpty else { return [] }
    let due = stages.keys.filter { id in
      if case .queued(let deletion) = stages[id] { deletion <= last } else { false }
    }
    let ids = due.sorted().prefix(count)
    for id in ids { stages[id] = .taken(worker) }
    return Array(ids)
  }

  /// Whether a worker has the token's revocation.
  func isTaken(_ id: TokenID) -> Bool {
    if case .taken = stages[id] { true } else { false }
  }

  /// Notes that what came of it is on its way to the disk.
  mutating func tell(_ id: TokenID, at sequence: EventSequence) {
    guard case .taken(let worker) = stages[id] else { return }
    stages[id] = .told(sequence, worker: worker)
  }

  /// Gives one up.
  mutating func forget(_ id: TokenID) { stages[id] = nil }

  /// Takes over what has become durable.
  mutating func settle(through last: EventSequence) {
    stages = stages.filter { _, stage in
      if case .told(let sequence, _) = stage { sequence > last } else { true }
    }
  }

  /// Takes back what was on its way to the disk: deletions did not happen, outcomes may be told
  /// again.
  mutating func abandon(after last: EventSequence) {
    for id in stages.keys.sorted() {
      switch stages[id] {
      case .queued(let deletion) where deletion > last: stages[id] = nil
      case .told(_, let worker): stages[id] = .taken(worker)
      default: break
      }
    }
  }

  /// Queues what a worker had: it has left, and asking twice does no harm.
  mutating func forgetWorker(_ worker: Int64) {
    for id in stages.keys.sorted() where stages[id] == .taken(worker) {
      stages[id] = .queued(after: .zero)
    }
  }
}
