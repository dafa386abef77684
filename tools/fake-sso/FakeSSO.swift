// The SSO without the network: what it knows, and which endpoint answers a request. Secrets live in
// here and leave only in answers. One owner at a time; the server holds it behind a lock.
// Paths are those of EVE's SSO: schema/sso.md has what a client makes of the answers.

import CryptoPrimitives
import LinuxIO

/// An SSO that asks nobody.
struct FakeSSO: Sendable {
  /// What the command line chooses.
  struct Options: Sendable {
    /// Whether a refresh token works once only.
    var rotates = false
    /// Whether refresh tokens that were never given are good ones.
    var acceptsAny = false
    /// The owner that access tokens name; nil: one for each character.
    var owner: String?
    /// How long an access token lives, in seconds.
    var lifetimeSeconds: Int64 = 1199
  }

  /// What can be told to misbehave.
  enum Endpoint: String, CaseIterable, Sendable {
    case authorize, token, jwks, revoke
  }

  /// A code that was given and not used yet.
  struct PendingCode: Sendable {
    var grant: Grant
    var redirectURI: String
    var challenge: String?
  }

  let options: Options
  var tokens: AccessTokens
  var codes: [String: PendingCode] = [:]
  /// The refresh tokens that are good.
  var refreshTokens: [String: Grant] = [:]
  /// Refresh tokens that were good once.
  var worthless: Set<String> = []
  var rules: [Endpoint: Rule] = [:]
  var rulesOfTokens: [String: Rule] = [:]
  var counts: [Endpoint: Int] = [:]
  /// How often each refresh token was sent, by its fingerprint.
  var sent: [String: Int] = [:]

  init(_ options: Options) {
    self.options = options
    tokens = AccessTokens(owner: options.owner)
  }

  /// Answers a request; `now` is in seconds since 1970.
  mutating func reply(to request: WebRequest, now: Int64) -> WebReply {
    switch (request.method, request.path) {
    case (.get, "/v2/oauth/authorize"):
      behave(.authorize, nil) { sso in sso.authorize(request.query) }
    case (.post, "/v2/oauth/token"):
      behave(.token, request.form?["refresh_token"]) { sso in sso.token(request, now: now) }
    case (.get, "/oauth/jwks"):
      behave(.jwks, nil) { sso in .json(200, sso.tokens.keySet, cache: "max-age=300") }
    case (.post, "/v2/oauth/revoke"):
      behave(.revoke, request.form?["token"]) { sso in sso.revoke(request) }
    case (_, let path) where path.hasPrefix("/control/"): WebReply(control(request))
    default: WebReply(.text(404, "there is nothing here"))
    }
  }

  /// Does an endpoint's work, or what a rule says instead.
  private mutating func behave(
    _ endpoint: Endpoint, _ token: String?, _ work: (inout FakeSSO) -> WebAnswer
  ) -> WebReply {
    let number = counts[endpoint, default: 0]
    counts[endpoint] = number + 1
    if endpoint == .token, let token { sent[fingerprint(token), default: 0] += 1 }
    let rule = takeRule(endpoint, token)
    var reply = rule?.misbehaviour.reply(number: number) ?? WebReply(work(&self))
    if let rule {
      if rule.misbehaviour.manner != .whole { reply.manner = rule.misbehaviour.manner }
      reply.delayMilliseconds = rule.delayMilliseconds
    }
    return reply
  }

  /// The rule of the token if it has one, else of the endpoint; counted down.
  private mutating func takeRule(_ endpoint: Endpoint, _ token: String?) -> Rule? {
    if let token, rulesOfTokens[token] != nil { return count(down: &rulesOfTokens[token]) }
    return count(down: &rules[endpoint])
  }

  private func count(down place: inout Rule?) -> Rule? {
    let rule = place
    if let remaining = rule?.remaining {
      place?.remaining = remaining - 1
      if remaining == 1 { place = nil }
    }
    return rule
  }

  /// The first eight digits of a token's SHA-256: what may be shown of it.
  private func fingerprint(_ token: String) -> String {
    let bytes = Array(token.utf8)
    return String(SHA256.digest(of: bytes.span).hex.prefix(8))
  }
}
