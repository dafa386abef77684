// Which tokens are to be refreshed, who works on them, and who waits for it. One job a token,
// however many ask: single flight over all processes. What must outlast a crash is the lease, which
// is in the state; all of this is made anew by those who ask again.
// Invariant: a token has at most one job; one that is granting or leased is not handed out again
// before its lease is over. Owner: the loop's thread. Times are the monotonic clock's.

import TokenLedger

/// The jobs, the workers and the waits.
///
///     wanted ──> queued ──TAKE──> granting ──durable──> leased ──outcome durable──> settled
///                  ^                 │ refused            │ lease over, somebody waits
///                  └─────────────────┴────────────────────┘
struct RefreshDesk {
  private struct Job {
    var waits: [JobWait] = []
    /// Latched with the lease: an outcome counts as it was meant when the job left.
    var isEndingWanted = false
    var isUrgent = false
    var stage = Stage.queued
  }

  private enum Stage: Equatable {
    case queued
    case granting(EventSequence)
    case leased(EventSequence, endMicroseconds: Int64)
  }

  private var jobs: [TokenID: Job] = [:]
  /// Tokens whose job is queued, and perhaps some whose job is not any more.
  private var urgent = JobQueue()
  private var unhurried = JobQueue()
  /// Tokens whose job is granting or leased.
  private var handedOut: Set<TokenID> = []
  /// Outcomes that were decided on and are not durable yet.
  private var told: [TokenID: (sequence: EventSequence, result: RefreshResult)] = [:]
  /// How many waits can be answered.
  private(set) var readyCount = 0
  /// The sessions that ever took jobs and are still there.
  private var workers: Set<Int64> = []

  // MARK: Workers

  /// Whether anybody refreshes tokens.
  var hasWorkers: Bool { !workers.isEmpty }
  /// How many sessions refresh tokens.
  var workerCount: Int { workers.count }
  /// How many jobs wait for a worker.
  var queuedCount: Int { jobs.count - handedOut.count }
  /// How many jobs are with a worker.
  var handedOutCount: Int { handedOut.count }

  mutating func admitWorker(_ session: Int64) { workers.insert(session) }
  mutating func forgetWorker(_ session: Int64) { workers.remove(session) }

  // MARK: Waits

  /// Has the outstanding tokens of a wait refreshed, in ascending order.
  ///
  /// - Parameters:
  ///   - wait: who waits.
  ///   - lease: gives the lease of a token that somebody holds, with its end.
  mutating func want(
    _ wait: JobWait, lease: (TokenID) -> (fence: EventSequence, endMicroseconds: Int64)?
  ) {
    let isUrgent = wait.selection == nil
    for id in wait.selection?.jobs ?? wait.outstanding.sorted() {
      if jobs[id] == nil {
        jobs[id] = Job()
        if let held = lease(id) {
          jobs[id]?.stage = .leased(held.fence, endMicroseconds: held.endMicroseconds)
          handedOut.insert(id)
        } else {
          enqueue(id, isUrgent: isUrgent)
        }
      } else if isUrgent, jobs[id]?.stage == .queued, jobs[id]?.isUrgent == false {
        enqueue(id, isUrgent: true)
      }
      jobs[id]?.waits.append(wait)
      if wait.isEndingWanted { jobs[id]?.isEndingWanted = true }
    }
    if wait.isComplete { readyCount += 1 }
  }

  /// Forgets a wait: it was answered, or nobody is there any more.
  mutating func forget(_ wait: JobWait) {
    if wait.isComplete { readyCount -= 1 }
    withdraw(wait)
  }

  /// Takes a wait out of the jobs that it still has; what nobody else wants is not handed out.
  private mutating func withdraw(_ wait: JobWait) {
    for id in wait.outstanding {
      guard var job = jobs[id] else { continue }
      job.waits.removeAll { $0 === wait }
      if job.stage == .queued {
        job.isEndingWanted = job.waits.contains(where: \.isEndingWanted)
      }
      jobs[id] = job.stage == .queued && job.waits.isEmpty ? nil : job
    }
  }

  // MARK: Handing out

  /// Whether a definite failure of the token's refresh is to end it.
  func isEndingWanted(_ id: TokenID) -> Bool { jobs[id]?.isEndingWanted ?? false }

  /// Takes tokens out of the queue, those asked for one by one first, until `body` has enough.
  ///
  /// - Parameter body: says what becomes of a token's job; nil: no more are wanted, and this one
  ///   stays first.
  mutating func handOut(_ body: (TokenID) -> Handing?) {
    var postponed: [TokenID] = []
    hand(\.urgent, body, &postponed)
    hand(\.unhurried, body, &postponed)
    for id in postponed { enqueue(id, isUrgent: jobs[id]?.isUrgent ?? false) }
  }

