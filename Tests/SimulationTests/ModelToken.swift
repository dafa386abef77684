// What is known of a token, as plainly as it can be said: no type of the product is in here. The
// page is schema/protocol.md, "Tokens".

import CryptoPrimitives

/// A token of the model.
struct ModelToken: Equatable {
  var id: Int64
  var character: Int64
  var name = "Pilot"
  var owner = "o="
  var isCorporation = false
  var user: String?
  var scopes: [String] = []
  var createdMicroseconds: Int64 = 0
  /// Nil is null; the empty text is empty.
  var access: String? = ""
  var refresh: String?
  var ssoVersion: Int64 = 2
  /// The sequences of its events.
  var history: [Int] = []
  var isDeleted = false

  static let validMicroseconds: Int64 = 1_170_000_000

  var version: Int { history.count }
  var expiresMicroseconds: Int64 { createdMicroseconds + Self.validMicroseconds }
  var canRefresh: Bool { refresh.map { !$0.isEmpty } ?? false }
  var type: String { isCorporation ? "corporation" : "character" }

  static let fieldNames = [
    "id", "character_id", "character_name", "owner_hash", "token_type", "user", "scopes",
    "created_us", "expires_us", "expired", "can_refresh", "access_fingerprint",
    "refresh_fingerprint", "sso_version", "version",
  ]

  /// A field as a reply shows it.
  func shown(_ field: String, now: Int64, _ dialect: Dialect) -> String {
    switch field {
    case "id": ":\(id)"
    case "character_id": ":\(character)"
    case "character_name": "$\(name)"
    case "owner_hash": "$\(owner)"
    case "token_type": "$\(type)"
    case "user": user.map { "$\($0)" } ?? "_"
    case "scopes": list(scopes.map { "$\($0)" })
    case "created_us": ":\(createdMicroseconds)"
    case "expires_us": ":\(expiresMicroseconds)"
    case "expired": dialect.boolean(expiresMicroseconds < now)
    case "can_refresh": dialect.boolean(canRefresh)
    case "access_fingerprint": fingerprint(of: access).map { "$\($0)" } ?? "_"
    case "refresh_fingerprint": fingerprint(of: refresh).map { "$\($0)" } ?? "_"
    case "sso_version": ":\(ssoVersion)"
    default: ":\(version)"
    }
  }

  /// The token's map as a reply shows it.
  func shown(now: Int64, _ dialect: Dialect) -> String {
    dialect.map(Self.fieldNames.map { ($0, shown($0, now: now, dialect)) })
  }

  /// The details of its `created` event.
  var creationFields: [String] {
    var fields = [
      "character_id", "\(character)", "character_name", name, "owner_hash", owner, "token_type",
      type,
    ]
    if let user { fields += ["user", user] }
    fields += [
      "scopes", scopes.joined(separator: " "), "created_us", "\(createdMicroseconds)",
      "sso_version", "\(ssoVersion)",
    ]
    if let access { fields += ["access_fingerprint", fingerprint(of: access) ?? ""] }
    if let refresh { fields += ["refresh_fingerprint", fingerprint(of: refresh) ?? ""] }
    return fields
  }
}

/// The first 8 hex digits of a present secret's SHA-256.
private func fingerprint(of secret: String?) -> String? {
  guard let secret, !secret.isEmpty else { return nil }
  let bytes = Array(secret.utf8)
  return String(SHA256.digest(of: bytes.span).description.prefix(8))
}
