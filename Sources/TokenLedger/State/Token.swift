// One token as it is shown: a copy of its columns, with its texts instead of their numbers.
// Made on demand and owned by whoever asked; the state does not change it any more. It knows its
// secrets by digest only. Cost: a handful of arrays, so queries work on rows and not on this.

/// What is known of one token, but for its secrets.
public struct Token: Hashable, Sendable {
  /// The token's number.
  public var id: TokenID
  /// Whose token it is at the provider.
  public var character: CharacterID
  /// The character's name.
  public var characterName: Text
  /// The provider's mark of the account that owned the character at the login.
  public var ownerHash: Text
  /// Character or corporation.
  public var type: TokenType
  /// The application's user; nil for none.
  public var user: Text?
  /// Distinct names, ascending by bytes.
  public var scopes: [Text]
  /// When the login or the last refresh was.
  public var created: UnixTime
  /// How the access token is known.
  public var access: SecretReference
  /// How the refresh token is known.
  public var refresh: SecretReference
  /// The refresh token before this one, kept until this one worked once.
  public var previousRefresh: SecretReference?
  /// The version of the provider's SSO.
  public var ssoVersion: UInt16
  /// How many events the token has.
  public var version: UInt32
  /// The token's latest event.
  public var lastEvent: EventSequence
  /// The lease under which it is being refreshed.
  public var lease: HeldLease?
  /// The definite failure that would have ended the token, had it not been held back.
  public var heldBack: EventSequence?
  /// Whether it is gone from every query.
  public var isDeleted: Bool
  /// Whether its secrets were erased, and none came since.
  public var isErased: Bool

  /// When the access token stops being valid.
  public func expires(_ duration: ValidDuration) -> UnixTime {
    UnixTime(clampingMicroseconds: created.microseconds + duration.microseconds)
  }

  /// Whether ``expires(_:)`` is strictly before `now`: django-esi's `expired`.
  ///
  /// At the very boundary a token is not expired, though ``TokenQuery/getExpired()`` finds it.
  public func isExpired(at now: UnixTime, _ duration: ValidDuration) -> Bool {
    created.microseconds + duration.microseconds < now.microseconds
  }

  /// Whether there is a refresh token that is neither null nor empty.
  public var canRefresh: Bool { refresh.recorded.digest != nil }
}

extension LedgerState {
  /// The token `id`, if it is live.
  ///
  /// - Complexity: O(scopes of the token).
  public func token(_ id: TokenID) -> Token? {
    row(id).map { token(at: $0) }
  }

  /// The ids of the tokens, deleted ones too, of one of the characters and of one of the users; of
  /// any where none is given.
  ///
  /// - Complexity: O(tokens).
  public func tokenIDsEvenIfDeleted(
    characters: Set<CharacterID>, users: Set<Text>
  ) -> [TokenID] {
    let userNumbers = users.compactMap { self.users.number(of: $0.utf8.span) }
    var rows = Array(tokens.ids.indices)
    if !characters.isEmpty { rows = tokens.characters.indices(of: characters.map(\.rawValue)) }
    if characters.isEmpty, !users.isEmpty { rows = tokens.users.indices(of: userNumbers) }
    if !characters.isEmpty, !users.isEmpty {
      let wanted = Set(userNumbers)
      rows.removeAll { !wanted.contains(tokens.users[$0]) }
    }
    return rows.map { TokenID(checked: tokens.ids[$0]) }
  }

  /// The latest event and the number of events of the token `id`, deleted or not.
  ///
  /// - Complexity: O(1).
  public func history(of id: TokenID) -> (last: EventSequence, count: Int)? {
    anyRow(id).map { (tokens.lastEvents[$0.index], Int(tokens.versions[$0.index])) }
  }

  /// The token `id`, deleted or not.
  public func tokenEvenIfDeleted(_ id: TokenID) -> Token? {
    anyRow(id).map { token(at: $0) }
  }

  /// Calls `body` with each token in ascending id.
  ///
  /// - Complexity: O(tokens), and a sort when ids did not come in order.
  public func forEachToken<Failure: Error>(
    includingDeleted: Bool = false, _ body: (Token) throws(Failure) -> Void
  ) throws(Failure) {
    for row in rowsByID() where includingDeleted || !tokens.isDeleted[row.index] {
      try body(token(at: row))
    }
  }

  func rowsByID() -> [TokenRow] {
    let rows = (0..<tokens.count).map(TokenRow.init(_:))
    guard !tokens.isAscending else { return rows }
    return rows.sorted { tokens.ids[$0.index] < tokens.ids[$1.index] }
  }

  func token(at row: TokenRow) -> Token {
    let index = row.index
    let user = tokens.users[index]
    return Token(
      id: TokenID(checked: tokens.ids[index]), character: CharacterID(tokens.characters[index]),
      characterName: texts.text(tokens.names[index]), ownerHash: texts.text(tokens.owners[index]),
      type: tokens.types[index], user: user == TokenTable.noUser ? nil : users.text(user),
      scopes: scopeNames(ofSet: tokens.sets[index]), created: createdTime(row),
      access: tokens.accesses[index], refresh: tokens.refreshes[index],
      previousRefresh: tokens.previousRefreshes[row], ssoVersion: tokens.ssoVersions[index],
      version: tokens.versions[index], lastEvent: tokens.lastEvents[index],
      lease: tokens.leases[row], heldBack: tokens.heldBack[row],
      isDeleted: tokens.isDeleted[index], isErased: tokens.isErased[index])
  }

  /// The names of a set's scopes, ascending by bytes.
  func scopeNames(ofSet set: UInt32) -> [Text] {
    let members = sets.members(of: set)
    var names: [Text] = []
    names.reserveCapacity(members.count)
    for index in members.indices { names.append(scopes.text(members[index])) }
    return names.sorted()
  }
}

extension Array where Element: Hashable {
  /// The indices of the elements that are among `wanted`, ascending.
  ///
  /// One value is the usual case, and a comparison an element.
  fileprivate func indices(of wanted: [Element]) -> [Int] {
    guard wanted.count > 1 else {
      guard let wanted = wanted.first else { return [] }
      return indices.filter { self[$0] == wanted }
    }
    let wanted = Set(wanted)
    return indices.filter { wanted.contains(self[$0]) }
  }
}