  private mutating func enqueue(_ id: TokenID, isUrgent: Bool) {
    jobs[id]?.isUrgent = isUrgent
    if isUrgent { urgent.append(id) } else { unhurried.append(id) }
  }

  /// What becomes of a queued job.
  enum Handing {
    /// Its lease is on its way to the disk.
    case granting(EventSequence)
    /// Somebody holds a lease until then.
    case leased(EventSequence, endMicroseconds: Int64)
    /// Not now: it is asked again at the next occasion.
    case postponed
    /// There is nothing to do any more.
    case settled(RefreshResult)
  }

  private mutating func hand(
    _ queue: WritableKeyPath<RefreshDesk, JobQueue>, _ body: (TokenID) -> Handing?,
    _ postponed: inout [TokenID]
  ) {
    while let id = self[keyPath: queue].first {
      guard jobs[id]?.stage == .queued, !postponed.contains(id) else {
        self[keyPath: queue].removeFirst()
        continue
      }
      guard let handing = body(id) else { return }
      self[keyPath: queue].removeFirst()
      switch handing {
      case .granting(let fence): setStage(id, .granting(fence))
      case .leased(let fence, let end): setStage(id, .leased(fence, endMicroseconds: end))
      case .postponed: postponed.append(id)
      case .settled(let result): settle(id, result)
      }
    }
  }

  private mutating func setStage(_ id: TokenID, _ stage: Stage) {
    jobs[id]?.stage = stage
    if stage == .queued { handedOut.remove(id) } else { handedOut.insert(id) }
  }

  // MARK: Outcomes

  /// Notes an outcome that is on its way to the disk.
  mutating func tell(_ id: TokenID, _ result: RefreshResult, at sequence: EventSequence) {
    told[id] = (sequence, result)
  }

  /// Takes over what has become durable.
  ///
  /// - Parameters:
  ///   - last: the last durable event.
  ///   - leaseEnd: when a lease that is durable now ends.
  ///   - fence: the fence of a token's lease, if it has one.
  ///   - other: what became of a token whose lease is gone without an outcome told here.
  mutating func settle(
    through last: EventSequence, leaseEndMicroseconds leaseEnd: Int64,
    fence: (TokenID) -> EventSequence?, other: (TokenID) -> RefreshResult
  ) {
    for id in told.keys.sorted() {
      guard let outcome = told[id], outcome.sequence <= last else { continue }
      told[id] = nil
      settle(id, outcome.result)
    }
    for id in handedOut.sorted() {
      switch jobs[id]?.stage {
      case .granting(let granted) where granted <= last:
        setStage(id, .leased(granted, endMicroseconds: leaseEnd))
      case .leased(let held, _) where fence(id) != held && told[id] == nil:
        settle(id, other(id))
      default: break
      }
    }
  }

  /// Takes back what was on its way to the disk and did not get there.
  mutating func abandon() {
    told.removeAll()
    for id in handedOut.sorted() {
      guard case .granting = jobs[id]?.stage else { continue }
      queueAgain(id)
    }
  }

  /// Ends leases whose time is over: what somebody still waits for is queued again.
  mutating func expire(at now: Int64) {
    for id in handedOut.sorted() where told[id] == nil {
      guard case .leased(_, let end) = jobs[id]?.stage, end <= now else { continue }
      queueAgain(id)
    }
  }

  /// When the next lease ends.
  var nextEndMicroseconds: Int64? {
    handedOut.compactMap { id in
      guard told[id] == nil, case .leased(_, let end) = jobs[id]?.stage else { return nil }
      return end
    }.min()
  }

  private mutating func queueAgain(_ id: TokenID) {
    setStage(id, .queued)
    if jobs[id]?.waits.isEmpty ?? true {
      jobs[id] = nil
    } else {
      enqueue(id, isUrgent: true)
    }
  }

  private mutating func settle(_ id: TokenID, _ result: RefreshResult) {
    handedOut.remove(id)
    guard let job = jobs.removeValue(forKey: id) else { return }
    for wait in job.waits where !wait.isComplete {
      wait.take(result, of: id)
      guard wait.isComplete else { continue }
      readyCount += 1
      withdraw(wait)
    }
  }
}

/// Tokens in the order of asking.
private struct JobQueue {
  private var ids: [TokenID] = []
  private var start = 0

  var first: TokenID? { start < ids.count ? ids[start] : nil }

  mutating func append(_ id: TokenID) { ids.append(id) }

  mutating func removeFirst() {
    start += 1
    guard start == ids.count || start >= 1024 && start * 2 > ids.count else { return }
    ids.removeFirst(start)
    start = 0
  }
}
