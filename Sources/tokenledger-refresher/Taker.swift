// The thread that takes jobs: as many as there are free slots, one wait after the other.
//
// Invariant: its connection stays open while jobs are in hand, because the ledger forgets a login
// when the connection that took it ends. After a failure it connects anew, ever more slowly; jobs
// that were taken before are done and told all the same. Owner: its thread.

import HTTP
import LedgerClient
import LinuxIO

/// Takes jobs and has them done.
struct Taker<Transport: HTTPTransport>: Sendable {
  let board: JobBoard
  let work: JobWork<Transport>
  let options: RefresherOptions
  let log: Log
  /// Called once, after the ledger has let us take.
  let ready: @Sendable () -> Void
  private let executor = JobExecutor()

  init(
    board: JobBoard, work: JobWork<Transport>, options: RefresherOptions, log: Log,
    ready: @escaping @Sendable () -> Void
  ) {
    self.board = board
    self.work = work
    self.options = options
    self.log = log
    self.ready = ready
  }

  /// Takes until the board is stopped, or the ledger turns out not to want us.
  func run() {
    var link = LedgerLink(socketPath: options.socketPath, timeout: options.callTimeout)
    let end = takeJobs(&link)
    // A release build may otherwise let go of the connection after its last use.
    withExtendedLifetime(link) { board.endTaking(end) }
  }

  private func takeJobs(_ link: inout LedgerLink) -> RefresherEnd {
    var backOff = BackOff(options.backOff)
    let lastStart = SystemClock.monotonicMicroseconds() + options.startMilliseconds * 1_000
    var isAdmitted = false
    var lastContact = SystemClock.monotonicMicroseconds()
    while let slots = board.freeSlots() {
      do throws(ClientError) {
        let wait = isAdmitted ? options.blockMilliseconds : nil
        let jobs = try link.call { connection throws(ClientError) in
          try connection.takeJobs(count: slots, blockMilliseconds: wait)
        }
        start(jobs)
        if !isAdmitted { ready() }
        isAdmitted = true
        lastContact = SystemClock.monotonicMicroseconds()
        backOff.reset()
      } catch {
        let left = lastStart - SystemClock.monotonicMicroseconds()
        if !isAdmitted, left <= 0 || error.isRefusal { return .neverAdmitted(error) }
        let away = (SystemClock.monotonicMicroseconds() - lastContact) / 1_000
        if let limit = options.giveUpMilliseconds, isAdmitted, away >= limit {
          // What is in hand is told for as long as after any other end.
          board.stop()
          return .ledgerGone(error)
        }
        log.write(.takingFailed(error))
        let wait = backOff.nextMilliseconds(chance: options.chance())
        board.slotsChanged.pause(
          milliseconds: isAdmitted ? wait : min(wait, left / 1_000)
        ) { board.isStopping }
      }
    }
    return .stopped
  }

  private func start(_ jobs: [LedgerJob]) {
    board.take(jobs.count)
    for job in jobs {
      Task(executorPreference: executor) { [board, work] in
        board.finish(await work.finished(job))
      }
    }
  }
}

extension ClientError {
  /// Whether the ledger does not let us take jobs, and will not until somebody changes that.
  fileprivate var isRefusal: Bool {
    guard case .server(let refusal) = self else { return false }
    return ["DENIED", "ERR"].contains(refusal.prefix)
  }
}
