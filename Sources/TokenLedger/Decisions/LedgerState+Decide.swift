// Decisions: a command and the state give events or a rejection. Pure; nothing changes here.
// Invariant: what is proposed fits the state it was decided on, so that `apply` takes it; of
// several rejections the first in the order of `Rejection` is given.
// Cost: O(scopes) for one token; nothing here walks over tokens.

extension LedgerState {
  /// Decides on a new token.
  ///
  /// - Parameters:
  ///   - token: its values.
  ///   - free: an id that no event has, also none that is still being written.
  ///   - now: the time of a token that brings none.
  /// - Returns: the event to write, or the token of the same request carried out before.
  /// - Throws: `invalid`, `limit`, `keyReused`, `identifierTaken`, `identifiersExhausted`.
  public func decideCreate(
    _ token: NewToken, free: TokenID?, now: UnixTime
  ) throws(Rejection) -> CreateDecision {
    try token.check()
    if let key = token.key, let use = keys.number(of: key.name.utf8.span) {
      let earlier = keyUses[Int(use)]
      guard earlier.requestDigest == key.requestDigest else { throw .keyReused }
      return .alreadyDone(earlier.token)
    }
    if let id = token.id, anyRow(id) != nil { throw .identifierTaken(id) }
    guard let id = token.id ?? free else { throw .identifiersExhausted }
    let event = ProposedEvent(
      token: id, key: token.key, body: .created(token.creation(now: now)), secrets: token.secrets)
    return .propose(event, id)
  }

  /// Decides on granting scopes; nil when the token has them all.
  ///
  /// - Returns: the event, which names only the scopes that are new to the token.
  /// - Throws: `invalid`, `limit`, `tokenNotFound`, `versionConflict`.
  public func decideGrant(
    _ id: TokenID, scopes names: [Text], expected: UInt32?
  ) throws(Rejection) -> ProposedEvent? {
    try checkNotEmpty(scopes: names)
    try checkLimits(scopes: names)
    guard let row = row(id) else { throw .tokenNotFound(id) }
    let owned = scopeNames(ofSet: tokens.sets[row.index])
    let new = Set(names).subtracting(owned).sorted()
    guard new.isEmpty || owned.count + new.count <= Limits.scopesPerToken
    else { throw .limit(what: "scopes of a token", maximum: Limits.scopesPerToken) }
    try check(expected, of: row)
    guard !new.isEmpty else { return nil }
    return ProposedEvent(
      token: id, previous: tokens.lastEvents[row.index], body: .scopesGranted(new))
  }

  /// Decides on deleting a token; nil when there is no live one.
  ///
  /// - Throws: `versionConflict`.
  public func decideDelete(
    _ id: TokenID, expected: UInt32? = nil
  ) throws(Rejection) -> ProposedEvent? {
    guard let row = row(id) else { return nil }
    try check(expected, of: row)
    return ProposedEvent(token: id, previous: tokens.lastEvents[row.index], body: .deleted)
  }

  /// Decides on deleting several tokens together; ids without a live token are passed over.
  ///
  /// - Precondition: ids ascend without a repeat, as queries list them; else the second event of a
  ///   token would not fit after the first.
  /// - Throws: `limit`, above ``Limits/eventsPerCommand``.
  public func decideDelete(all ids: [Int64]) throws(Rejection) -> [ProposedEvent] {
    guard ids.count <= Limits.eventsPerCommand
    else { throw .limit(what: "tokens deleted by one command", maximum: Limits.eventsPerCommand) }
    var events: [ProposedEvent] = []
    var last: Int64?
    for id in ids {
      precondition(last.map { $0 < id } ?? true, "ids to delete ascend")
      last = id
      if let event = try TokenID(id).flatMap({ id throws(Rejection) in try decideDelete(id) }) {
        events.append(event)
      }
    }
    return events
  }

  /// Compares a token's version with the one that the asker saw.
  func check(_ expected: UInt32?, of row: TokenRow) throws(Rejection) {
    let current = tokens.versions[row.index]
    if let expected, expected != current {
      throw .versionConflict(current: current, expected: expected)
    }
  }
}

/// Checks that each name can be a scope's.
private func checkNotEmpty(scopes names: [Text]) throws(Rejection) {
  guard names.allSatisfy({ !$0.isEmpty })
  else { throw .invalid(argument: "SCOPES", expected: "names that are not empty") }
}

/// Checks names that a token is to have; repeats count once.
private func checkLimits(scopes names: [Text]) throws(Rejection) {
  guard names.count <= Limits.scopesPerToken || Set(names).count <= Limits.scopesPerToken
  else { throw .limit(what: "scopes of a token", maximum: Limits.scopesPerToken) }
  for name in names { try name.check("a scope name", maximum: Limits.scopeNameBytes) }
}

extension Text {
  /// Checks the size of a text that a command brings.
  func check(_ what: String, maximum: Int) throws(Rejection) {
    guard utf8.count <= maximum
    else { throw .limit(what: "bytes of \(what)", maximum: maximum) }
  }
}

extension SecretInput {
  /// Checks the size of a secret that a command brings.
  func check() throws(Rejection) {
    guard let secret, secret.bytes.count > Limits.secretBytes else { return }
    throw .limit(what: "bytes of a token's secret", maximum: Limits.secretBytes)
  }
}

extension NewToken {
  /// Checks what can be checked without a ledger.
  ///
  /// What cannot be comes before what is too much, as in the order of ``Rejection``.
  ///
  /// - Throws: `invalid`, `limit`.
  public func check() throws(Rejection) {
    try checkNotEmpty(scopes: scopes)
    if let key, key.name.isEmpty {
      throw .invalid(argument: "KEY", expected: "a key that is not empty")
    }
    try checkLimits()
  }

  private func checkLimits() throws(Rejection) {
    try characterName.check("a character name", maximum: Limits.characterNameBytes)
    try ownerHash.check("an owner hash", maximum: Limits.ownerHashBytes)
    try user?.check("a user", maximum: Limits.userBytes)
    try TokenLedger.checkLimits(scopes: scopes)
    guard ssoVersion <= Limits.ssoVersion
    else { throw .limit(what: "SSO version", maximum: Limits.ssoVersion) }
    try access.check()
    try refresh.check()
    try key?.name.check("an idempotency key", maximum: Limits.keyBytes)
  }

  /// The facts of the token's creation; `now` is the time of a token that brings none.
  public func creation(now: UnixTime) -> Creation {
    Creation(
      character: character, characterName: characterName, ownerHash: ownerHash, type: type,
      user: user, scopes: Set(scopes).sorted(), created: created ?? now, ssoVersion: ssoVersion,
      access: access.recorded, refresh: refresh.recorded)
  }

  fileprivate var secrets: [Secret] {
    [access, refresh].compactMap { $0.secret }
  }
}
