// The commands that ask for valid tokens. What is valid is answered at once; what is not becomes a
// wait, which the desk fills: schema/protocol.md, "Refreshing".
// Invariant: a token is refreshed only by a job; nothing here speaks to the SSO or assumes what it
// would say.

import Bytes
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  /// How long an asker waits who says nothing else, in milliseconds.
  static let standardTimeoutMilliseconds: Int64 = 30_000

  // MARK: One token

  func access(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    let deadline = try deadline(&arguments)
    guard let token = state.token(id) else { throw .notFound(id) }
    return try access(to: token, until: deadline, &reply)
  }

  func accessFor(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    scratch.filter.removeAll()
    scratch.filter.require(character: try arguments.characterID())
    try arguments.scopes(into: &scratch, .all, in: state)
    let deadline = try deadline(&arguments)
    guard let token = state.first(scratch.filter, validity).flatMap({ state.token($0) }) else {
      reply.writeNull()
      return .replied
    }
    return try access(to: token, until: deadline, &reply)
  }

  private func access(
    to token: Token, until deadline: Int64, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    guard !token.isErased else { throw .gone(token.id) }
    noteUse(of: token.id)
    guard token.isExpired(at: validity.now, validity.duration) else {
      try write(token.access, of: token.id, &reply)
      return .replied
    }
    guard token.canRefresh else { throw .tokenExpired(token.id) }
    return try ask(.access, token, until: deadline)
  }

  /// TOKEN.REFRESH, TOKEN.REFRESHORDELETE.
  func refresh(
    _ arguments: inout ArgumentReader, _ question: JobWait.Question, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    let deadline = try deadline(&arguments)
    guard !session.hasHeldReplies, store.inFlightEvent(of: id) == nil else { return .wait }
    guard let token = store.state.token(id) else { throw .notFound(id) }
    guard token.canRefresh else {
      guard question == .refreshOrDelete else {
        throw token.isErased ? .gone(id) : .rejected(.notRefreshable(id))
      }
      let event = try decide { () throws(Rejection) in try store.state.decideDelete(id) }
      return try append(event.map { [$0] } ?? [], unusableOrigin(session), .null)
    }
    return try ask(question, token, until: deadline)
  }

  private func ask(
    _ question: JobWait.Question, _ token: Token, until deadline: Int64
  ) throws(CommandError) -> Outcome {
    guard token.heldBack == nil else { throw .rejected(.tokenHeldBack(token.id)) }
    let now = store.options.clock.monotonicMicroseconds
    if let hold = backOff.hold(on: token.id, at: now) {
      throw .heldOff(token.id, hold.result, seconds: (hold.microseconds + 999_999) / 1_000_000)
    }
    try checkRefreshable()
    let wait = JobWait(question, token.id, deadlineMicroseconds: deadline)
    desk.want(wait, lease: runningLease)
    return .awaiting(wait)
  }

  func checkRefreshable() throws(CommandError) {
    guard !store.isReadOnly, !hasFailed else { throw .readOnly }
    guard desk.hasWorkers || settings.hasRefreshers else { throw .noRefresher }
  }

  func runningLease(_ id: TokenID) -> (fence: EventSequence, endMicroseconds: Int64)? {
    guard let lease = store.state.lease(of: id), lease.lease.end > store.now else { return nil }
    return (lease.fence, monotonicEnd(lease))
  }

  /// TIMEOUT, the last argument that there can be.
  private func deadline(_ arguments: inout ArgumentReader) throws(CommandError) -> Int64 {
    var milliseconds = Self.standardTimeoutMilliseconds
    if !arguments.isAtEnd {
      guard arguments.take(.timeout) else { throw .unexpectedArgument(arguments.command) }
      milliseconds = try arguments.timeout()
      guard arguments.isAtEnd else { throw .unexpectedArgument(arguments.command) }
    }
    return monotonicDeadline(milliseconds)
  }

  func monotonicDeadline(_ milliseconds: Int64) -> Int64 {
    store.options.clock.monotonicMicroseconds + milliseconds * 1000
  }

  func unusableOrigin(_ session: Session) -> Origin {
    Origin(actor: session.actor, reason: Text("no usable refresh token"))
  }

  // MARK: Answers

  /// Answers a wait that is complete.
  ///
  /// - Returns: false when events have to be durable first, or something in flight is in the way.
  func answer(_ wait: JobWait, _ session: Session, _ reply: inout ReplyWriter) -> Bool {
    let mark = reply.count
    do throws(CommandError) {
      guard try writeAnswer(wait, session, &reply) else { return false }
    } catch {
      reply.truncate(to: mark)
      writeError(error, &reply)
    }
    forget(wait)
    return true
  }

  private func writeAnswer(
    _ wait: JobWait, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Bool {
    if let outcome = wait.loginOutcome {
      try writeLanding(outcome, &reply)
      return true
    }
    if let selection = wait.selection {
      guard try finish(selection, wait, session) else { return false }
      guard let viewGuard = wait.viewGuard else {
        try writeResult(of: selection, &reply)
        return true
      }
      guard let decision = try decision(of: viewGuard, valid: result(of: selection), wait)
      else { return wait.isComplete ? try writeAnswer(wait, session, &reply) : false }
      write(decision, &reply)
      return true
    }
    guard let id = wait.token, let result = wait.result
    else { preconditionFailure("a complete wait for one token has its result") }
    if result == .notRefreshable, wait.question == .refreshOrDelete {
      guard try delete([id], wait, session) else { return false }
      reply.writeNull()
      return true
    }
    try writeAnswer(wait.question, id, result, &reply)
    return true
  }

  private func writeAnswer(
    _ question: JobWait.Question, _ id: TokenID, _ result: RefreshResult,
    _ reply: inout ReplyWriter
  ) throws(CommandError) {
    switch result {
    case .refreshed:
      guard let token = store.state.token(id) else { throw .notFound(id) }
      if question == .access {
        try write(token.access, of: id, &reply)
      } else {
        write(token, &reply)
      }
    case .ended:
      guard question == .refreshOrDelete else { throw .tokenInvalid(id) }
      reply.writeNull()
    case .refused: throw .tokenInvalid(id)
    case .heldBack: throw .rejected(.tokenHeldBack(id))
    case .misconfigured: throw .misconfigured
    case .incomplete: throw .incomplete(id)
    case .unavailable: throw .ssoUnavailable(id)
    case .deleted: throw .notFound(id)
    case .notRefreshable: throw .rejected(.notRefreshable(id))
    }
  }
}

extension ArgumentReader {
  /// Takes the milliseconds of TIMEOUT.
  @_lifetime(self: copy self)
  mutating func timeout() throws(CommandError) -> Int64 {
    try integer("TIMEOUT", in: 1...CommandExecutor.maximumWaitMilliseconds)
  }
}
