// How a token of a dumpdata file is asked for and created.
// A secret goes into the request as it is; everything compared is compared by bytes.
// Schema: schema/protocol.md, TOKEN.CREATE.

import TokenLedger

extension DumpedToken {
  /// The token's id.
  var id: Int64 { row.key }

  /// The request that creates it with its own id and time.
  var creation: LedgerRequest {
    var request = LedgerRequest("TOKEN.CREATE")
    request.add("CHARACTER", row.character)
    request.add("NAME", row.characterName.utf8)
    request.add("OWNER", row.ownerHash.utf8)
    request.add("TYPE", row.type.word.description)
    if let user = row.user { request.add("USER", user.utf8) }
    if let access = row.access.bytes { request.add("ACCESS", access) }
    if let refresh = row.refresh.bytes { request.add("REFRESH", refresh) }
    request.add("SCOPES", scopeNames: scopes.map(\.utf8))
    request.add("CREATED", row.created.rfc3339)
    request.add("ID", id)
    request.add("SSOVERSION", row.ssoVersion)
    return request
  }

  /// The names of the fields in which the ledger's token is another one.
  ///
  /// The fingerprints say only that both have a secret and it is the same one, or both have none or
  /// an empty one.
  func differences(from token: TokenRecord) -> [String] {
    let pairs: [(String, Bool)] = [
      ("character_id", token.characterID == row.character),
      ("character_name", token.characterName == row.characterName.utf8),
      ("owner_hash", token.ownerHash == row.ownerHash.utf8),
      ("token_type", token.tokenType == Array(row.type.word.description.utf8)),
      ("user", token.user == row.user?.utf8),
      ("scopes", token.scopes == scopes.map(\.utf8)),
      ("created_us", token.createdMicroseconds == row.created.microseconds),
      ("access_token", token.accessFingerprint == row.access.fingerprint),
      ("refresh_token", token.refreshFingerprint == row.refresh.fingerprint),
      ("sso_version", token.ssoVersion == row.ssoVersion),
    ]
    return pairs.filter { !$0.1 }.map(\.0)
  }

  /// Whether the fingerprints leave open if the refresh token is none or empty.
  var hasNoRefreshSecret: Bool { row.refresh.fingerprint == nil }

  /// Whether the refresh token is the ledger's, none and empty told apart.
  func hasRefreshToken(of secrets: TokenSecrets) -> Bool { row.refresh.bytes == secrets.refresh }
}

extension SecretInput {
  /// The bytes of the secret; nil for none.
  var bytes: [UInt8]? {
    switch self {
    case .null: nil
    case .empty: []
    case .secret(let secret): secret.bytes
    }
  }

  /// What the ledger shows in the secret's place; nil for none and for the empty text.
  var fingerprint: String? { recorded.digest?.fingerprint }
}
