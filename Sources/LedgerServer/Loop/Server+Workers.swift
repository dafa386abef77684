// The server's workers in the loop: started once clients can connect, started again when they end,
// and first to go when the server is told to stop, while it still takes their outcomes. A worker
// that is killed in the middle of a refresh may take a single-use refresh token with it.
//
//     serving ── SIGTERM, SHUTDOWN ──> workers leave ── all gone, or the time is over ──> stopping
//                                          └──────── told to stop once more ────────────────^

import LedgerStore
import LinuxIO

extension Server {
  /// How long the workers have for what they hold when the server is told to stop.
  static let leaveMicroseconds: Int64 = 10_000_000

  /// When something is due for the workers, on the monotonic clock; the end of time for never.
  var crewDueMicroseconds: Int64 { min(crew?.dueMicroseconds ?? .max, leaveEnd ?? .max) }

  /// Stops the node, once the workers have left.
  func stop() {
    guard leaveEnd == nil, let crew, crew.runningCount > 0 else { return node.stop() }
    log.write(.info, "the refreshers leave first", [("n", String(crew.runningCount))])
    // Whoever asks from here on is told so, as soon as the last worker is gone.
    node.executor.settings.hasRefreshers = false
    leaveEnd = node.clock.monotonicMicroseconds + Self.leaveMicroseconds
    crew.leave()
  }

  /// Does what is due for the workers.
  func watchCrew() {
    guard let crew, !node.isStopping else { return }
    let now = node.clock.monotonicMicroseconds
    if let leaveEnd {
      if crew.runningCount == 0 || leaveEnd <= now { node.stop() }
    } else {
      crew.startDue(at: now, on: poll, generation: Self.workerWord)
    }
  }

  func collectWorkers() {
    crew?.collect(at: node.clock.monotonicMicroseconds, from: poll)
  }
}
