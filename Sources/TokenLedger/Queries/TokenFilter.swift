// A filter in the ledger's own numbers: what a query asks, resolved against the state once.
// Kept by its user and filled again for each query, so that a query allocates nothing.
// Invariant: the numbers belong to the state that they were resolved against, as it was then;
// a filter is used at once and never kept over an `apply`.

/// A condition on scopes, resolved once.
public struct RememberedScopes: Sendable {
  let condition: TokenFilter.Condition
  let scopes: [UInt32]
  /// How many scopes and sets the ledger knew.
  let scopeCount: Int
  let setCount: Int
}

/// Conditions that must all hold, resolved against one state.
///
/// Add conditions, then ask the state: ``LedgerState/count(_:_:)`` and its siblings.
public struct TokenFilter: Sendable {
  enum Condition: Sendable {
    /// No token can match: an unknown scope, user, owner …
    case nothing
    case character(Int64)
    /// A list of ``LedgerState/userRows``.
    case userList(UInt32)
    case type(TokenType)
    case owner(UInt32)
    /// A part of `ids`, ascending and distinct.
    case ids(Range<Int>)
    /// A part of `scopes`, ascending and distinct, not empty.
    case scopes(Range<Int>, signature: UInt64)
    case exactly(UInt32)
    /// django-esi's `equivalent_to`; the reference's user number or `noUser`.
    case equivalent(TokenRow, character: Int64, set: UInt32, user: UInt32)
    case expired
    case fresh
    case refreshable
    case heldBack
  }

  var conditions: [Condition] = []
  var scopes: [UInt32] = []
  var ids: [Int64] = []
  private var scopesStart = 0
  private var scopesAreKnown = true

  /// A filter that every token passes.
  public init() {}

  /// Whether every token passes.
  public var isEmpty: Bool { conditions.isEmpty }

  /// Forgets every condition and keeps the memory.
  public mutating func removeAll() {
    conditions.removeAll(keepingCapacity: true)
    if !scopes.isEmpty { scopes.removeAll(keepingCapacity: true) }
    if !ids.isEmpty { ids.removeAll(keepingCapacity: true) }
  }

  // MARK: Scopes

  /// How the scopes of a token compare with those asked for.
  public enum ScopeComparison: Sendable {
    /// The token has all of them, and maybe more; none asked for means tokens with none.
    case all
    /// The token has exactly them.
    case exactly
  }

  /// Begins a condition on scopes.
  public mutating func beginScopes() {
    scopesStart = scopes.count
    scopesAreKnown = true
  }

  /// Adds a name to the condition that was begun.
  public mutating func addScope(_ name: Span<UInt8>, in state: borrowing LedgerState) {
    if let number = state.scopes.number(of: name) {
      scopes.append(number)
    } else {
      scopesAreKnown = false
    }
  }

  /// Adds each name of `text`, split as ``ScopeArgument`` says.
  public mutating func addScopes(in text: Span<UInt8>, in state: borrowing LedgerState) {
    var position = 0
    while let name = ScopeArgument.nextName(in: text, from: &position) {
      addScope(text.extracting(name), in: state)
    }
  }

  /// Ends the condition that was begun.
  public mutating func endScopes(_ comparison: ScopeComparison, in state: borrowing LedgerState) {
    guard scopesAreKnown else { return conditions.append(.nothing) }
    scopes.sortAndDropRepeats(from: scopesStart)
    let range = scopesStart..<scopes.count
    if comparison == .exactly || range.isEmpty {
      let set = state.sets.number(of: scopes.span.extracting(range))
      conditions.append(set.map { .exactly($0) } ?? .nothing)
    } else {
      let signature = ScopeSetCatalog.signature(of: scopes.span.extracting(range))
      conditions.append(.scopes(range, signature: signature))
    }
  }

  // MARK: Remembering

