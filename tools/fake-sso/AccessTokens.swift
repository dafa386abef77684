// Access tokens as EVE's SSO gives them: JWTs, signed with RS256 by the key of the moment.
// Invariant: the key set that is published has just the key of the moment, so that after a change
// an old token no longer verifies. RFC 7519, schema/sso.md, "Access tokens".

import CryptoPrimitives

/// Makes access tokens.
struct AccessTokens: Sendable {
  private let keys = [SigningKey(.first), SigningKey(.second)]
  /// How often the key was changed.
  private var changes = 0
  private let owner: String?

  /// Names the owner that tokens have; nil: one for each character.
  init(owner: String?) {
    self.owner = owner
  }

  /// The name of the key of the moment.
  private var keyID: String { "fake-sso-\(changes + 1)" }

  /// Changes the key.
  mutating func changeKey() { changes += 1 }

  /// The key set of the moment.
  var keySet: JSON {
    .object([("keys", .list([keys[changes % 2].webKey(id: keyID)]))])
  }

  /// An access token.
  ///
  /// - Parameters:
  ///   - grant: whom it is for.
  ///   - now: seconds since 1970.
  ///   - lifetime: seconds.
  ///   - unique: a text that no other token has.
  /// - Returns: the token in compact form, RFC 7515 §7.1.
  func token(for grant: Grant, now: Int64, lifetime: Int64, unique: String) -> String {
    var claims: [(String, JSON)] = [
      ("iss", .text("https://login.eveonline.com")),
      ("aud", .list([.text(grant.client), .text("EVE Online")])), ("azp", .text(grant.client)),
      ("sub", .text("CHARACTER:EVE:\(grant.character)")),
      ("name", .text("Fake Pilot \(grant.character)")),
      ("owner", .text(owner ?? "fake-owner-\(grant.character)")), ("iat", .number(Int(now))),
      ("exp", .number(Int(now + lifetime))), ("jti", .text(unique)),
    ]
    switch grant.scopes.count {
    case 0: break
    case 1: claims.append(("scp", .text(grant.scopes[0])))
    default: claims.append(("scp", .list(grant.scopes.map { .text($0) })))
    }
    let head = JSON.object([
      ("alg", .text("RS256")), ("kid", .text(keyID)), ("typ", .text("JWT")),
    ])
    let signed = encoded(head) + "." + encoded(.object(claims))
    let signature = keys[changes % 2].signature(of: Array(signed.utf8))
    return signed + "." + Base64URL.encode(signature.span)
  }

  private func encoded(_ json: JSON) -> String {
    let bytes = Array(json.written.utf8)
    return Base64URL.encode(bytes.span)
  }
}

/// Whom tokens are for.
struct Grant: Sendable {
  var client: String
  var character: Int64
  var scopes: [String]
}
