import Foundation
import HTTP
import SSO
import TestSupport
import Testing

@Suite struct `Access token` {
  /// The recorded cases on which we are stricter on purpose: schema/sso.md, "Deviations".
  static let deviations: [String: AccessTokenVerdict] = [
    "no aud": .invalid(.audience),
    "no exp": .invalid(.time),
    "signed by the EC key": .invalid(.algorithm),
  ]

  @Test func `every recorded token is judged as django-esi judges it`() throws {
    let recorded = try RecordedTokens.load()
    #expect(recorded.cases.count == 104)
    let keys = try recorded.keySet()
    var deviating: Set<String> = []
    for token in recorded.cases where token.quirk == nil {
      let verdict = AccessTokenRules().verdict(
        on: SecretText(token.token), keys: keys, now: recorded.clock)
      if let expected = Self.deviations[token.name] {
        deviating.insert(token.name)
        #expect(token.valid)
        #expect(verdict == expected, "\(token.name)")
      } else {
        compare(verdict, with: token)
      }
    }
    #expect(deviating == Set(Self.deviations.keys))
  }

  @Test(
    arguments: [
      ("alg none, no signature", AccessTokenVerdict.invalid(.algorithm)),
      ("alg HS256 keyed with the public PEM", .invalid(.algorithm)),
      ("alg HS256 keyed with the modulus", .invalid(.algorithm)),
      ("alg RS512 properly signed", .invalid(.algorithm)),
      ("right kid, stranger's key", .invalid(.signature)),
      ("payload changed", .invalid(.signature)),
      ("signature empty", .invalid(.signature)),
      ("unknown kid", .unknownKey),
      ("exp now - 1", .invalid(.time)),
      ("nbf now + 1", .invalid(.time)),
      ("two segments", .invalid(.shape)),
    ] as [(String, AccessTokenVerdict)])
  func `a forged or stale token is refused for its reason`(
    name: String, expected: AccessTokenVerdict
  ) throws {
    let recorded = try RecordedTokens.load()
    let token = try #require(recorded.cases.first { $0.name == name })
    let verdict = AccessTokenRules().verdict(
      on: SecretText(token.token), keys: try recorded.keySet(), now: recorded.clock)
    #expect(verdict == expected)
  }

  @Test func `clocks that differ are allowed for as far as the setting says`() throws {
    let recorded = try RecordedTokens.load()
    let keys = try recorded.keySet()
    var rules = AccessTokenRules()
    rules.clockSkewSeconds = 1
    for name in ["exp now - 1", "nbf now + 1"] {
      let token = try #require(recorded.cases.first { $0.name == name })
      let verdict = rules.verdict(on: SecretText(token.token), keys: keys, now: recorded.clock)
      #expect(isValid(verdict))
    }
    let late = try #require(recorded.cases.first { $0.name == "exp now - 1" })
    let verdict = rules.verdict(on: SecretText(late.token), keys: keys, now: recorded.clock + 1)
    #expect(verdict == .invalid(.time))
  }

  @Test func `any changed character of a good token makes it invalid`() throws {
    let recorded = try RecordedTokens.load()
    let keys = try recorded.keySet()
    let token = Array(try #require(recorded.cases.first).token.utf8)
    for index in stride(from: 0, to: token.count, by: 7) {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let text = String(decoding: changed, as: UTF8.self)
      let verdict = AccessTokenRules().verdict(
        on: SecretText(text), keys: keys, now: recorded.clock)
      #expect(!isValid(verdict), "changed at \(index)")
    }
  }

  @Test func `a token beyond the limit is not looked at`() throws {
    let long = SecretText(String(repeating: "a", count: SSOLimits.tokenBytes + 1))
    let verdict = AccessTokenRules().verdict(
      on: long, keys: try RecordedTokens.load().keySet(), now: 0)
    #expect(verdict == .invalid(.shape))
  }

  @Test func `a reason shows nothing of the token`() throws {
    let keys = try RecordedTokens.load().keySet()
    var seen = ""
    for text in ["planted-secret", "planted.planted.planted", "e30.planted.e30"] {
      let token = SecretText(text)
      let verdict = AccessTokenRules().verdict(on: token, keys: keys, now: 0)
      dump(verdict, to: &seen)
      seen += "\(verdict) \(token) \(String(reflecting: token))"
    }
    #expect(!seen.contains("planted"))
  }
}

private func isValid(_ verdict: AccessTokenVerdict) -> Bool {
  guard case .valid = verdict else { return false }
  return true
}

private func compare(_ verdict: AccessTokenVerdict, with token: RecordedTokens.Token) {
  #expect((verdict == .unknownKey) == token.askedForFreshKeys, "\(token.name)")
  guard case .valid(let claims) = verdict else {
    #expect(!token.valid, "\(token.name): \(verdict)")
    return
  }
  #expect(token.valid, "\(token.name)")
  #expect(claims.characterID == token.characterID, "\(token.name)")
  #expect(claims.tokenType == token.tokenType, "\(token.name)")
  #expect(claims.name == token.claims?.name, "\(token.name)")
  #expect(claims.owner == token.claims?.owner, "\(token.name)")
  #expect(claims.scopes == token.claims?.scp?.names ?? [], "\(token.name)")
}

/// The file `jwt.json`.
struct RecordedTokens: Decodable {
  let clock: Int64
  let cases: [Token]

  struct Token: Decodable {
    let name: String
    let token: String
    let quirk: String?
    let valid: Bool
    let characterID: Int64?
    let tokenType: String?
    let claims: Claims?
    let askedForFreshKeys: Bool

    enum CodingKeys: String, CodingKey {
      case name, token, quirk, valid, claims
      case characterID = "character_id"
      case tokenType = "token_type"
      case askedForFreshKeys = "asked_for_fresh_keys"
    }
  }

  struct Claims: Decodable {
    let name: String?
    let owner: String?
    let scp: Scopes?
  }

  struct Scopes: Decodable {
    let names: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        names = [name]
      } else {
        names = try container.decode([String].self)
      }
    }
  }

  static func load() throws -> RecordedTokens {
    try JSONDecoder().decode(RecordedTokens.self, from: file())
  }

  /// The key set of the file, as the key endpoint would answer it.
  func keySet() throws -> KeySet {
    try #require(KeySet(try Self.keyAnswer()))
  }

  /// The answer of the key endpoint.
  static func keyAnswer() throws -> HTTPAnswer {
    let document = try JSONSerialization.jsonObject(with: file()) as? [String: Any]
    let body = try JSONSerialization.data(withJSONObject: try #require(document?["jwks"]))
    return HTTPAnswer(status: 200, body: Array(body))
  }

  private static func file() throws -> Data {
    try Data(contentsOf: Fixtures.oracle.appendingPathComponent("jwt.json"))
  }
}
