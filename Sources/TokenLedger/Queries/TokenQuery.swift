// The query that programs chain, with django-esi's meaning: every step narrows what the one before
// found, and the order of the steps does not matter.
// A query is a plain value without numbers of any state: it can be kept, and is resolved to a
// `TokenFilter` each time it is asked. The server fills filters itself, without allocating.

/// Which tokens are wanted: steps that must all hold.
///
/// ```swift
/// let ids = try state.ids(of: TokenQuery().requireScopes("a b").user(text), at: validity)
/// ```
public struct TokenQuery: Sendable {
  enum Step: Sendable {
    case scopes(ScopeArgument, TokenFilter.ScopeComparison)
    case equivalent(TokenID)
    case expired
    case fresh
    case refreshable
    case heldBack
    case character(CharacterID)
    case user(Text)
    case withoutUser
    case type(TokenType)
    case owner(Text)
    case ids([TokenID])
  }

  private(set) var steps: [Step] = []

  /// All tokens.
  public init() {}

  /// Tokens that have all the scopes, and maybe more; no scopes means tokens without any.
  public func requireScopes(_ scopes: ScopeArgument) -> TokenQuery { with(.scopes(scopes, .all)) }

  /// Tokens that have exactly these scopes.
  public func requireScopesExact(_ scopes: ScopeArgument) -> TokenQuery {
    with(.scopes(scopes, .exactly))
  }

  /// Other tokens with the same character and scopes, and the same user or none.
  public func equivalentTo(_ id: TokenID) -> TokenQuery { with(.equivalent(id)) }

  /// Tokens with `created` + valid duration at or before now.
  public func getExpired() -> TokenQuery { with(.expired) }

  /// Tokens that ``getExpired()`` does not find.
  public func fresh() -> TokenQuery { with(.fresh) }

  /// Tokens with a refresh token that is neither null nor empty.
  public func refreshable() -> TokenQuery { with(.refreshable) }

  /// Only tokens that are held back after a definite failure.
  public func heldBack() -> TokenQuery { with(.heldBack) }

  /// Tokens of a character.
  public func character(_ character: CharacterID) -> TokenQuery { with(.character(character)) }

  /// Tokens of a user.
  public func user(_ user: Text) -> TokenQuery { with(.user(user)) }

  /// Tokens without a user.
  public func withoutUser() -> TokenQuery { with(.withoutUser) }

  /// Tokens of a type.
  public func type(_ type: TokenType) -> TokenQuery { with(.type(type)) }

  /// Tokens with an owner hash.
  public func owner(_ ownerHash: Text) -> TokenQuery { with(.owner(ownerHash)) }

  /// Tokens with one of these ids.
  public func ids(_ ids: [TokenID]) -> TokenQuery { with(.ids(ids)) }

  private func with(_ step: Step) -> TokenQuery {
    var query = self
    query.steps.append(step)
    return query
  }
}

extension LedgerState {
  /// The ids that `query` finds, ascending.
  ///
  /// - Throws: `tokenNotFound` when the reference of ``TokenQuery/equivalentTo(_:)`` is not a live
  ///   token.
  public func ids(of query: TokenQuery, at validity: Validity) throws(Rejection) -> [TokenID] {
    var ids: [Int64] = []
    try appendIDs(filter(query), validity, to: &ids)
    return ids.map(TokenID.init(checked:))
  }

  /// How many tokens `query` finds.
  ///
  /// - Throws: as ``ids(of:at:)``.
  public func count(of query: TokenQuery, at validity: Validity) throws(Rejection) -> Int {
    try count(filter(query), validity)
  }

  /// The lowest id that `query` finds.
  ///
  /// - Throws: as ``ids(of:at:)``.
  public func first(of query: TokenQuery, at validity: Validity) throws(Rejection) -> TokenID? {
    try first(filter(query), validity)
  }

  /// django-esi's `get_token`: the lowest id of a character's token that has all the scopes.
  public func getToken(character: CharacterID, scopes: ScopeArgument) -> TokenID? {
    var filter = TokenFilter()
    filter.require(character: character)
    filter.require(scopes, .all, in: self)
    return first(filter, Validity(now: .epoch, duration: .standard))
  }

  /// Resolves `query` against this state.
  ///
  /// - Throws: as ``ids(of:at:)``.
  public func filter(_ query: TokenQuery) throws(Rejection) -> TokenFilter {
    var filter = TokenFilter()
    for step in query.steps {
      switch step {
      case .scopes(let argument, let comparison): filter.require(argument, comparison, in: self)
      case .equivalent(let id): try filter.require(equivalentTo: id, in: self)
      case .expired: filter.requireExpired()
      case .fresh: filter.requireFresh()
      case .refreshable: filter.requireRefreshable()
      case .heldBack: filter.requireHeldBack()
      case .character(let character): filter.require(character: character)
      case .user(let user): filter.require(user: user.utf8.span, in: self)
      case .withoutUser: filter.requireNoUser()
      case .type(let type): filter.require(type: type)
      case .owner(let owner): filter.require(owner: owner.utf8.span, in: self)
      case .ids(let ids): filter.require(ids: ids)
      }
    }
    return filter
  }
}

extension TokenFilter {
  fileprivate mutating func require(
    _ argument: ScopeArgument, _ comparison: ScopeComparison, in state: borrowing LedgerState
  ) {
    beginScopes()
    for name in argument.names { addScope(name.utf8.span, in: state) }
    endScopes(comparison, in: state)
  }
}
