// The state of all tokens: a fold over the events. Everything that a query needs is here, nothing
// that a clock, a file or a hash order could change.
// Invariant: live rows, and only they, are in every projection (character, user, set, order).

/// All tokens, and the projections that answer queries about them.
///
/// A value with one owner, and too large to be copied by accident: reads borrow it, ``apply(_:)``
/// changes it.
public struct LedgerState: ~Copyable, Sendable {
  var tokens = TokenTable()
  var rows: IntegerTable
  /// Character names and owner hashes.
  var texts: TextCatalog
  var users: TextCatalog
  /// List 0: without a user; else the user's number + 1.
  var userRows = RowLists()
  var characters: IntegerTable
  var characterRows = RowLists()
  var scopes: TextCatalog
  var sets: ScopeSetCatalog
  var order = CreationOrder()
  var keys: TextCatalog
  var keyUses: [KeyUse] = []

  /// What an idempotency key stands for.
  struct KeyUse: Sendable {
    var requestDigest: UInt64
    var token: TokenID
  }

  /// The last event that was applied.
  public internal(set) var lastSequence = EventSequence.zero
  /// The id of that event.
  public internal(set) var lastEventID = EventID.zero
  /// How many tokens are live.
  public internal(set) var tokenCount = 0
  /// How many tokens are deleted and still known.
  public internal(set) var deletedCount = 0
  /// The id that a token created now gets; nil when the numbers are used up.
  public internal(set) var nextTokenID: TokenID? = TokenID.first

  /// An empty ledger.
  ///
  /// - Parameter seed: spoils prepared hash collisions; it changes no answer and no digest.
  public init(seed: UInt64 = 0) {
    rows = IntegerTable(seed: seed)
    texts = TextCatalog(seed: seed)
    users = TextCatalog(seed: seed)
    characters = IntegerTable(seed: seed)
    scopes = TextCatalog(seed: seed)
    sets = ScopeSetCatalog(seed: seed)
    keys = TextCatalog(seed: seed)
  }

  /// How many distinct scope names ever appeared.
  public var scopeCount: Int { scopes.count }
  /// How many distinct scope sets ever appeared, the empty one included.
  public var scopeSetCount: Int { sets.count }
  /// How many characters ever had a token.
  public var characterCount: Int { characters.count }
  /// How many users ever had a token.
  public var userCount: Int { users.count }
  /// How many leases are held.
  public var leaseCount: Int { tokens.leases.count }

  /// How many tokens are held back.
  public var heldBackCount: Int { tokens.heldBack.count }

  /// The row of `id`, live or deleted.
  func anyRow(_ id: TokenID) -> TokenRow? {
    rows[id.rawValue].map(TokenRow.init(rawValue:))
  }

  /// The row of `id`, if the token is live.
  func row(_ id: TokenID) -> TokenRow? {
    guard let row = anyRow(id), !tokens.isDeleted[row.index] else { return nil }
    return row
  }

  func createdTime(_ row: TokenRow) -> UnixTime {
    UnixTime(clampingMicroseconds: tokens.created[row.index])
  }
}
