// The fold: what each event does to the state, as in schema/events.md section 4.
// Invariant: an event that does not fit is refused before anything changes; whatever fits is taken
// whole. No clock, hash order or randomness: the same events give the same state.
// Owner: the one thread that owns the state; an event comes here once it is durable.

/// An event that does not fit the state before it, which is as it was.
///
/// The log is damaged, or was written by another program.
public struct MisfitEvent: Error, Equatable, Sendable {
  /// What does not fit.
  public enum Problem: Equatable, Sendable {
    /// Its sequence does not follow the last one.
    case gap(after: EventSequence)
    /// Its id is not above the last one's.
    case idNotRising
    /// It creates a token that was created before.
    case tokenExists
    /// It concerns a token that was never created, or is deleted.
    case tokenMissing
    /// It restores a token that is neither deleted nor held back.
    case nothingToRestore
    /// It restores a deleted token whose secrets were erased.
    case secretsErased
    /// It renews a token under a lease that is not the token's.
    case staleFence
    /// The token's event before it is another one than it says, or it says one and has no token.
    case wrongPrevious
    /// Its idempotency key was used before.
    case keyExists
    /// It has no token, and its kind needs one; or the other way round.
    case wrongSubject
  }

  /// The event.
  public var sequence: EventSequence
  /// What does not fit.
  public var problem: Problem
}

extension LedgerState {
  /// Takes `event` into the state.
  ///
  /// - Throws: when the event does not fit; the state is then unchanged.
  /// - Complexity: O(log tokens + scopes of the event).
  public mutating func apply(_ event: Event) throws(MisfitEvent) {
    if let problem = misfit(event) {
      throw MisfitEvent(sequence: event.sequence, problem: problem)
    }
    if let token = event.token { change(token, by: event) }
    lastSequence = event.sequence
    lastEventID = event.id
  }

  private func misfit(_ event: Event) -> MisfitEvent.Problem? {
    if event.sequence != lastSequence.next { return .gap(after: lastSequence) }
    if event.id <= lastEventID && lastSequence > .zero { return .idNotRising }
    guard event.tag.concernsToken == (event.token != nil) else { return .wrongSubject }
    guard let token = event.token else { return event.previous == nil ? nil : .wrongPrevious }
    if let key = event.key, keys.number(of: key.name.utf8.span) != nil { return .keyExists }
    guard let row = anyRow(token) else {
      guard event.tag == .created else { return .tokenMissing }
      return event.previous == nil ? nil : .wrongPrevious
    }
    if event.tag == .created { return .tokenExists }
    if event.previous != tokens.lastEvents[row.index] { return .wrongPrevious }
    return misfit(event.body, row)
  }

  private func misfit(_ body: Event.Body, _ row: TokenRow) -> MisfitEvent.Problem? {
    let isDeleted = tokens.isDeleted[row.index]
    switch body {
    case .restored:
      if isDeleted && tokens.isErased[row.index] { return .secretsErased }
      return isDeleted || tokens.heldBack[row] != nil ? nil : .nothingToRestore
    case .refreshed(let refresh) where !isDeleted && isLate(refresh.fence, row):
      return .staleFence
    case .revoked, .erased: return nil
    default: return isDeleted ? .tokenMissing : nil
    }
  }

  /// Whether an outcome answers a lease that the token does not have any more.
  func isLate(_ fence: EventSequence?, _ row: TokenRow) -> Bool {
    fence.map { $0 != tokens.leases[row]?.fence } ?? false
  }

  private mutating func change(_ token: TokenID, by event: Event) {
    if case .created(let creation) = event.body {
      create(token, creation, event)
      return
    }
    guard let row = anyRow(token) else { preconditionFailure("misfit() saw to it") }
    tokens.versions[row.index] += 1
    tokens.lastEvents[row.index] = event.sequence
    switch event.body {
    case .scopesGranted(let names): grant(names, to: row)
    case .refreshStarted(let lease):
      tokens.leases[row] = HeldLease(fence: event.sequence, lease: lease)
    case .refreshed(let refresh): renew(row, refresh, event.sequence)
    case .refreshFailed(let failure): fail(row, failure, event.sequence)
    case .deleted: remove(row)
    case .restored: restore(row)
    case .loggedIn(let login): logIn(row, login, event.sequence)
    case .erased: erase(row, event.sequence)
    case .created, .revoked, .opened, .recovered, .compacted, .compactionStarted: break
    }
  }

  private mutating func create(_ id: TokenID, _ creation: Creation, _ event: Event) {
    let row = tokens.append(
      creation, id: id, sequence: event.sequence, set: internSet(creation.scopes),
      user: creation.user.map { users.intern($0) } ?? TokenTable.noUser,
      owner: texts.intern(creation.ownerHash), name: texts.intern(creation.characterName))
    rows.insert(id.rawValue, row.rawValue)
    _ = characters.number(of: creation.character.rawValue)
    if let next = nextTokenID, id >= next { nextTokenID = id.next }
    if let key = event.key {
      _ = keys.intern(key.name)
      keyUses.append(KeyUse(requestDigest: key.requestDigest, token: id))
    }
    tokenCount += 1
    project(row)
  }

