// One row of the columns, in the ledger's own numbers: what a row is made from and written as.
// Invariant: its numbers belong to the state whose catalogs gave them. What few tokens have (a
// previous refresh secret, a lease, a failure that holds them back) is kept beside the columns.

/// The columns of one token.
struct TokenRecord {
  var id: Int64
  var character: Int64
  /// Microseconds since 1970.
  var created: Int64
  var lastEvent: EventSequence
  var access: SecretReference
  var refresh: SecretReference
  var set: UInt32
  /// ``TokenTable/noUser`` for none.
  var user: UInt32
  var owner: UInt32
  var name: UInt32
  var version: UInt32
  var ssoVersion: UInt16
  var type: TokenType
  var isDeleted: Bool
  /// Whether the token's secrets were erased, and none came since.
  var isErased: Bool
}

extension TokenTable {
  /// The columns of `row`.
  func record(_ row: TokenRow) -> TokenRecord {
    let index = row.index
    return TokenRecord(
      id: ids[index], character: characters[index], created: created[index],
      lastEvent: lastEvents[index], access: accesses[index], refresh: refreshes[index],
      set: sets[index], user: users[index], owner: owners[index], name: names[index],
      version: versions[index], ssoVersion: ssoVersions[index], type: types[index],
      isDeleted: isDeleted[index], isErased: isErased[index])
  }
}
