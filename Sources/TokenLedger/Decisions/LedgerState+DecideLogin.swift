// Decisions on a login and on a revocation: which tokens get the new secrets, whether there is a
// new token, and what is told of the provider's word. Pure; the rule is django-esi's, but for the
// owner (schema/sso.md, "Logins").
// Invariant: the tokens of a login are decided on together and become durable together.

/// What a login came to, as the worker that exchanged its code tells it.
public struct LoginReport: Sendable {
  /// The new token; its user is the one who logged in.
  public var token: NewToken
  /// Whether it is a token of its own, whatever there is already.
  public var isAlwaysNew: Bool

  /// Puts the outcome together; `token` brings neither an id nor a key.
  public init(_ token: NewToken, isAlwaysNew: Bool) {
    self.token = token
    self.isAlwaysNew = isAlwaysNew
  }
}

/// What a login comes to.
public struct LoginDecision: Sendable {
  /// What is to be written, in order and together.
  public var events: [ProposedEvent]
  /// The token of the login: a new one, or one that is updated.
  public var token: TokenID
}

extension LedgerState {
  /// The tokens that a login renews, ascending.
  ///
  /// Those of the same character with the same scopes, of its user or without one.
  ///
  /// - Complexity: O(tokens of the character).
  public func tokensRenewed(by report: LoginReport) -> [TokenID] {
    guard !report.isAlwaysNew else { return [] }
    var filter = TokenFilter()
    filter.require(character: report.token.character)
    filter.beginScopes()
    for name in report.token.scopes { filter.addScope(name.utf8.span, in: self) }
    filter.endScopes(.exactly, in: self)
    var ids: [Int64] = []
    appendIDs(filter, Validity(now: .epoch, duration: .standard), to: &ids)
    return ids.compactMap(TokenID.init).filter { id in
      let user = token(id)?.user
      return user == nil || user == report.token.user
    }
  }

  /// Decides on a login.
  ///
  /// Every equivalent token gets the new secrets and the owner; its name, type and user stay. Only
  /// where none of them is the user's own is there a new token.
  ///
  /// - Parameters:
  ///   - report: the outcome of the exchange.
  ///   - free: an id that no event has, also none that is still being written.
  ///   - now: when the login was.
  /// - Returns: the events to write, and the token of the login.
  /// - Throws: `invalid`, `limit`, `identifiersExhausted`.
  public func decideLogin(
    _ report: LoginReport, free: TokenID?, now: UnixTime
  ) throws(Rejection) -> LoginDecision {
    precondition(report.token.id == nil && report.token.key == nil, "a login has no id and no key")
    let renewed = tokensRenewed(by: report).compactMap { row($0) }
    let own = renewed.first { token(at: $0).user == report.token.user }
      .map { TokenID(checked: tokens.ids[$0.index]) }
    // Decided on even where the user has a token: the limits are the same.
    let created = try decideCreate(report.token, free: own ?? free, now: now)
    guard renewed.count < Limits.eventsPerCommand
    else { throw .limit(what: "tokens of one login", maximum: Limits.eventsPerCommand - 1) }
    let events = renewed.map { renewal(of: $0, report, now: now) }
    if let own { return LoginDecision(events: events, token: own) }
    guard case .propose(let creation, let id) = created
    else { preconditionFailure("a creation without a key is never done already") }
    return LoginDecision(events: [creation] + events, token: id)
  }

  private func renewal(
    of row: TokenRow, _ report: LoginReport, now: UnixTime
  ) -> ProposedEvent {
    let new = report.token
    let login = Login(
      created: new.created ?? now, ownerHash: new.ownerHash, access: new.access.recorded,
      refresh: new.refresh.recorded)
    return ProposedEvent(
      token: TokenID(checked: tokens.ids[row.index]), previous: tokens.lastEvents[row.index],
      body: .loggedIn(login), secrets: [new.access, new.refresh].compactMap { $0.secret })
  }

  /// Decides on telling what came of a revocation, also of a deleted token.
  ///
  /// - Parameters:
  ///   - id: the token whose refresh token it was.
  ///   - failureClass: which kind of failure; nil: it is revoked.
  ///   - code: the failure's code; empty where there is none.
  /// - Returns: the event to write.
  /// - Throws: `limit`, `tokenNotFound` when there never was one.
  public func decideRevoked(
    _ id: TokenID, failureClass: RefreshFailure.Class?, code: Text
  ) throws(Rejection) -> ProposedEvent {
    precondition((failureClass == nil) == code.isEmpty, "only a failure has a code")
    try code.check("a failure's code", maximum: Limits.failureCodeBytes)
    guard let row = anyRow(id) else { throw .tokenNotFound(id) }
    return ProposedEvent(
      token: id, previous: tokens.lastEvents[row.index],
      body: .revoked(Revocation(failureClass: failureClass, code: code)))
  }
}