  /// The condition on scopes that was ended last, to be added to later filters.
  ///
  /// - Precondition: the last condition is one on scopes.
  public func lastScopes(in state: borrowing LedgerState) -> RememberedScopes {
    guard let condition = conditions.last else { preconditionFailure("no condition was added") }
    var names: [UInt32] = []
    if case .scopes(let range, _) = condition { names = Array(scopes[range]) }
    return RememberedScopes(
      condition: condition, scopes: names, scopeCount: state.scopeCount,
      setCount: state.scopeSetCount)
  }

  /// Adds a condition that was resolved against an earlier state of the same ledger.
  ///
  /// - Returns: false, and nothing is added, when names or sets have come since: they might change
  ///   what the condition means.
  public mutating func add(
    _ remembered: RememberedScopes, in state: borrowing LedgerState
  ) -> Bool {
    guard remembered.scopeCount == state.scopeCount, remembered.setCount == state.scopeSetCount
    else { return false }
    guard case .scopes(_, let signature) = remembered.condition else {
      conditions.append(remembered.condition)
      return true
    }
    let start = scopes.count
    scopes.append(contentsOf: remembered.scopes)
    conditions.append(.scopes(start..<scopes.count, signature: signature))
    return true
  }

  // MARK: Other conditions

  /// Tokens of a character.
  public mutating func require(character: CharacterID) {
    conditions.append(.character(character.rawValue))
  }

  /// Tokens of a user.
  public mutating func require(user: Span<UInt8>, in state: borrowing LedgerState) {
    conditions.append(state.users.number(of: user).map { .userList($0 + 1) } ?? .nothing)
  }

  /// Tokens without a user.
  public mutating func requireNoUser() {
    conditions.append(.userList(0))
  }

  /// Tokens of a type.
  public mutating func require(type: TokenType) {
    conditions.append(.type(type))
  }

  /// Tokens with an owner hash.
  public mutating func require(owner: Span<UInt8>, in state: borrowing LedgerState) {
    conditions.append(state.texts.number(of: owner).map { .owner($0) } ?? .nothing)
  }

  /// Tokens with one of these ids, in any order, repeats allowed.
  public mutating func require(ids: [TokenID]) {
    let start = self.ids.count
    for id in Set(ids).sorted() { self.ids.append(id.rawValue) }
    conditions.append(.ids(start..<self.ids.count))
  }

  /// Other tokens with the reference's character and scope set, and its user or none.
  ///
  /// - Throws: `tokenNotFound`; the filter is unchanged.
  public mutating func require(
    equivalentTo id: TokenID, in state: borrowing LedgerState
  ) throws(Rejection) {
    guard let row = state.row(id) else { throw .tokenNotFound(id) }
    conditions.append(
      .equivalent(
        row, character: state.tokens.characters[row.index], set: state.tokens.sets[row.index],
        user: state.tokens.users[row.index]))
  }

  /// Tokens whose time is over: `created` + valid duration at or before now.
  public mutating func requireExpired() {
    conditions.append(.expired)
  }

  /// Tokens whose time is not over.
  public mutating func requireFresh() {
    conditions.append(.fresh)
  }

  /// Tokens with a refresh token that is neither null nor empty.
  public mutating func requireRefreshable() {
    conditions.append(.refreshable)
  }

  /// Tokens that are held back after a definite failure.
  public mutating func requireHeldBack() {
    conditions.append(.heldBack)
  }
}

extension [UInt32] {
  /// Sorts the numbers from `start` and drops repeats.
  ///
  /// By insertion: they are few, come nearly in order, and the library's sort would allocate.
  /// Beyond some dozens that would be slow, and the library's sort is taken.
  fileprivate mutating func sortAndDropRepeats(from start: Int) {
    guard count - start > 1 else { return }
    if count - start > 48 { self[start...].sort() }
    var kept = start
    for index in start..<count {
      let number = self[index]
      var place = kept
      while place > start, self[place - 1] > number { place -= 1 }
      if place > start, self[place - 1] == number { continue }
      for moved in stride(from: kept, to: place, by: -1) { self[moved] = self[moved - 1] }
      self[place] = number
      kept += 1
    }
    if kept < count { removeSubrange(kept...) }
  }
}
