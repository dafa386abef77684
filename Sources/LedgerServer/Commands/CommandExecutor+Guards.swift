// The guards of web pages: TOKENS.REQUIRED, TOKEN.REQUIRED, TOKEN.SINGLEUSE. Each looks at what has
// landed for the session first; what has to be made valid becomes a wait.
// Invariant: the rules are the table of schema/sso.md, "Guards", and nothing else.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// TOKENS.REQUIRED, TOKEN.REQUIRED, TOKEN.SINGLEUSE.
  func decideGuard(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let request = try LoginRequest(&arguments)
    // What is claimed below is claimed once: the reply must not be taken back.
    guard !session.hasHeldReplies else { return .wait }
    if let token = claim(request) {
      write(arguments.command == .tokensRequired ? .tokens([token]) : .token(token), &reply)
      return .replied
    }
    switch try firstStep(arguments.command, request) {
    case .decided(let decision):
      write(decision, &reply)
      return .replied
    case .makeValid(let viewGuard): return try makeValid(viewGuard)
    }
  }

  /// What landed for the session, if it is still there and not another user's.
  private func claim(_ request: LoginRequest) -> TokenID? {
    let now = store.options.clock.monotonicMicroseconds
    guard let session = request.session, let id = logins.claim(session, now: now),
      let token = store.state.token(id)
    else { return nil }
    let isForeign = request.user != nil && token.user != nil && token.user != request.user
    return isForeign ? nil : id
  }

  private enum Step {
    case decided(GuardDecision)
    case makeValid(ViewGuard)
  }

  private func firstStep(
    _ command: CommandName, _ request: LoginRequest
  ) throws(CommandError) -> Step {
    switch command {
    case .tokensRequired where !request.isNew:
      guard let user = request.user else { return .decided(.logIn) }
      return .makeValid(ViewGuard(kind: .tokensRequired, request: request, user: user))
    case .tokenRequired where !request.isAdding:
      guard let user = request.user, request.picked != nil || !request.isNew
      else { return .decided(try redirect(request)) }
      return .makeValid(
        ViewGuard(kind: .tokenRequired, request: request, user: user, picked: request.picked))
    default: return .decided(try redirect(request))
    }
  }

  private func redirect(_ request: LoginRequest) throws(CommandError) -> GuardDecision {
    let (address, state) = try beginLogin(request)
    return .redirect(address: address, state: state)
  }

  private func makeValid(_ viewGuard: ViewGuard) throws(CommandError) -> Outcome {
    let selection = try selection(for: viewGuard)
    if !selection.jobs.isEmpty { try checkRefreshable() }
    let milliseconds =
      viewGuard.request.timeoutMilliseconds ?? Self.standardTimeoutMilliseconds
    let wait = JobWait(
      selection, deadlineMicroseconds: monotonicDeadline(milliseconds))
    wait.viewGuard = viewGuard
    desk.want(wait, lease: runningLease)
    return .awaiting(wait)
  }

  /// Says what a guard came to, once the tokens that it waits for are valid or are not.
  ///
  /// - Returns: nil when it goes on with other tokens.
  func decision(
    of viewGuard: ViewGuard, valid ids: [TokenID], _ wait: JobWait
  ) throws(CommandError) -> GuardDecision? {
    switch viewGuard.kind {
    case .tokensRequired:
      return ids.isEmpty ? try redirect(viewGuard.request) : .tokens(ids)
    case .tokenRequired where viewGuard.picked != nil:
      if let token = ids.first { return .token(token) }
      guard !viewGuard.request.isNew else { return try redirect(viewGuard.request) }
      try goOn(viewGuard, wait)
      return nil
    case .tokenRequired:
      return ids.isEmpty ? try redirect(viewGuard.request) : .select(oneOfEachCharacter(ids))
    }
  }

  /// Goes on with all of the user's tokens, as the one that was picked will not do.
  private func goOn(_ viewGuard: ViewGuard, _ wait: JobWait) throws(CommandError) {
    var rest = viewGuard
    rest.picked = nil
    let selection = try selection(for: rest)
    if !selection.jobs.isEmpty { try checkRefreshable() }
    desk.forget(wait)
    wait.viewGuard = rest
    wait.goOn(with: selection)
    desk.want(wait, lease: runningLease)
  }

  /// The lowest id of each character, ascending.
  private func oneOfEachCharacter(_ ids: [TokenID]) -> [TokenID] {
    var seen: Set<CharacterID> = []
    return ids.filter { id in
      store.state.token(id).map { seen.insert($0.character).inserted } ?? false
    }
  }

  func write(_ decision: GuardDecision, _ reply: inout ReplyWriter) {
    switch decision {
    case .tokens(let ids): write("tokens", ids, &reply)
    case .select(let ids): write("select", ids, &reply)
    case .token(let id):
      reply.writeMapHeader(pairCount: 2)
      reply.writePair("decision", "token")
      reply.writePair("token", id.rawValue)
    case .redirect(let address, let state):
      reply.writeMapHeader(pairCount: 3)
      reply.writePair("decision", "redirect")
      reply.writePair("url", address)
      reply.writePair("state", state)
    case .logIn:
      reply.writeMapHeader(pairCount: 1)
      reply.writePair("decision", "login")
    }
  }

  private func write(_ word: String, _ ids: [TokenID], _ reply: inout ReplyWriter) {
    reply.writeMapHeader(pairCount: 2)
    reply.writePair("decision", word)
    reply.writeBulk("tokens")
    reply.writeArrayHeader(count: ids.count)
    for id in ids { reply.writeInteger(id.rawValue) }
  }
}
