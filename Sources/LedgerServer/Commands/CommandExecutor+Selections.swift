// The commands that refresh many tokens: TOKENS.REQUIREVALID, TOKENS.BULKREFRESH, TOKENS.CLEANUP,
// with django-esi's exact meaning (schema/protocol.md, "Refreshing").
// Invariant: tokens end here only when nothing could refresh them; all else is left to outcomes.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: TOKENS.REQUIREVALID, TOKENS.BULKREFRESH

  /// TOKENS.REQUIREVALID, TOKENS.BULKREFRESH.
  func refreshSelection(
    _ arguments: inout ArgumentReader, _ request: Request, _ session: Session,
    _ state: borrowing LedgerState, _ scratch: inout QueryScratch
  ) throws(CommandError) -> Outcome {
    let encoded = arguments.encodedRequest()
    let kind: SelectionRefresh.Kind =
      arguments.command == .tokensRequireValid ? .requireValid : .bulkRefresh
    let milliseconds = try selectionTimeout(&arguments, state, &scratch)
    guard !session.hasHeldReplies else { return .wait }
    return try begin(selection(kind, encoded, state, &scratch), milliseconds)
  }

  /// The tokens that a guard wants valid.
  func selection(for viewGuard: ViewGuard) throws(CommandError) -> SelectionRefresh {
    var scratch = QueryScratch()
    var writer = RequestWriter()
    writer.write(viewGuard.words)
    try parse(writer.bytes, as: .tokensRequireValid, &scratch)
    return selection(.requireValid, writer.bytes, store.state, &scratch)
  }

  private func selection(
    _ kind: SelectionRefresh.Kind, _ encoded: [UInt8], _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch
  ) -> SelectionRefresh {
    if kind == .requireValid { scratch.filter.requireExpired() }
    scratch.ids.removeAll(keepingCapacity: true)
    state.appendIDs(scratch.filter, validity, to: &scratch.ids)
    let tokens = scratch.ids.compactMap { TokenID($0).flatMap { state.token($0) } }
    return SelectionRefresh(
      kind, request: encoded, jobs: tokens.filter(\.canRefresh).map(\.id),
      unusable: tokens.filter { $0.refresh.recorded == .empty }.map(\.id))
  }

  private func begin(
    _ selection: SelectionRefresh, _ milliseconds: Int64?
  ) throws(CommandError) -> Outcome {
    if !selection.jobs.isEmpty { try checkRefreshable() }
    let wait = JobWait(
      selection,
      deadlineMicroseconds: monotonicDeadline(milliseconds ?? Self.standardTimeoutMilliseconds))
    desk.want(wait, lease: runningLease)
    return .awaiting(wait)
  }

  // MARK: TOKENS.CLEANUP

  func cleanUp(
    _ arguments: inout ArgumentReader, _ session: Session, _ state: borrowing LedgerState
  ) throws(CommandError) -> Outcome {
    var fraction: Int64?
    var milliseconds: Int64?
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .fraction where fraction == nil:
        fraction = try arguments.integer("FRACTION", in: 1...Int64.max)
      case .timeout where milliseconds == nil: milliseconds = try arguments.timeout()
      default: throw .unexpectedArgument(.tokensCleanup)
      }
    }
    guard !session.hasHeldReplies else { return .wait }
    var orphanFilter = TokenFilter()
    orphanFilter.requireNoUser()
    var orphans: [Int64] = []
    state.appendIDs(orphanFilter, validity, to: &orphans)
    let due = dueForCleanup(fraction, state)
    let selection = SelectionRefresh(
      .cleanup, request: [], jobs: due.filter(\.canRefresh).map(\.id),
      unusable: due.filter { !$0.canRefresh }.map(\.id),
      orphans: orphans.compactMap(TokenID.init))
    if !selection.jobs.isEmpty { try checkRefreshable() }
    guard try deleteFirst(selection.orphans, session) else { return .wait }
    return try begin(selection, milliseconds)
  }

  /// Deletes tokens before the rest of the work; should the disk be full, its end tries again.
  ///
  /// - Returns: false when something in flight is in the way.
  private func deleteFirst(_ ids: [TokenID], _ session: Session) throws(CommandError) -> Bool {
    guard ids.allSatisfy({ store.inFlightEvent(of: $0) == nil }) else { return false }
    let events = try decide { () throws(Rejection) in
      try store.state.decideDelete(all: ids.map(\.rawValue))
    }
    guard !events.isEmpty else { return true }
    let origin = Origin(actor: session.actor, reason: Text("no user"))
    guard case .held = try append(events, origin, .null) else { return false }
    return true
  }

  /// The expired tokens of users that have a refresh token or an empty one, in ascending id.
  ///
  /// With a fraction only the oldest: as many as all expired tokens divided by it, rounded up.
  private func dueForCleanup(_ fraction: Int64?, _ state: borrowing LedgerState) -> [Token] {
    var filter = TokenFilter()
    filter.requireExpired()
    var ids: [Int64] = []
    state.appendIDs(filter, validity, to: &ids)
    let expired = ids.compactMap { TokenID($0).flatMap { state.token($0) } }
      .filter { $0.user != nil }
    let due = expired.filter { $0.refresh.recorded != .null }
    guard let fraction, fraction > 1 else { return due }
    let limit = (Int64(expired.count) - 1) / fraction + 1
    let oldest = due.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    return oldest.prefix(expired.isEmpty ? 0 : Int(limit)).sorted { $0.id < $1.id }
  }

  // MARK: Reading the request

  /// Reads the filters and TIMEOUT.
  private func selectionTimeout(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch
  ) throws(CommandError) -> Int64? {
    scratch.filter.removeAll()
    var milliseconds: Int64?
    while !arguments.isAtEnd {
      let keyword = try arguments.keyword()
      if keyword == .timeout {
        guard milliseconds == nil else { throw .repeated(.timeout) }
        milliseconds = try arguments.timeout()
      } else if try !addCondition(keyword, &arguments, state, to: &scratch) {
        throw .unexpectedArgument(arguments.command)
      }
    }
    return milliseconds
  }

  /// What a selection's request selects in the present state, ascending.
  private func selected(
    _ selection: SelectionRefresh, onlyExpired: Bool
  ) throws(CommandError) -> [TokenID] {
    var scratch = QueryScratch()
    let command: CommandName =
      selection.kind == .requireValid ? .tokensRequireValid : .tokensBulkRefresh
    try parse(selection.request, as: command, &scratch)
    if onlyExpired { scratch.filter.requireExpired() }
    let validity = Validity(now: store.now, duration: settings.validDuration)
    store.state.appendIDs(scratch.filter, validity, to: &scratch.ids)
    return scratch.ids.compactMap(TokenID.init)
  }

  /// Reads the filters of a request that was parsed once, or made here.
  private func parse(
    _ request: [UInt8], as command: CommandName, _ scratch: inout QueryScratch
  ) throws(CommandError) {
    var parser = RequestParser(limits: settings.limits.request)
    var offset = 0
    guard case .request = parser.next(request.span, at: &offset)
    else { preconditionFailure("a request that was parsed once") }
    var arguments = ArgumentReader(parser.request(in: request.span), of: command)
    _ = try selectionTimeout(&arguments, store.state, &scratch)
  }

  // MARK: The end of the work

  /// Ends what django-esi's `bulk_refresh` ends without asking the SSO.
  ///
  /// - Returns: whether that is durable.
  func finish(
    _ selection: SelectionRefresh, _ wait: JobWait, _ session: Session
  ) throws(CommandError) -> Bool {
    if let decided = wait.decided { return decided <= store.state.lastSequence }
    var ids = selection.unusable.filter { selection.wasReached($0) }
    if selection.kind != .cleanup, selection.misconfigured == nil {
      ids += try selected(selection, onlyExpired: true).filter {
        store.state.token($0)?.refresh.recorded == .null
      }
    }
    return try delete(ids.sorted(), orphans: selection.orphans, wait, session)
  }

  /// Deletes tokens that nothing can refresh; those that got a refresh token meanwhile stay.
  func delete(
    _ ids: [TokenID], orphans: [TokenID] = [], _ wait: JobWait, _ session: Session
  ) throws(CommandError) -> Bool {
    if let decided = wait.decided { return decided <= store.state.lastSequence }
    guard (ids + orphans).allSatisfy({ store.inFlightEvent(of: $0) == nil }) else { return false }
    let unusable = ids.filter { store.state.token($0)?.canRefresh == false }
    let due = (unusable + orphans).sorted().map(\.rawValue)
    let events = try decide { () throws(Rejection) in
      try store.state.decideDelete(all: due)
    }
    guard !events.isEmpty else { return true }
    let appended = try append(events, unusableOrigin(session), .null)
    guard case .held(let sequence, _) = appended else { return false }
    wait.decided = sequence
    return false
  }

  func writeResult(
    of selection: SelectionRefresh, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    if selection.kind == .cleanup {
      guard selection.misconfigured == nil else { throw .misconfigured }
      let deleted =
        selection.endedCount
        + (selection.unusable + selection.orphans).count {
          store.state.token($0) == nil
        }
      reply.writeInteger(Int64(deleted))
      return
    }
    let ids = try result(of: selection)
    reply.writeArrayHeader(count: ids.count)
    for id in ids { reply.writeInteger(id.rawValue) }
  }

  /// The tokens that the work left valid, ascending.
  func result(of selection: SelectionRefresh) throws(CommandError) -> [TokenID] {
    guard selection.misconfigured == nil else { throw .misconfigured }
    let validity = Validity(now: store.now, duration: settings.validDuration)
    var cutoff = TokenFilter()
    cutoff.requireExpired()
    var expired: [Int64] = []
    if selection.kind == .requireValid { store.state.appendIDs(cutoff, validity, to: &expired) }
    let stillExpired = Set(expired)
    return try selected(selection, onlyExpired: false).filter { id in
      !selection.isLeftOut(id)
        || selection.kind == .requireValid && !stillExpired.contains(id.rawValue)
    }
  }
}
