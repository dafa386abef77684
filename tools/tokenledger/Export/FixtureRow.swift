// The rows of a fixture for `manage.py loaddata`, as `manage.py dumpdata esi` would write them, but
// for the microseconds, which Django itself cuts to milliseconds.
// Pure; the field names are the columns of django-esi's models.

import TokenLedger

/// One row of a fixture.
enum FixtureRow {
  /// A row of `esi.scope`.
  static func scope(key: Int64, name: [UInt8]) -> JSONValue {
    row("esi.scope", key, ["name": .text(name), "help_text": .string("")])
  }

  /// A row of `esi.token`; without `secrets` the access token is empty, the refresh token as well
  /// unless the ledger shows that there is none.
  static func token(
    _ token: TokenRecord, scopeKeys: [Int64], secrets: TokenSecrets?
  ) -> JSONValue {
    row(
      "esi.token", token.id,
      [
        "created": .string(UnixTime(clampingMicroseconds: token.createdMicroseconds).rfc3339),
        "access_token": .text(secrets?.access ?? []),
        "refresh_token": refreshToken(of: token, secrets),
        "user": user(token.user),
        "character_id": .integer(token.characterID),
        "character_name": .text(token.characterName),
        "token_type": .text(token.tokenType),
        "character_owner_hash": .text(token.ownerHash),
        "sso_version": .integer(token.ssoVersion),
        "scopes": .list(scopeKeys.map(JSONValue.integer)),
      ])
  }

  private static func refreshToken(of token: TokenRecord, _ secrets: TokenSecrets?) -> JSONValue {
    if let secrets { return secrets.refresh.map(JSONValue.text) ?? .null }
    return token.refreshFingerprint == nil ? .null : .string("")
  }

  /// Django's users are numbers as a rule; an import makes their digits a text, and this undoes it.
  private static func user(_ user: [UInt8]?) -> JSONValue {
    guard let user else { return .null }
    let text = String(decoding: user, as: UTF8.self)
    guard let number = Int64(text), String(number).utf8.elementsEqual(user) else {
      return .text(user)
    }
    return .integer(number)
  }

  private static func row(
    _ model: String, _ key: Int64, _ fields: KeyValuePairs<String, JSONValue>
  ) -> JSONValue {
    .members(["model": .string(model), "pk": .integer(key), "fields": .members(fields)])
  }
}
