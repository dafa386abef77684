// Is this access token the provider's, for us, and still good? And who is it for?
//
// Invariant: claims are looked at only behind a good signature; the algorithm is RS256 whatever the
// token says. No reason holds a byte of the token. Owner: nobody, values.
// Source: RFC 7515, RFC 7519, RFC 8725 §3; table in schema/sso.md.

internal import CryptoPrimitives

/// What a valid access token says.
public struct AccessTokenClaims: Equatable, Sendable {
  /// The character the token acts for.
  public let characterID: Int64
  /// The first part of the subject in lower case, as `character`.
  public let tokenType: String
  /// The character's name, or nil if it is not said.
  public let name: String?
  /// The owner hash, or nil if it is not said.
  public let owner: String?
  /// The scopes; one text counts as one scope.
  public let scopes: [String]
}

/// Why an access token is not valid.
public enum AccessTokenFault: Equatable, Sendable {
  /// Not three parts of base64url with JSON objects in the first two, or too long.
  case shape
  /// Not RS256, or the key is for another algorithm.
  case algorithm
  /// The signature is not the key's.
  case signature
  /// Another issuer, or none.
  case issuer
  /// Another audience, or none.
  case audience
  /// Expired, not valid yet, or without an end.
  case time
  /// The subject names no character.
  case subject
  /// A claim of another kind than it must be.
  case claim
}

/// What is known of an access token.
public enum AccessTokenVerdict: Equatable, Sendable {
  /// It is the provider's, and says this.
  case valid(AccessTokenClaims)
  /// No key of the set has its key id; a newer set may.
  case unknownKey
  /// It is not to be believed.
  case invalid(AccessTokenFault)
}

/// The rules by which access tokens are validated.
public struct AccessTokenRules: Sendable {
  /// The audience that must be named.
  public var audience = "EVE Online"
  /// The issuers that count.
  public var issuers: Set<String> = ["login.eveonline.com", "https://login.eveonline.com"]
  /// Seconds by which clocks may differ.
  public var clockSkewSeconds: Int64 = 0

  /// Makes the rules of EVE's SSO.
  public init() {}

  /// Validates a token.
  ///
  /// - Parameters:
  ///   - token: three parts of base64url.
  ///   - keys: the provider's.
  ///   - now: seconds since 1970.
  /// - Returns: what is known of it.
  public func verdict(on token: SecretText, keys: KeySet, now: Int64) -> AccessTokenVerdict {
    guard token.text.utf8.count <= SSOLimits.tokenBytes, let parts = TokenParts(token.text) else {
      return .invalid(.shape)
    }
    switch keys.choice(for: parts.header["kid"]) {
    case .unknown: return .unknownKey
    case .unusable: return .invalid(.algorithm)
    case .key(let key):
      guard parts.header["alg"]?.text == "RS256" else { return .invalid(.algorithm) }
      guard key.isSignature(parts.signature.span, of: SHA256.digest(of: parts.signed.span)) else {
        return .invalid(.signature)
      }
    }
    guard let json = JSONValue(parts.payload), case .object(let claims) = json else {
      return .invalid(.shape)
    }
    return verdict(on: claims, now: now)
  }

  private func verdict(on claims: [String: JSONValue], now: Int64) -> AccessTokenVerdict {
    guard let issuer = claims["iss"]?.text, issuers.contains(issuer) else {
      return .invalid(.issuer)
    }
    guard namesAudience(claims["aud"]) else { return .invalid(.audience) }
    guard isInTime(claims, now: now) else { return .invalid(.time) }
    guard claims["jti"].map({ $0.text != nil }) ?? true, claims["at_hash"] == nil,
      claims["iat"].map({ $0.wholeNumber != nil }) ?? true
    else { return .invalid(.claim) }
    guard let (type, characterID) = subject(claims["sub"]?.text) else {
      return .invalid(.subject)
    }
    return .valid(
      AccessTokenClaims(
        characterID: characterID, tokenType: type, name: claims["name"]?.text,
        owner: claims["owner"]?.text, scopes: scopes(claims["scp"])))
  }

  private func namesAudience(_ value: JSONValue?) -> Bool {
    switch value {
    case .text(let name): name == audience
    case .list(let names): names.allSatisfy { $0.text != nil } && names.contains(.text(audience))
    default: false
    }
  }

  private func isInTime(_ claims: [String: JSONValue], now: Int64) -> Bool {
    guard let end = claims["exp"]?.wholeNumber, end >= now - clockSkewSeconds else { return false }
    guard let begin = claims["nbf"] else { return true }
    return begin.wholeNumber.map { $0 <= now + clockSkewSeconds } ?? false
  }

  private func subject(_ text: String?) -> (type: String, characterID: Int64)? {
    let parts = text?.split(separator: ":", omittingEmptySubsequences: false) ?? []
    guard parts.count >= 3, parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let characterID = Int64(parts[2])
    else { return nil }
    return (parts[0].lowercased(), characterID)
  }

  private func scopes(_ value: JSONValue?) -> [String] {
    switch value {
    case .text(let name): [name]
    case .list(let names): names.compactMap(\.text)
    default: []
    }
  }
}

/// A token taken apart.
///
///     base64url(header) . base64url(payload) . base64url(signature)
///     └──────────── signed ─────────────┘
private struct TokenParts {
  let header: [String: JSONValue]
  let payload: [UInt8]
  let signature: [UInt8]
  let signed: [UInt8]

  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let head = decoded(parts[0]), let payload = decoded(parts[1]),
      let signature = decoded(parts[2]), case .object(let header) = JSONValue(head)
    else { return nil }
    self.header = header
    self.payload = payload
    self.signature = signature
    signed = Array("\(parts[0]).\(parts[1])".utf8)
  }
}
