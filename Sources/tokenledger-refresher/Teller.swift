// The thread that tells the ledger how jobs ended, over a connection of its own: an outcome is not
// kept waiting by the taker's wait for more jobs.
//
// Invariant: an outcome is told again until the ledger has taken or refused it. Telling it twice
// does no harm: the second one is a CONFLICT. Owner: its thread.

import LedgerClient
import LinuxIO

/// Tells outcomes.
struct Teller: Sendable {
  let board: JobBoard
  let options: RefresherOptions
  let log: Log

  /// Tells until no more outcomes come.
  func run() {
    var link = LedgerLink(socketPath: options.socketPath, timeout: options.callTimeout)
    while let job = board.nextFinished() {
      tell(job, over: &link)
      board.release()
    }
  }

  private func tell(_ finished: FinishedJob, over link: inout LedgerLink) {
    var finished = finished
    var backOff = BackOff(options.backOff)
    while true {
      do throws(ClientError) {
        let token = try link.call { connection throws(ClientError) in
          try finished.outcome.tell(connection)
        }
        return log.write(.told(finished, token: token))
      } catch {
        switch Verdict(error) {
        case .again where isTooLate: return log.write(.givenUp(finished, error))
        case .again:
          log.write(.tellingFailed(error))
          pause(backOff.nextMilliseconds(chance: options.chance()))
        case .late: return log.write(.late(finished, error))
        case .refused:
          log.write(.refused(finished, error))
          guard let other = finished.outcome.refused else { return }
          finished.outcome = other
        }
      }
    }
  }

  /// Whether the program is to end, and the ledger has had its time to come back.
  private var isTooLate: Bool {
    guard let stoppedAt = board.stoppedAt else { return false }
    let waited = SystemClock.monotonicMicroseconds() - stoppedAt
    return waited >= options.farewellMilliseconds * 1_000
  }

  private func pause(_ milliseconds: Int64) {
    board.outcomesChanged.pause(milliseconds: milliseconds) { isTooLate }
  }
}

/// What an error means for an outcome that was to be told.
private enum Verdict {
  /// The ledger may not have it: tell it again.
  case again
  /// The ledger has it already, or wants it no more.
  case late
  /// The ledger will never take it in this form.
  case refused

  init(_ error: ClientError) {
    self =
      switch error {
      case .server(let refusal) where ["CONFLICT", "NOTFOUND", "GONE"].contains(refusal.prefix):
        .late
      case .server(let refusal) where ["ERR", "LIMIT"].contains(refusal.prefix): .refused
      case .unexpectedReply: .late
      case .invalidPath, .unreachable, .system, .timeout, .connectionClosed, .protocolViolation,
        .server:
        .again
      }
  }
}
