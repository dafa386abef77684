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
    guard !awaiting.isEmpty || !taking.isEmpty else { return }
    let now = clock.monotonicMicroseconds
    executor.desk.expire(at: now)
    answerRefreshes()
    endRefreshWaits(at: now)
    handOutJobs(at: now)
    answerRefreshes()
  }

  /// When a wait for a refresh ends, or a lease that somebody waits for.
  var refreshDueMicroseconds: Int64 {
    guard !awaiting.isEmpty || !taking.isEmpty else { return .max }
    var due = executor.desk.nextEndMicroseconds ?? .max
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
    let ready = executor.desk.ready
    guard !ready.isEmpty else { return }
    for connection in awaiting {
      guard case .awaiting(let wait) = connection.pause, ready.contains(where: { $0 === wait })
      else { continue }
      answer(connection) { reply in executor.answer(wait, connection.session, &reply) }
    }
    awaiting.removeAll { !$0.isAwaiting }
  }

  /// Tells those whose answer was on its way to the disk that it did not get there.
  func failRefreshes(_ error: CommandError) {
    for connection in awaiting {
      guard case .awaiting(let wait) = connection.pause, wait.decided != nil else { continue }
      answerError(error, wait, connection)
    }
    awaiting.removeAll { !$0.isAwaiting }
  }

  /// Forgets what a connection waited for, and that it was a worker.
  func forgetRefreshes(of connection: Connection) {
    executor.desk.forgetWorker(connection.session.number)
    if case .awaiting(let wait) = connection.pause { executor.desk.forget(wait) }
  }

  private func endRefreshWaits(at now: Int64) {
    for connection in awaiting {
      guard case .awaiting(let wait) = connection.pause, wait.deadlineMicroseconds <= now,
        wait.decided == nil
      else { continue }
      answerError(.timeout, wait, connection)
    }
    awaiting.removeAll { !$0.isAwaiting }
  }

  private func answerError(_ error: CommandError, _ wait: RefreshWait, _ connection: Connection) {
    executor.desk.forget(wait)
    answer(connection) { reply in
      executor.writeError(error, &reply)
      return true
    }
  }

  /// Ends a connection's wait with what `body` writes, unless it says that it is too early.
  private func answer(_ connection: Connection, _ body: (inout ReplyWriter) -> Bool) {
    reply.version = connection.session.version
    guard body(&reply) else { return }
    connection.pause = nil
    flushReplies(to: connection)
    carryOutBuffered(connection)
    settle(connection)
  }

  // MARK: Workers

  private func handOutJobs(at now: Int64) {
    for connection in exchange(&taking, with: []) {
      guard case .taking(let wait) = connection.pause else { continue }
      reply.version = connection.session.version
      switch executor.grantJobs(wait.count, connection.session) {
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

extension Connection {
  fileprivate var isAwaiting: Bool {
    if case .awaiting = pause { true } else { false }
  }
}
