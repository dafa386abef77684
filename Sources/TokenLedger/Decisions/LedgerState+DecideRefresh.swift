// Decisions on refreshing: who may refresh a token now, what an outcome changes, and what brings a
// token back. Pure; the moments, the length of a lease and the guard's word come from the caller.
//
//     live ──lease──> leased ──outcome with its fence──> live, or deleted, or held back
//     leased ──end passed──> may be leased again, under a new fence
//     any outcome with an older fence ──> told, refused
//
// Invariant: at any time at most one fence of a token is accepted.

extension LedgerState {
  /// Decides on a lease: the right to refresh a token for some time.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - now: a lease that ends at or before this moment is over.
  ///   - durationMicroseconds: how long the new lease holds; above zero.
  ///   - attempt: the how-manieth attempt in a row this is, from 1. One more than that of a lease
  ///     that ran out, if that is more.
  /// - Returns: the event to write, or the lease that somebody holds.
  /// - Throws: `tokenNotFound`, `tokenHeldBack`, `notRefreshable`.
  public func decideLease(
    _ id: TokenID, now: UnixTime, durationMicroseconds: Int64, attempt: UInt32 = 1
  ) throws(Rejection) -> LeaseDecision {
    precondition(durationMicroseconds > 0 && attempt > 0, "a lease lasts, attempts count from 1")
    guard let row = row(id) else { throw .tokenNotFound(id) }
    guard tokens.heldBack[row] == nil else { throw .tokenHeldBack(id) }
    guard tokens.canRefresh(row) else { throw .notRefreshable(id) }
    let earlier = tokens.leases[row]
    if let earlier, earlier.lease.end > now { return .held(earlier) }
    let end = UnixTime(clampingMicroseconds: now.microseconds + durationMicroseconds)
    let next = max(attempt, (earlier?.lease.attempt ?? 0) + 1)
    return .propose(event(row, .refreshStarted(Lease(end: end, attempt: next))))
  }

  /// Decides on a refresh that is told to have succeeded.
  ///
  /// One whose owner is another than the token's is a definite failure, `owner_changed`: the
  /// character changed hands, and the token with it.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - fence: the lease it was made under; nil: none, somebody else refreshed.
  ///   - report: the outcome.
  ///   - expected: the token's version, where the asker cares.
  ///   - now: the time of a report that brings none.
  ///   - isEndingWanted: whether whoever asked wants a definite failure to end the token; else it
  ///     is only told, as `refused`.
  ///   - isEndingAllowed: whether a definite failure may end the token.
  /// - Returns: what it comes to, and the events to write.
  /// - Throws: `limit`, `tokenNotFound`, `unknownFence`, `versionConflict`.
  public func decideRefreshed(
    _ id: TokenID, under fence: EventSequence?, _ report: RefreshReport,
    expected: UInt32? = nil, now: UnixTime, isEndingWanted: Bool = true, isEndingAllowed: Bool
  ) throws(Rejection) -> OutcomeDecision {
    try report.check()
    guard let row = row(id) else { throw .tokenNotFound(id) }
    try check(fence, of: id)
    try check(expected, of: row)
    if isLate(fence, row) {
      var late = FailureReport(.incomplete, code: FailureCode.late)
      late.rotated = report.refresh
      return .late([event(row, failure: late, under: fence)])
    }
    if let owner = report.ownerHash, owner != texts.text(tokens.owners[row.index]) {
      var changed = FailureReport(.definite, code: FailureCode.ownerChanged)
      changed.rotated = report.refresh
      return fail(
        row, changed, under: fence, isEndingWanted: isEndingWanted,
        isEndingAllowed: isEndingAllowed)
    }
    let refresh = Refresh(
      fence: fence, created: report.at ?? now, access: report.access.recorded,
      refresh: report.refresh?.recorded, isUnverified: report.isUnverified)
    let secrets = [report.access, report.refresh].compactMap { $0?.secret }
    return .refreshed([event(row, .refreshed(refresh), secrets)])
  }

