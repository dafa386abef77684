// A token as the ledger shows it: everything but its secrets.
//
// Fields that this version does not know are passed over, so that an older client goes on working.
// Owner: the caller. Fields: schema/protocol.md, "token maps".

internal import RESP

/// A token, without its secrets, as it was when the ledger answered.
public struct LedgerToken: Equatable, Sendable {
  /// The number that the ledger knows the token by.
  public let id: Int64

  /// The character that the token acts for.
  public let characterID: Int64

  /// The character's name.
  public let characterName: String

  /// Who owns the character, as the SSO names them.
  public let ownerHash: String

  /// What the token acts for: `character` or `corporation`.
  public let tokenType: String

  /// The user of the application, or nil for a token that belongs to nobody.
  public let user: String?

  /// What the token permits, sorted by code points.
  public let scopes: [String]

  /// The time of the login or the last refresh, in microseconds since 1970, UTC.
  public let createdMicroseconds: Int64

  /// The time from which the access token is expired, in microseconds since 1970, UTC.
  public let expiresMicroseconds: Int64

  /// Whether the access token was expired when the ledger answered.
  public let isExpired: Bool

  /// Whether there is a refresh token.
  public let canRefresh: Bool

  /// What is shown in the access token's place, or nil where there is none.
  public let accessFingerprint: String?

  /// What is shown in the refresh token's place, or nil where there is none.
  public let refreshFingerprint: String?

  /// The SSO's version.
  public let ssoVersion: Int64

  /// The number of events that the token has had.
  public let version: Int64

  /// Reads a token map of either dialect, or gives nil when a field is missing.
  init?(_ reply: Reply) {
    guard let id = reply.value(for: "id")?.integer,
      let characterID = reply.value(for: "character_id")?.integer,
      let characterName = reply.value(for: "character_name")?.text,
      let ownerHash = reply.value(for: "owner_hash")?.text,
      let tokenType = reply.value(for: "token_type")?.text,
      let user = reply.value(for: "user")?.unlessNull(\.text),
      let scopes = reply.value(for: "scopes")?.elements,
      let createdMicroseconds = reply.value(for: "created_us")?.integer,
      let expiresMicroseconds = reply.value(for: "expires_us")?.integer,
      let isExpired = reply.value(for: "expired")?.boolean,
      let canRefresh = reply.value(for: "can_refresh")?.boolean,
      let accessFingerprint = reply.value(for: "access_fingerprint")?.unlessNull(\.text),
      let refreshFingerprint = reply.value(for: "refresh_fingerprint")?.unlessNull(\.text),
      let ssoVersion = reply.value(for: "sso_version")?.integer,
      let version = reply.value(for: "version")?.integer
    else { return nil }
    self.id = id
    self.characterID = characterID
    self.characterName = characterName
    self.ownerHash = ownerHash
    self.tokenType = tokenType
    self.user = user
    self.scopes = scopes.compactMap(\.text)
    self.createdMicroseconds = createdMicroseconds
    self.expiresMicroseconds = expiresMicroseconds
    self.isExpired = isExpired
    self.canRefresh = canRefresh
    self.accessFingerprint = accessFingerprint
    self.refreshFingerprint = refreshFingerprint
    self.ssoVersion = ssoVersion
    self.version = version
  }
}
