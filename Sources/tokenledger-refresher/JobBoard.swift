// Which jobs are in hand, between the thread that takes them, the tasks that do them, and the
// thread that tells how they ended.
//
//   taker ──► inHand ──► task ──► finished ──► teller ──► told: the slot is free
//
// Invariant: never more jobs in hand than slots; a job is in hand until the ledger has taken its
// outcome, so a ledger that takes none is not asked for more. Owner: all threads, behind a lock.

import LinuxIO
import Synchronization

/// The jobs in hand.
final class JobBoard: Sendable {
  private struct State {
    var inHand = 0
    var finished: [FinishedJob] = []
    /// When no more jobs were to be taken, in microseconds of the monotonic clock.
    var stoppedAt: Int64?
    /// Why no more jobs come, once that is so.
    var end: RefresherEnd?
  }

  private let slots: Int
  private let state = Mutex(State())
  /// Wakes the taker.
  let slotsChanged: WakeUp
  /// Wakes the teller.
  let outcomesChanged: WakeUp

  /// Makes a board without jobs.
  ///
  /// - Throws: `SystemError` of eventfd(2) and epoll(7).
  init(slots: Int) throws(SystemError) {
    self.slots = slots
    slotsChanged = try WakeUp()
    outcomesChanged = try WakeUp()
  }

  /// Whether no more jobs are to be taken.
  var isStopping: Bool { state.withLock { $0.stoppedAt != nil } }

  /// When that was asked for, in microseconds of the monotonic clock.
  var stoppedAt: Int64? { state.withLock { $0.stoppedAt } }

  /// Why no more jobs come, once that is so.
  var end: RefresherEnd? { state.withLock { $0.end } }

  /// Asks for the end: what is in hand is finished and told.
  func stop() {
    state.withLock { $0.stoppedAt = $0.stoppedAt ?? SystemClock.monotonicMicroseconds() }
    slotsChanged.signal()
    outcomesChanged.signal()
  }

  // MARK: The taker

  /// Waits for free slots and gives their number, or nil when no more jobs are to be taken.
  func freeSlots() -> Int? {
    while true {
      let (free, isStopping) = state.withLock { (slots - $0.inHand, $0.stoppedAt != nil) }
      if isStopping { return nil }
      if free > 0 { return free }
      slotsChanged.wait()
    }
  }

  /// Takes as many slots.
  func take(_ count: Int) {
    state.withLock { $0.inHand += count }
  }

  /// Says that no more jobs come, and waits until none is in hand.
  func endTaking(_ end: RefresherEnd) {
    state.withLock { $0.end = end }
    outcomesChanged.signal()
    while state.withLock({ $0.inHand > 0 }) { slotsChanged.wait() }
  }

  // MARK: The tasks

  /// Hands an outcome over, to be told.
  func finish(_ job: FinishedJob) {
    state.withLock { $0.finished.append(job) }
    outcomesChanged.signal()
  }

  // MARK: The teller

  /// Waits for an outcome, in the order of their arrival, or gives nil when none will come.
  func nextFinished() -> FinishedJob? {
    while true {
      let (job, isOver) = state.withLock { state in
        let job = state.finished.isEmpty ? nil : state.finished.removeFirst()
        return (job, state.end != nil && state.inHand == 0)
      }
      if job != nil || isOver { return job }
      outcomesChanged.wait()
    }
  }

  /// Frees the slot of an outcome that has been dealt with.
  func release() {
    state.withLock { $0.inHand -= 1 }
    slotsChanged.signal()
  }
}
