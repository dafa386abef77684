import CryptoPrimitives
import Testing

@testable import fake_sso

/// Access tokens and the keys that they are signed with.
@Suite struct SigningTests {
  private static let grant = Grant(client: "c", character: 7, scopes: ["s.a", "s.b"])

  /// The parts of a token, and whether its signature is one of the published key.
  private func isSigned(_ token: String, by tokens: AccessTokens) throws -> Bool {
    let parts = token.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let modulus = try #require(tokens.keySet.written.split(separator: "\"n\":\"").last)
      .prefix { $0 != "\"" }
    let (n, e) = (try bytes(String(modulus)), try bytes("AQAB"))
    let opened = RSAPublicKey(modulus: n.span, exponent: e.span)
    let key = try #require(opened)
    let message = Array("\(parts[0]).\(parts[1])".utf8)
    let signature = try bytes(parts[2])
    return key.isSignature(signature.span, of: SHA256.digest(of: message.span))
  }

  private func bytes(_ text: String) throws -> [UInt8] {
    let characters = Array(text.utf8)
    let decoded = Base64URL.decode(characters.span)
    return try #require(decoded)
  }

  @Test func `a token is signed by the key of the moment, and no longer after a change`() throws {
    var tokens = AccessTokens(owner: nil)
    let first = tokens.token(for: Self.grant, now: 0, lifetime: 10, unique: "u")
    #expect(try isSigned(first, by: tokens))
    tokens.changeKey()
    let second = tokens.token(for: Self.grant, now: 0, lifetime: 10, unique: "u")
    #expect(try isSigned(second, by: tokens))
    #expect(try !isSigned(first, by: tokens))
  }

  @Test func `the claims are those of EVE's SSO`() throws {
    let tokens = AccessTokens(owner: "o=")
    let token = tokens.token(for: Self.grant, now: 100, lifetime: 10, unique: "u")
    let parts = token.split(separator: ".").map(String.init)
    let claims = String(decoding: try bytes(parts[1]), as: UTF8.self)
    #expect(
      claims == """
        {"iss":"https://login.eveonline.com","aud":["c","EVE Online"],"azp":"c",\
        "sub":"CHARACTER:EVE:7","name":"Fake Pilot 7","owner":"o=","iat":100,"exp":110,\
        "jti":"u","scp":["s.a","s.b"]}
        """)
    var one = Self.grant
    one.scopes = ["s.a"]
    let single = tokens.token(for: one, now: 0, lifetime: 1, unique: "u").split(separator: ".")
    let body = String(decoding: try bytes(String(single[1])), as: UTF8.self)
    #expect(body.contains("\"scp\":\"s.a\""))
  }
}
