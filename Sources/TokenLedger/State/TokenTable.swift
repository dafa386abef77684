// Tokens as columns: a query that needs the scope set and the id of many rows reads just those.
// Invariant: all columns have the same length; a row belongs to one token for ever. Deleted tokens
// keep theirs, so that history, secrets and a restore find them.

/// A secret of a token: how it is known, and where its bytes are in the log.
public struct SecretReference: Hashable, Sendable {
  /// Null, empty or a digest.
  public var recorded: RecordedSecret
  /// The event whose section holds the bytes; meaningless unless present.
  public var sequence: EventSequence
  /// Which of the event's sections.
  public var section: UInt8

  /// Puts a reference together.
  public init(recorded: RecordedSecret, sequence: EventSequence, section: UInt8) {
    self.recorded = recorded
    self.sequence = sequence
    self.section = section
  }
}

/// The lease under which a token is being refreshed.
public struct HeldLease: Hashable, Sendable {
  /// The sequence of its `refreshStarted`.
  public var fence: EventSequence
  /// Its end and its attempt.
  public var lease: Lease
}

/// The columns, one entry a row.
struct TokenTable: Sendable {
  static let noUser = UInt32.max

  var ids: [Int64] = []
  var characters: [Int64] = []
  /// Microseconds since 1970.
  var created: [Int64] = []
  var sets: [UInt32] = []
  var users: [UInt32] = []
  var owners: [UInt32] = []
  var names: [UInt32] = []
  var versions: [UInt32] = []
  var ssoVersions: [UInt16] = []
  var types: [TokenType] = []
  var isDeleted: [Bool] = []
  /// Whether the token's secrets were erased, and none came since.
  var isErased: [Bool] = []
  var lastEvents: [EventSequence] = []
  var accesses: [SecretReference] = []
  var refreshes: [SecretReference] = []
  /// Refresh tokens that were replaced and are kept until the new one worked; few at any time.
  var previousRefreshes: [TokenRow: SecretReference] = [:]
  /// Leases held; few at any time.
  var leases: [TokenRow: HeldLease] = [:]
  /// The definite failures of live tokens that did not end; few at any time, and none on most days.
  var heldBack: [TokenRow: EventSequence] = [:]
  /// Whether ids ascend with rows: then walking the rows is walking in id order.
  private(set) var isAscending = true

  var count: Int { ids.count }

  /// Adds a row; the columns that `creation` names by text come as catalog numbers.
  mutating func append(
    _ creation: Creation, id: TokenID, sequence: EventSequence, set: UInt32, user: UInt32,
    owner: UInt32, name: UInt32
  ) -> TokenRow {
    append(
      TokenRecord(
        id: id.rawValue, character: creation.character.rawValue,
        created: creation.created.microseconds, lastEvent: sequence,
        access: SecretReference(recorded: creation.access, sequence: sequence, section: 0),
        refresh: SecretReference(
          recorded: creation.refresh, sequence: sequence,
          section: creation.access.digest == nil ? 0 : 1),
        set: set, user: user, owner: owner, name: name, version: 1,
        ssoVersion: creation.ssoVersion, type: creation.type, isDeleted: false, isErased: false))
  }

  /// Makes room in every column for `count` rows.
  mutating func reserveCapacity(_ count: Int) {
    ids.reserveCapacity(count)
    characters.reserveCapacity(count)
    created.reserveCapacity(count)
    sets.reserveCapacity(count)
    users.reserveCapacity(count)
    owners.reserveCapacity(count)
    names.reserveCapacity(count)
    versions.reserveCapacity(count)
    ssoVersions.reserveCapacity(count)
    types.reserveCapacity(count)
    isDeleted.reserveCapacity(count)
    isErased.reserveCapacity(count)
    lastEvents.reserveCapacity(count)
    accesses.reserveCapacity(count)
    refreshes.reserveCapacity(count)
  }

  /// Adds a row with these columns.
  mutating func append(_ record: TokenRecord) -> TokenRow {
    if let last = ids.last, last >= record.id { isAscending = false }
    ids.append(record.id)
    characters.append(record.character)
    created.append(record.created)
    sets.append(record.set)
    users.append(record.user)
    owners.append(record.owner)
    names.append(record.name)
    versions.append(record.version)
    ssoVersions.append(record.ssoVersion)
    types.append(record.type)
    isDeleted.append(record.isDeleted)
    isErased.append(record.isErased)
    lastEvents.append(record.lastEvent)
    accesses.append(record.access)
    refreshes.append(record.refresh)
    return TokenRow(ids.count - 1)
  }

  /// Whether `row` has a refresh token that is neither null nor empty.
  func canRefresh(_ row: TokenRow) -> Bool { refreshes[row.index].recorded.digest != nil }
}
