// The commands of those who refresh tokens: take jobs, tell outcomes.
// Invariant: a job leaves only when its lease is durable, so the ledger is proved writable before a
// single-use refresh token is spent; an outcome counts only under the lease that it was made under.

import Bytes
import LedgerStore
import RESP
import TokenLedger

/// A worker that waits for jobs.
struct TakeWait {
  var count: Int
  /// Whether it exchanges codes of logins, too.
  var takesLogins = false
  /// Whether it revokes refresh tokens, too.
  var takesRevocations = false
  /// On the monotonic clock; the end of time for never.
  var deadlineMicroseconds: Int64 = 0
}

/// Jobs that leave once an event is durable.
struct GrantedJobs {
  var jobs: [WorkerJob]
  /// The last of their leases; of jobs without a lease, an event that is durable already.
  var sequence: EventSequence
}

extension CommandExecutor {
  /// The most jobs of one REFRESH.TAKE.
  static let maximumJobs: Int64 = 1000
  /// The longest wait for a job or an outcome: a day.
  static let maximumWaitMilliseconds: Int64 = 86_400_000

  // MARK: REFRESH.TAKE

  func takeJobs(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    var count: Int64?
    var block: Int64?
    var wait = TakeWait(count: 1)
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .count:
        guard count == nil else { throw .repeated(.count) }
        count = try arguments.integer("COUNT", in: 1...Self.maximumJobs)
      case .block:
        guard block == nil else { throw .repeated(.block) }
        block = try arguments.integer("BLOCK", in: 0...Self.maximumWaitMilliseconds)
      case .logins where !wait.takesLogins: wait.takesLogins = true
      case .revocations where !wait.takesRevocations: wait.takesRevocations = true
      default: throw .unexpectedArgument(.refreshTake)
      }
    }
    guard !session.hasHeldReplies else { return .wait }
    desk.admitWorker(session.number)
    wait.count = Int(count ?? 1)
    if let granted = try grantJobs(wait, session).get() {
      return .held(granted.sequence, .jobs(granted.jobs))
    }
    guard let block else {
      reply.writeArrayHeader(count: 0)
      return .replied
    }
    // As in XREAD, 0 waits for ever.
    wait.deadlineMicroseconds =
      block == 0 ? .max : store.options.clock.monotonicMicroseconds + block * 1000
    return .taking(wait)
  }

  /// Jobs for a worker: codes first, since somebody sits before them; nil when there is none.
  func grantJobs(_ wait: TakeWait, _ session: Session) -> Result<GrantedJobs?, CommandError> {
    let codes = wait.takesLogins ? loginJobs(wait.count, session) : []
    if !codes.isEmpty {
      return .success(GrantedJobs(jobs: codes, sequence: store.state.lastSequence))
    }
    let leased = grantLeases(wait.count, session)
    guard case .success(nil) = leased, wait.takesRevocations else { return leased }
    let jobs = revocationJobs(wait.count, session)
    guard !jobs.isEmpty else { return .success(nil) }
    return .success(GrantedJobs(jobs: jobs, sequence: store.state.lastSequence))
  }

  /// Grants leases to a worker for up to `count` queued tokens; nil when there is none.
  private func grantLeases(
    _ count: Int, _ session: Session
  ) -> Result<GrantedJobs?, CommandError> {
    guard store.pendingBytes < settings.limits.maximumPendingBytes else { return .success(nil) }
    var jobs: [RefreshJob] = []
    var failure: CommandError?
    let origin = Origin(actor: session.actor)
    var desk = exchange(&self.desk, with: RefreshDesk())
    let now = store.options.clock.monotonicMicroseconds
    desk.handOut { id in
      guard jobs.count < count, failure == nil else { return nil }
      if store.inFlightEvent(of: id) != nil { return .postponed }
      if let hold = backOff.hold(on: id, at: now) { return .settled(hold.result) }
      do throws(Rejection) {
        switch try store.state.decideLease(
          id, now: store.now, durationMicroseconds: settings.leaseMicroseconds,
          attempt: backOff.failures(of: id) + 1)
        {
        case .held(let lease): return .leased(lease.fence, endMicroseconds: monotonicEnd(lease))
        case .propose(let event):
          let fence = try store.append([event], origin: origin)
          jobs.append(RefreshJob(token: id, fence: fence))
          return .granting(fence)
        }
      } catch {
        if let result = RefreshResult(unleased: error) { return .settled(result) }
        failure = .rejected(error)
        return nil
      }
    }
    self.desk = desk
    guard let last = jobs.last else { return failure.map { .failure($0) } ?? .success(nil) }
    return .success(
      GrantedJobs(jobs: jobs.map { .refresh($0) }, sequence: last.fence))
  }

  /// Settles what is next in the queues and held off: no worker is needed for that.
  func settleHeldOff(at now: Int64) {
    guard backOff.count > 0, desk.queuedCount > 0 else { return }
    desk.handOut { [backOff] id in backOff.hold(on: id, at: now).map { .settled($0.result) } }
  }

  /// When a lease ends, on the monotonic clock.
  func monotonicEnd(_ lease: HeldLease) -> Int64 {
    let left = lease.lease.end.microseconds - store.now.microseconds
    return store.options.clock.monotonicMicroseconds + max(0, left)
  }

  // MARK: REFRESH.DONE, REFRESH.FAIL, TOKEN.REFRESHED, TOKEN.REFRESHFAILED

  func refreshDone(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    // One that nobody was sent for is told by TOKEN.REFRESHED, and has no fence.
    let fence = arguments.command == .refreshDone ? try arguments.fence() : nil
    let told = try ToldRefresh(&arguments)
    guard store.inFlightEvent(of: id) == nil else { return .wait }
    let outcome = try decide { () throws(Rejection) in
      try store.state.decideRefreshed(
        id, under: fence, told.report, expected: told.expected, now: store.now,
        isEndingWanted: desk.isEndingWanted(id), isEndingAllowed: isEndingAllowed)
    }
    return try settle(id, outcome, nil, 0, Origin(actor: session.actor, cause: fence))
  }

  func refreshFail(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    let fence = arguments.command == .refreshFail ? try arguments.fence() : nil
    var failureClass: RefreshFailure.Class?
    var code: Text?
    var rotated: SecretInput?
    var retryAfter: UInt64?
    var reason: Text?
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .class where failureClass == nil: failureClass = try arguments.failureClass()
      case .code where code == nil: code = try arguments.text("CODE")
      case .refresh where fence != nil && rotated == nil:
        rotated = try arguments.secret("REFRESH")
      case .retryafter where fence != nil && retryAfter == nil:
        retryAfter = UInt64(try arguments.integer("RETRYAFTER", in: 0...Int64.max))
      case .reason where fence == nil && reason == nil: reason = try arguments.reason()
      default: throw .unexpectedArgument(arguments.command)
      }
    }
    guard let failureClass else { throw .missing("CLASS") }
    guard let code else { throw .missing("CODE") }
    var report = FailureReport(failureClass, code: code)
    report.rotated = rotated
    report.retryAfterMilliseconds = retryAfter ?? 0
    guard store.inFlightEvent(of: id) == nil else { return .wait }
    let outcome = try decide { () throws(Rejection) in
      try store.state.decideRefreshFailed(
        id, under: fence, report, isEndingWanted: desk.isEndingWanted(id),
        isEndingAllowed: isEndingAllowed)
    }
    return try settle(
      id, outcome, failureClass, report.retryAfterMilliseconds,
      Origin(actor: session.actor, reason: reason, cause: fence))
  }

  /// Writes an outcome, and has those who wait told of it once it is durable.
  private func settle(
    _ id: TokenID, _ outcome: OutcomeDecision, _ failureClass: RefreshFailure.Class?,
    _ retryAfterMilliseconds: UInt64, _ origin: Origin
  ) throws(CommandError) -> Outcome {
    let version = store.state.token(id)?.version ?? 0
    var answer = HeldAnswer.integer(Int64(version) + Int64(outcome.events.count))
    if case .late = outcome { answer = .error(.lateOutcome(id)) }
    let appended = try append(outcome.events, origin, answer)
    if case .held(let sequence, _) = appended,
      let result = RefreshResult(outcome, failureClass)
    {
      desk.tell(id, result, at: sequence)
      backOff.note(
        result, of: id, askedMilliseconds: retryAfterMilliseconds, fence: origin.cause,
        at: store.options.clock.monotonicMicroseconds)
      note(outcome)
    }
    return appended
  }

  /// Whether a definite failure may end a token.
  private var isEndingAllowed: Bool {
    deletionGuard.allowsEnding(
      at: store.now, heldBackCount: store.state.heldBackCount, settings.deletionGuard)
  }

  /// Has the guard count an outcome that was written.
  private func note(_ outcome: OutcomeDecision) {
    switch outcome {
    case .refreshed: deletionGuard.note(isDefinite: false, at: store.now, settings.deletionGuard)
    case .ended, .heldBack, .refused:
      deletionGuard.note(isDefinite: true, at: store.now, settings.deletionGuard)
    case .failed, .late: break
    }
  }

  /// Takes over what has become durable.
  func settleJobs() {
    logins.settle(
      through: store.state.lastSequence, now: store.options.clock.monotonicMicroseconds)
    revocations.settle(through: store.state.lastSequence)
    settleRefreshes()
  }

  /// Takes back what was on its way to the disk and did not get there.
  func abandonJobs() {
    desk.abandon()
    logins.abandon()
    revocations.abandon(after: store.state.lastSequence)
  }

  /// Forgets a worker that has left; its leases run out by themselves.
  func forgetWorker(_ session: Session) {
    desk.forgetWorker(session.number)
    logins.forgetWorker(session.number)
    revocations.forgetWorker(session.number)
  }

  /// Forgets a wait: it was answered, or nobody is there any more.
  func forget(_ wait: JobWait) {
    if case .login = wait.question { logins.forget(wait) } else { desk.forget(wait) }
  }

  /// Whether a wait can be answered.
  var hasReadyWaits: Bool { desk.readyCount > 0 || logins.readyCount > 0 }

  private func settleRefreshes() {
    var desk = exchange(&self.desk, with: RefreshDesk())
    desk.settle(
      through: store.state.lastSequence,
      leaseEndMicroseconds: store.options.clock.monotonicMicroseconds + settings.leaseMicroseconds,
      fence: { store.state.lease(of: $0)?.fence },
      other: { id in
        guard let token = store.state.token(id) else { return .deleted }
        if token.heldBack != nil { return .heldBack }
        return token.isExpired(at: store.now, settings.validDuration) ? .incomplete : .refreshed
      })
    self.desk = desk
  }
}

