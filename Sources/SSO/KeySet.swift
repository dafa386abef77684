// The provider's public keys, and which of them a token means.
//
// Invariant: a key is used only for the algorithm that it says itself, RS256; so a token cannot
// choose how it is verified. Owner: nobody, a value. Source: RFC 7517, schema/sso.md.

internal import CryptoPrimitives
public import HTTP

/// A set of signing keys.
public struct KeySet: Sendable {
  /// The key that a token means.
  enum Choice {
    case key(RSAPublicKey)
    /// The key is there, but not one for RS256.
    case unusable
    /// No key has this id; a newer set may.
    case unknown
  }

  /// One entry; `key` is nil when it is not for RS256.
  private struct Entry: Sendable {
    let keyID: String?
    let key: RSAPublicKey?
  }

  private let entries: [Entry]
  /// Whether the document had a list of keys at all; others are not kept.
  let isList: Bool

  /// Reads the answer of the key endpoint, or gives nil if it is no success or no JSON.
  public init?(_ answer: HTTPAnswer) {
    guard answer.isSuccess, let body = answer.body, body.count <= SSOLimits.bodyBytes,
      let document = JSONValue(body)
    else { return nil }
    guard case .list(let keys) = document["keys"] else {
      (entries, isList) = ([], false)
      return
    }
    entries = keys.prefix(SSOLimits.keyCount).map {
      Entry(keyID: $0["kid"]?.text, key: Self.key($0))
    }
    isList = true
  }

  /// The ids of the keys, in their order.
  public var keyIDs: [String] { entries.compactMap(\.keyID) }

  /// The key for the `kid` of a token's header.
  func choice(for keyID: JSONValue?) -> Choice {
    switch keyID {
    case nil, .null, .text(""):
      guard let key = entries.lazy.compactMap(\.key).first else { return .unusable }
      return .key(key)
    case .text(let name):
      guard let entry = entries.first(where: { $0.keyID == name }) else { return .unknown }
      return entry.key.map(Choice.key) ?? .unusable
    default: return .unknown
    }
  }

  private static func key(_ json: JSONValue) -> RSAPublicKey? {
    guard json["kty"]?.text == "RSA", json["alg"]?.text == "RS256",
      let modulus = json["n"]?.text.flatMap(decoded),
      let exponent = json["e"]?.text.flatMap(decoded)
    else { return nil }
    return RSAPublicKey(modulus: modulus.span, exponent: exponent.span)
  }
}

/// The bytes of a base64url text, or nil if it is none.
func decoded(_ text: some StringProtocol) -> [UInt8]? {
  Base64URL.decode(Array(text.utf8).span)
}