  /// Decides on a refresh that is told to have failed.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - fence: the lease it was made under; nil: none.
  ///   - report: the outcome.
  ///   - isEndingWanted: whether whoever asked wants a definite failure to end the token; else it
  ///     is only told, as `refused`.
  ///   - isEndingAllowed: whether a definite failure may end the token.
  /// - Returns: what it comes to, and the events to write.
  /// - Throws: `limit`, `tokenNotFound`, `unknownFence`.
  public func decideRefreshFailed(
    _ id: TokenID, under fence: EventSequence?, _ report: FailureReport,
    isEndingWanted: Bool = true, isEndingAllowed: Bool
  ) throws(Rejection) -> OutcomeDecision {
    try report.check()
    guard let row = row(id) else { throw .tokenNotFound(id) }
    try check(fence, of: id)
    if isLate(fence, row) { return .late([event(row, failure: report, under: fence)]) }
    return fail(
      row, report, under: fence, isEndingWanted: isEndingWanted, isEndingAllowed: isEndingAllowed)
  }

  /// Decides on bringing a deleted token back, or on letting go of one that is held back.
  ///
  /// - Throws: `tokenNotFound` when there never was one, `nothingToRestore`, `secretsErased`.
  public func decideRestore(_ id: TokenID) throws(Rejection) -> ProposedEvent {
    guard let row = anyRow(id) else { throw .tokenNotFound(id) }
    guard tokens.isDeleted[row.index] || tokens.heldBack[row] != nil
    else { throw .nothingToRestore(id) }
    if tokens.isDeleted[row.index] && tokens.isErased[row.index] { throw .secretsErased(id) }
    return event(row, .restored)
  }

  /// The lease under which a live token is being refreshed; it may be over.
  public func lease(of id: TokenID) -> HeldLease? { row(id).flatMap { tokens.leases[$0] } }

  /// The ids of all tokens that are held back, ascending.
  ///
  /// - Complexity: O(held back · log held back).
  public func heldBackIDs() -> [TokenID] {
    tokens.heldBack.keys.map { tokens.ids[$0.index] }.sorted().map(TokenID.init(checked:))
  }

  // MARK: Events

  /// An event names only events before it, so a fence that is none cannot even be told.
  private func check(_ fence: EventSequence?, of id: TokenID) throws(Rejection) {
    if let fence, fence > lastSequence { throw .unknownFence(id) }
  }

  private func fail(
    _ row: TokenRow, _ report: FailureReport, under fence: EventSequence?, isEndingWanted: Bool,
    isEndingAllowed: Bool
  ) -> OutcomeDecision {
    var report = report
    let isRefused = report.failureClass == .definite && !isEndingWanted
    if isRefused { report.failureClass = .refused }
    let failure = event(row, failure: report, under: fence)
    if isRefused { return .refused([failure]) }
    guard report.failureClass == .definite else { return .failed([failure]) }
    return isEndingAllowed ? .ended([failure, event(row, .deleted)]) : .heldBack([failure])
  }

  private func event(
    _ row: TokenRow, failure report: FailureReport, under fence: EventSequence?
  ) -> ProposedEvent {
    let failure = RefreshFailure(
      fence: fence, failureClass: report.failureClass, code: report.code,
      retryAfterMilliseconds: report.retryAfterMilliseconds, rotated: report.rotated?.recorded)
    return event(row, .refreshFailed(failure), [report.rotated?.secret].compactMap { $0 })
  }

  private func event(
    _ row: TokenRow, _ body: Event.Body, _ secrets: [Secret] = []
  ) -> ProposedEvent {
    ProposedEvent(
      token: TokenID(checked: tokens.ids[row.index]), previous: tokens.lastEvents[row.index],
      body: body, secrets: secrets)
  }
}

/// The codes of failures that the ledger itself finds.
enum FailureCode {
  /// The lease had moved on when the outcome came.
  ///
  /// If the provider gave a new refresh token, it is in the log, but no token's.
  static let late = text("late")
  /// The character belongs to another account than at the login.
  static let ownerChanged = text("owner_changed")

  private static func text(_ word: StaticString) -> Text {
    guard let text = Text(word.description) else { preconditionFailure("a word is a text") }
    return text
  }
}

extension RefreshReport {
  fileprivate func check() throws(Rejection) {
    try access.check()
    try refresh?.check()
    try ownerHash?.check("an owner hash", maximum: Limits.ownerHashBytes)
  }
}

extension FailureReport {
  fileprivate func check() throws(Rejection) {
    try code.check("a failure's code", maximum: Limits.failureCodeBytes)
    try rotated?.check()
    guard retryAfterMilliseconds <= Limits.retryAfterMilliseconds
    else { throw .limit(what: "milliseconds to wait", maximum: Limits.retryAfterMilliseconds) }
  }
}
