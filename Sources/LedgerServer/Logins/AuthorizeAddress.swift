// The address that somebody is sent to for a login, and the random values in it.
// Invariant: whatever a name holds, it stays one value of the address. RFC 6749 section 4.1.1, RFC
// 7636 section 4, schema/sso.md, "Logins". Pure but for the random numbers.

import CryptoPrimitives
import LinuxIO
import TokenLedger

/// The values of a login that nobody can guess.
struct LoginSecrets {
  /// Names the login at the callback: 32 characters.
  var state: String
  /// Proves at the exchange that the code is ours: 43 characters.
  var verifier: String

  /// Draws new ones.
  ///
  /// - Throws: what getrandom(2) says.
  init() throws(SystemError) {
    let name = try Randomness.bytes(count: 24)
    state = Base64URL.encode(name.span)
    let proof = try Randomness.bytes(count: 32)
    verifier = Base64URL.encode(proof.span)
  }

  /// What the SSO is told of the verifier: RFC 7636 section 4.2, `S256`.
  static func challenge(of verifier: String) -> String {
    let bytes = Array(verifier.utf8)
    let digest = SHA256.digest(of: bytes.span).bytes
    return Base64URL.encode(digest.span)
  }
}

extension SSOSettings {
  /// The address for a login.
  ///
  /// - Parameters:
  ///   - scopes: what is asked for; nil: nothing is said of scopes.
  ///   - state: the login's name.
  ///   - verifier: of which the challenge is told; nil: none.
  /// - Returns: the address.
  func authorizeAddress(scopes: [Text]?, state: String, verifier: String?) -> String {
    var values = [
      ("response_type", "code"), ("client_id", clientID), ("redirect_uri", callbackURL),
      ("state", state),
    ]
    if let scopes { values.append(("scope", scopes.map(\.string).joined(separator: " "))) }
    if let verifier {
      values.append(("code_challenge", LoginSecrets.challenge(of: verifier)))
      values.append(("code_challenge_method", "S256"))
    }
    let query = values.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
    return authorizeURL + (authorizeURL.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
  }
}

/// A value as it stands in an address: all but unreserved characters escaped.
///
/// - Source: RFC 3986 section 2.3.
private func percentEncoded(_ value: String) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var bytes: [UInt8] = []
  for byte in value.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      bytes.append(byte)
    default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
