// The fields of a token as the ledger shows it: schema/protocol.md, "Tokens".
// The raw values are the names on the wire and in `--fields` and `--json`.
// Invariant: the cases stand in the order in which TOKEN.GET shows them.

/// A field's name, in the order of the token map.
enum TokenField: String, CaseIterable, Sendable {
  case id
  case characterID = "character_id"
  case characterName = "character_name"
  case ownerHash = "owner_hash"
  case tokenType = "token_type"
  case user, scopes
  case createdMicroseconds = "created_us"
  case expiresMicroseconds = "expires_us"
  case expired
  case canRefresh = "can_refresh"
  case accessFingerprint = "access_fingerprint"
  case refreshFingerprint = "refresh_fingerprint"
  case ssoVersion = "sso_version"
  case version

  /// Whether the value is true or false, which RESP2 shows as 1 and 0.
  var isBoolean: Bool { self == .expired || self == .canRefresh }
}
