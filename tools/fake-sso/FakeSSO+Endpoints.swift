// The endpoints of OAuth: authorize, token, revoke. RFC 6749, RFC 7636 (PKCE), RFC 7009.
// Invariant: a code works once, and only with the redirect address and the verifier that it was
// asked for with.

import CryptoPrimitives
import LinuxIO

extension FakeSSO {
  /// The character that logs in where nobody says which.
  static let standardCharacter: Int64 = 95_465_499

  // MARK: Authorize

  /// Sends the visitor back at once, logged in.
  mutating func authorize(_ query: Form) -> WebAnswer {
    guard query["response_type"] == "code", let client = query["client_id"], !client.isEmpty,
      let address = query["redirect_uri"], let state = query["state"]
    else { return .text(400, "response_type=code, client_id, redirect_uri and state are needed") }
    guard query["code_challenge"] == nil || query["code_challenge_method"] == "S256"
    else { return .text(400, "code_challenge_method is S256") }
    guard let character = Int64(query["character"] ?? "\(Self.standardCharacter)")
    else { return .text(400, "character is a number") }
    let scopes = (query["scope"] ?? "").split(separator: " ").map(String.init)
    let code = Self.secret("fc")
    codes[code] = PendingCode(
      grant: Grant(client: client, character: character, scopes: scopes), redirectURI: address,
      challenge: query["code_challenge"])
    let joint = address.contains("?") ? "&" : "?"
    let target = address + joint + "code=\(Form.encoded(code))&state=\(Form.encoded(state))"
    return WebAnswer(302, [("Location", target), ("Cache-Control", "no-store")])
  }

  // MARK: Token

  mutating func token(_ request: WebRequest, now: Int64) -> WebAnswer {
    guard let form = request.form else { return .error(400, "invalid_request", "no form") }
    guard let client = request.basicName ?? form["client_id"], !client.isEmpty
    else { return .error(401, "invalid_client", "no client") }
    switch form["grant_type"] {
    case "authorization_code": return exchange(form, client, now: now)
    case "refresh_token": return refresh(form, client, now: now)
    default: return .error(400, "unsupported_grant_type", "not one of the two")
    }
  }

  private mutating func exchange(_ form: Form, _ client: String, now: Int64) -> WebAnswer {
    guard let code = form["code"], let pending = codes.removeValue(forKey: code),
      pending.grant.client == client, form["redirect_uri"] == pending.redirectURI,
      isProof(form["code_verifier"], of: pending.challenge)
    else { return .error(400, "invalid_grant", "the code is not valid") }
    return granted(pending.grant, now: now, refresh: newRefreshToken(for: pending.grant))
  }

  private func isProof(_ verifier: String?, of challenge: String?) -> Bool {
    guard let challenge else { return true }
    let bytes = Array((verifier ?? "").utf8)
    let digest = SHA256.digest(of: bytes.span).bytes
    return Base64URL.encode(digest.span) == challenge
  }

  private mutating func refresh(_ form: Form, _ client: String, now: Int64) -> WebAnswer {
    guard let token = form["refresh_token"], let grant = grant(of: token, client)
    else { return .error(400, "invalid_grant", "the refresh token is not valid") }
    guard options.rotates else { return granted(grant, now: now, refresh: token) }
    refreshTokens[token] = nil
    worthless.insert(token)
    return granted(grant, now: now, refresh: newRefreshToken(for: grant))
  }

  private func grant(of token: String, _ client: String) -> Grant? {
    if let grant = refreshTokens[token] { return grant.client == client ? grant : nil }
    guard options.acceptsAny, !worthless.contains(token) else { return nil }
    // A token of the form rt-<character>-… says whose it is.
    let parts = token.split(separator: "-", maxSplits: 2)
    let character = parts.count > 1 && parts[0] == "rt" ? Int64(parts[1]) : nil
    return Grant(client: client, character: character ?? Self.standardCharacter, scopes: [])
  }

  private mutating func newRefreshToken(for grant: Grant) -> String {
    let token = Self.secret("fr")
    refreshTokens[token] = grant
    return token
  }

  private func granted(_ grant: Grant, now: Int64, refresh: String) -> WebAnswer {
    let access = tokens.token(
      for: grant, now: now, lifetime: options.lifetimeSeconds, unique: Self.secret("fj"))
    return .json(
      200,
      .object([
        ("access_token", .text(access)), ("expires_in", .number(Int(options.lifetimeSeconds))),
        ("token_type", .text("Bearer")), ("refresh_token", .text(refresh)),
      ]))
  }

  // MARK: Revoke

  /// Makes a refresh token worthless; of one that is unknown it says nothing: RFC 7009 §2.2.
  mutating func revoke(_ request: WebRequest) -> WebAnswer {
    guard let form = request.form, let token = form["token"]
    else { return .error(400, "invalid_request", "no token") }
    guard request.basicName ?? form["client_id"] != nil
    else { return .error(401, "invalid_client", "no client") }
    refreshTokens[token] = nil
    worthless.insert(token)
    return WebAnswer(200)
  }

  /// A text that nobody guesses; its first letters say what it is.
  private static func secret(_ kind: String) -> String {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Randomness.bytes(count: 24) } catch {
      preconditionFailure("the kernel gives no random numbers: \(error)")
    }
    return "\(kind)-\(Base64URL.encode(bytes.span))"
  }
}
