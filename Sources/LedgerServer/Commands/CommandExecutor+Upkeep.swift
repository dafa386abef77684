// Keeping tokens fresh without being asked: settings keep-fresh and keep-alive.
// Invariant: nothing is wanted without a worker, nor of a token that is held off, held back or
// being refreshed already; a definite failure is only told.
// Cost: O(tokens used lately + tokens that are too old), at most every ten seconds.

import LedgerStore
import TokenLedger

extension CommandExecutor {
  /// When there may be something to keep fresh; the end of time for never.
  var upkeepDueMicroseconds: Int64 {
    guard settings.keepFreshMicroseconds > 0 || settings.keepAliveMicroseconds > 0,
      desk.hasWorkers, upkeep.wait?.isComplete ?? true
    else { return .max }
    return upkeep.dueMicroseconds
  }

  /// Has tokens refreshed that are due, once those before are done.
  func keepTokensFresh(at now: Int64) {
    if let wait = upkeep.wait, wait.isComplete {
      desk.forget(wait)
      upkeep.wait = nil
    }
    guard upkeepDueMicroseconds <= now, !store.isReadOnly, !hasFailed else { return }
    let ids = dueForUpkeep(at: now)
    guard !ids.isEmpty else {
      upkeep.dueMicroseconds = now + TokenUpkeep.idleMicroseconds
      upkeep.forgetTries(at: now)
      return
    }
    for id in ids {
      guard let token = store.state.token(id) else { continue }
      upkeep.noteTry(of: id, created: token.created, at: now)
    }
    let wait = JobWait(
      SelectionRefresh(.upkeep, request: [], jobs: ids, unusable: []),
      deadlineMicroseconds: .max)
    upkeep.wait = wait
    desk.want(wait, lease: runningLease)
  }

  /// Notes that somebody used a token, if that matters.
  func noteUse(of id: TokenID) {
    guard settings.keepFreshMicroseconds > 0 else { return }
    upkeep.noteUse(of: id, at: store.options.clock.monotonicMicroseconds)
  }

  /// The first few tokens that are due, ascending.
  private func dueForUpkeep(at now: Int64) -> [TokenID] {
    var ids: [TokenID] = []
    if settings.keepFreshMicroseconds > 0 {
      // A tenth of its time before a token expires.
      let age = settings.validDuration.microseconds / 10 * 9
      ids = upkeep.used(since: now - settings.keepFreshMicroseconds).filter { id in
        guard let token = store.state.token(id) else { return false }
        return token.created.microseconds + age <= store.now.microseconds
          && token.canRefresh && token.heldBack == nil && mayRefresh(id, at: now)
      }
    }
    if settings.keepAliveMicroseconds > 0, ids.count < TokenUpkeep.batchCount {
      let cutoff = store.now.microseconds - settings.keepAliveMicroseconds
      ids += store.state.oldestRefreshable(
        createdAtOrBefore: UnixTime(clampingMicroseconds: cutoff),
        limit: TokenUpkeep.batchCount - ids.count
      ) { [self] id in mayRefresh(id, at: now) && !ids.contains(id) }
    }
    return ids.prefix(TokenUpkeep.batchCount).sorted()
  }

  private func mayRefresh(_ id: TokenID, at now: Int64) -> Bool {
    guard let token = store.state.token(id) else { return false }
    return backOff.hold(on: id, at: now) == nil && store.inFlightEvent(of: id) == nil
      && runningLease(id) == nil
      && !upkeep.wasTriedInVain(id, created: token.created, at: now)
  }
}