  private mutating func grant(_ names: [Text], to row: TokenRow) {
    let old = tokens.sets[row.index]
    var members = [UInt32](copying: sets.members(of: old))
    for name in names { members.append(scopes.intern(name)) }
    sets.remove(row, from: old)
    let new = sets.intern(members.sortedWithoutRepeats())
    tokens.sets[row.index] = new
    sets.insert(row, into: new)
  }

  private mutating func renew(_ row: TokenRow, _ refresh: Refresh, _ sequence: EventSequence) {
    tokens.ssoVersions[row.index] = 2
    renew(row, created: refresh.created, access: refresh.access, refresh.refresh, sequence)
  }

  private mutating func logIn(_ row: TokenRow, _ login: Login, _ sequence: EventSequence) {
    tokens.owners[row.index] = texts.intern(login.ownerHash)
    renew(row, created: login.created, access: login.access, login.refresh, sequence)
  }

  /// Takes new secrets over; a nil refresh token leaves the one that the token has.
  private mutating func renew(
    _ row: TokenRow, created: UnixTime, access: RecordedSecret, _ refresh: RecordedSecret?,
    _ sequence: EventSequence
  ) {
    order.remove(row, created: createdTime(row))
    tokens.created[row.index] = created.microseconds
    order.insert(row, created: created)
    tokens.isErased[row.index] = false
    tokens.accesses[row.index] = SecretReference(
      recorded: access, sequence: sequence, section: 0)
    tokens.leases[row] = nil
    tokens.heldBack[row] = nil
    tokens.previousRefreshes[row] = nil
    guard let refresh else { return }
    tokens.previousRefreshes[row] = tokens.refreshes[row.index]
    let section: UInt8 = access.digest == nil ? 0 : 1
    tokens.refreshes[row.index] = SecretReference(
      recorded: refresh, sequence: sequence, section: section)
  }

  private mutating func fail(
    _ row: TokenRow, _ failure: RefreshFailure, _ sequence: EventSequence
  ) {
    guard !isLate(failure.fence, row) else { return }
    tokens.leases[row] = nil
    if failure.failureClass == .definite { tokens.heldBack[row] = sequence }
    guard let rotated = failure.rotated else { return }
    tokens.isErased[row.index] = false
    tokens.previousRefreshes[row] = tokens.refreshes[row.index]
    tokens.refreshes[row.index] = SecretReference(
      recorded: rotated, sequence: sequence, section: 0)
  }

  private mutating func remove(_ row: TokenRow) {
    withdraw(row)
    tokens.isDeleted[row.index] = true
    tokens.leases[row] = nil
    tokens.heldBack[row] = nil
    tokenCount -= 1
    deletedCount += 1
  }

  private mutating func restore(_ row: TokenRow) {
    tokens.heldBack[row] = nil
    guard tokens.isDeleted[row.index] else { return }
    tokens.isDeleted[row.index] = false
    tokenCount += 1
    deletedCount -= 1
    project(row)
  }

  /// Forgets a token's secrets, and with them the lease: its outcome comes late.
  private mutating func erase(_ row: TokenRow, _ sequence: EventSequence) {
    let none = SecretReference(recorded: .null, sequence: sequence, section: 0)
    tokens.accesses[row.index] = none
    tokens.refreshes[row.index] = none
    tokens.previousRefreshes[row] = nil
    tokens.leases[row] = nil
    tokens.isErased[row.index] = true
  }

  /// Puts a live row into every projection.
  private mutating func project(_ row: TokenRow) {
    enlist(row, character: characterList(row))
    order.insert(row, created: createdTime(row))
  }

  /// Puts a live row into the lists of its scope set, its character and its user.
  mutating func enlist(_ row: TokenRow, character list: UInt32) {
    sets.insert(row, into: tokens.sets[row.index])
    characterRows.insert(row, into: list)
    userRows.insert(row, into: userList(row))
  }

  /// Takes a row out of every projection: the twin of ``project(_:)``.
  private mutating func withdraw(_ row: TokenRow) {
    sets.remove(row, from: tokens.sets[row.index])
    order.remove(row, created: createdTime(row))
    characterRows.remove(row, from: characterList(row))
    userRows.remove(row, from: userList(row))
  }

  private func characterList(_ row: TokenRow) -> UInt32 {
    guard let list = characters[tokens.characters[row.index]]
    else { preconditionFailure("every row's character has a list") }
    return list
  }

  /// The user's number + 1; `noUser` + 1 wraps to 0.
  private func userList(_ row: TokenRow) -> UInt32 { tokens.users[row.index] &+ 1 }

  private mutating func internSet(_ names: [Text]) -> UInt32 {
    sets.intern(names.map { scopes.intern($0) }.sortedWithoutRepeats())
  }
}

extension [UInt32] {
  init(copying span: Span<UInt32>) {
    self = []
    for index in span.indices { append(span[index]) }
  }

  /// The distinct numbers, ascending.
  func sortedWithoutRepeats() -> [UInt32] {
    var result: [UInt32] = []
    for number in sorted() where result.last != number { result.append(number) }
    return result
  }
}
