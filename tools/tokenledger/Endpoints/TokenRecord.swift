// A token as the ledger shows it, without its secrets.
// Texts stay bytes: the ledger tells names apart by code points, and Swift's == does not.
// Secrets are in a type of their own that shows nothing of itself.

import RESP

/// The values of a token that an import compares and an export writes.
struct TokenRecord: Equatable, Sendable {
  let id: Int64
  let characterID: Int64
  let characterName: [UInt8]
  let ownerHash: [UInt8]
  let tokenType: [UInt8]
  /// Nil: of no user.
  let user: [UInt8]?
  /// Ascending by code points.
  let scopes: [[UInt8]]
  let createdMicroseconds: Int64
  /// The first 8 hex digits of the secret's SHA-256; nil: there is none, or it is empty.
  let accessFingerprint: String?
  let refreshFingerprint: String?
  let ssoVersion: Int64

  /// Reads the map of TOKEN.GET; nil when it is none.
  init?(_ reply: Reply) {
    guard let pairs = reply.pairs else { return nil }
    let values = Dictionary(
      pairs.compactMap { pair in pair.key.text.map { ($0, pair.value) } },
      uniquingKeysWith: { first, _ in first })
    func value(_ field: TokenField) -> Reply? { values[field.rawValue] }

    guard let id = value(.id)?.integer, let character = value(.characterID)?.integer,
      let name = value(.characterName)?.bytes, let owner = value(.ownerHash)?.bytes,
      let type = value(.tokenType)?.bytes, let scopes = value(.scopes)?.elements,
      let created = value(.createdMicroseconds)?.integer, let version = value(.ssoVersion)?.integer
    else { return nil }
    (self.id, characterID, characterName, ownerHash) = (id, character, name, owner)
    (tokenType, createdMicroseconds, ssoVersion) = (type, created, version)
    self.user = value(.user)?.bytes
    self.scopes = scopes.compactMap(\.bytes)
    accessFingerprint = value(.accessFingerprint)?.text
    refreshFingerprint = value(.refreshFingerprint)?.text
  }
}

/// The secrets of a token, for the one file that may hold them.
struct TokenSecrets: Sendable, CustomStringConvertible, CustomReflectable {
  /// Nil: none.
  let access: [UInt8]?
  /// Nil: none, which is not the same as empty.
  let refresh: [UInt8]?

  /// Reads the map of TOKEN.SECRETS; nil when it is none.
  init?(_ reply: Reply) {
    guard let pairs = reply.pairs, pairs.count >= 2,
      let access = reply.value(for: "access_token"), let refresh = reply.value(for: "refresh_token")
    else { return nil }
    self.access = access.bytes
    self.refresh = refresh.bytes
  }

  /// Nothing of the secrets.
  var description: String { "secrets" }

  /// Nothing of the secrets, also not to `dump`.
  var customMirror: Mirror { Mirror(self, children: []) }
}
