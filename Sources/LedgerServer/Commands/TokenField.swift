// The fields of a token as the protocol shows them: schema/protocol.md, "Tokens". Never a secret: a
// fingerprint stands in its place. The order of the cases is the order of the map; later versions
// may only add behind it.

import RESP
import TokenLedger

/// A field of a token map, in the order of the map.
enum TokenField: CaseIterable, Sendable {
  case id, characterID, characterName, ownerHash, tokenType, user, scopes, created, expires
  case expired, canRefresh, accessFingerprint, refreshFingerprint, ssoVersion, version

  var name: StaticString {
    switch self {
    case .id: "id"
    case .characterID: "character_id"
    case .characterName: "character_name"
    case .ownerHash: "owner_hash"
    case .tokenType: "token_type"
    case .user: "user"
    case .scopes: "scopes"
    case .created: "created_us"
    case .expires: "expires_us"
    case .expired: "expired"
    case .canRefresh: "can_refresh"
    case .accessFingerprint: "access_fingerprint"
    case .refreshFingerprint: "refresh_fingerprint"
    case .ssoVersion: "sso_version"
    case .version: "version"
    }
  }

  static let table = NameTable(allCases.map { ($0.name.description, $0) })
  static let list = allCases.map(\.name.description).joined(separator: ", ")

  /// Writes the field of `token` as one value.
  func write(_ token: Token, _ validity: Validity, _ reply: inout ReplyWriter) {
    switch self {
    case .id: reply.writeInteger(token.id.rawValue)
    case .characterID: reply.writeInteger(token.character.rawValue)
    case .characterName: reply.writeBulk(token.characterName.utf8)
    case .ownerHash: reply.writeBulk(token.ownerHash.utf8)
    case .tokenType: reply.writeBulk(token.type.word)
    case .user: reply.writeText(token.user)
    case .scopes:
      reply.writeArrayHeader(count: token.scopes.count)
      for scope in token.scopes { reply.writeBulk(scope.utf8) }
    case .created: reply.writeInteger(token.created.microseconds)
    case .expires: reply.writeInteger(token.expires(validity.duration).microseconds)
    case .expired: reply.writeBoolean(token.isExpired(at: validity.now, validity.duration))
    case .canRefresh: reply.writeBoolean(token.canRefresh)
    case .accessFingerprint: reply.writeFingerprint(token.access.recorded)
    case .refreshFingerprint: reply.writeFingerprint(token.refresh.recorded)
    case .ssoVersion: reply.writeInteger(Int64(token.ssoVersion))
    case .version: reply.writeInteger(Int64(token.version))
    }
  }
}

extension ReplyWriter {
  /// Writes text, or null.
  mutating func writeText(_ text: Text?) {
    if let text { writeBulk(text.utf8) } else { writeNull() }
  }

  /// Writes what is shown in a secret's place; null where there is none.
  mutating func writeFingerprint(_ secret: RecordedSecret) {
    if let digest = secret.digest { writeBulk(digest.fingerprint) } else { writeNull() }
  }
}
