// The connections that wait for refreshes: workers for jobs, askers for outcomes. What is wanted
// and handed out is the desk's; here it meets the connections.
// Invariant: as in `Node+Waiting`, who waits is in one list, and one that was answered is dropped
// from it when that is looked at next.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension Node {
  /// Moves refreshes on, as far as that needs no commit.
  func carryOnRefreshes() {
    let hasUpkeep = executor.upkeepDueMicroseconds < .max
    guard hasUpkeep || !awaiting.isEmpty || !taking.isEmpty else { return }
    let now = clock.monotonicMicroseconds
    if !isStopping { executor.keepTokensFresh(at: now) }
    executor.desk.expire(at: now)
    executor.settleHeldOff(at: now)
    answerRefreshes()
    endRefreshWaits(at: now)
    handOutJobs(at: now)
    answerRefreshes()
  }

  /// When a wait for a refresh ends, or a lease that somebody waits for.
  var refreshDueMicroseconds: Int64 {
    var due = isStopping ? .max : executor.upkeepDueMicroseconds
    guard !awaiting.isEmpty || !taking.isEmpty else { return due }
    due = min(due, executor.desk.nextEndMicroseconds ?? .max)
    for connection in awaiting {
      guard case .awaiting(let wait) = connection.pause else { continue }
      due = min(due, wait.deadlineMicroseconds)
    }
    for connection in taking {
      guard case .taking(let wait) = connection.pause else { continue }
      due = min(due, wait.deadlineMicroseconds)
    }
    return due
  }

  /// Answers those whose refreshes are settled; who must write for that is looked at again later.
  func answerRefreshes() {
    guard executor.hasReadyWaits else { return }
    endAwaiting { connection, wait in
      guard wait.isComplete else { return false }
      return answer(connection) { reply in executor.answer(wait, connection.session, &reply) }
    }
  }

  /// Tells those whose answer was on its way to the disk that it did not get there.
  func failRefreshes(_ error: CommandError) {
    endAwaiting { connection, wait in
      wait.decided != nil && answerError(error, wait, connection)
    }
  }

  /// Has each wait looked at by `body`, which says whether that ended it.
  ///
  /// A connection whose wait ended may ask again meanwhile, and is then in the list anew.
  private func endAwaiting(_ body: (Connection, JobWait) -> Bool) {
    for connection in exchange(&awaiting, with: []) {
      guard case .awaiting(let wait) = connection.pause else { continue }
      if !body(connection, wait) { awaiting.append(connection) }
    }
  }

  /// Forgets what a connection waited for, and that it was a worker.
  func forgetRefreshes(of connection: Connection) {
    executor.forgetWorker(connection.session)
    if case .awaiting(let wait) = connection.pause { executor.forget(wait) }
  }

  private func endRefreshWaits(at now: Int64) {
    endAwaiting { connection, wait in
      wait.deadlineMicroseconds <= now && wait.decided == nil
        && answerError(.timeout, wait, connection)
    }
  }

  private func answerError(
    _ error: CommandError, _ wait: JobWait, _ connection: Connection
  ) -> Bool {
    executor.forget(wait)
    return answer(connection) { reply in
      executor.writeError(error, &reply)
      return true
    }
  }

  /// Ends a connection's wait with what `body` writes, unless it says that it is too early.
  private func answer(_ connection: Connection, _ body: (inout ReplyWriter) -> Bool) -> Bool {
    reply.version = connection.session.version
    guard body(&reply) else { return false }
    connection.pause = nil
    flushReplies(to: connection)
    carryOutBuffered(connection)
    settle(connection)
    return true
  }

  // MARK: Workers

  private func handOutJobs(at now: Int64) {
    for connection in exchange(&taking, with: []) {
      guard case .taking(let wait) = connection.pause else { continue }
      reply.version = connection.session.version
      switch executor.grantJobs(wait, connection.session) {
      case .success(let granted?):
        connection.pause = nil
        hold(
          HeldReply(sequence: granted.sequence, answer: .jobs(granted.jobs)), connection, &reply)
      case .success(nil):
        guard wait.deadlineMicroseconds <= now else {
          taking.append(connection)
          continue
        }
        connection.pause = nil
        reply.writeArrayHeader(count: 0)
      case .failure(let error):
        connection.pause = nil
        executor.writeError(error, &reply)
      }
      flushReplies(to: connection)
      carryOutBuffered(connection)
      settle(connection)
    }
  }
}