/// The words of REFRESH.DONE and TOKEN.REFRESHED behind the token and the fence.
private struct ToldRefresh {
  private(set) var report = RefreshReport(access: .empty)
  private(set) var expected: UInt32?

  init(_ arguments: inout ArgumentReader) throws(CommandError) {
    let isJob = arguments.command == .refreshDone
    var access: SecretInput?
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .access where access == nil: access = try arguments.secret("ACCESS")
      case .refresh where report.refresh == nil: report.refresh = try arguments.secret("REFRESH")
      case .norefresh where report.refresh == nil: report.refresh = .null
      case .owner where report.ownerHash == nil: report.ownerHash = try arguments.text("OWNER")
      case .unverified where isJob && !report.isUnverified: report.isUnverified = true
      case .at where !isJob && report.at == nil: report.at = try arguments.time("AT")
      case .expect where !isJob && expected == nil: expected = try arguments.version()
      default: throw .unexpectedArgument(arguments.command)
      }
    }
    guard let access else { throw .missing("ACCESS") }
    report.access = access
  }
}

extension RefreshResult {
  /// What it means for those who wait that a token cannot be leased; nil: nothing about the token.
  fileprivate init?(unleased rejection: Rejection) {
    switch rejection {
    case .tokenNotFound: self = .deleted
    case .tokenHeldBack: self = .heldBack
    case .notRefreshable: self = .notRefreshable
    default: return nil
    }
  }
}

extension ArgumentReader {
  /// Takes the fence of a lease.
  @_lifetime(self: copy self)
  fileprivate mutating func fence() throws(CommandError) -> EventSequence {
    EventSequence(UInt64(try integer("the fence", in: 1...Int64.max)))
  }

  /// Takes a secret, which may be empty.
  @_lifetime(self: copy self)
  mutating func secret(_ what: @autoclosure () -> String) throws(CommandError) -> SecretInput {
    SecretInput(hashing: [UInt8](copying: try textBytes(what())))
  }

  /// Takes one of the four classes of failure that can be told.
  @_lifetime(self: copy self)
  mutating func failureClass() throws(CommandError) -> RefreshFailure.Class {
    let word = try next("CLASS")
    for known in [RefreshFailure.Class.definite, .configuration, .incomplete, .unavailable]
    where word.equalsIgnoringCase(Array(known.word.description.utf8).map(uppercased)) {
      return known
    }
    throw .invalid("CLASS", expected: "definite, configuration, incomplete or unavailable")
  }
}
