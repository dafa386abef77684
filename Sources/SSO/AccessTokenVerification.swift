// Is an access token the SSO's? With the keys that are kept, or fetched once for all who wait.
//
// Invariant: one fetch at a time; the tasks that ask meanwhile join it, so that many answers knock
// once. Owner: the refresher, one value that many tasks use, for refreshes and logins alike.
// Rules: schema/sso.md, "Signing keys" and "Access tokens".

public import HTTP

/// What judges access tokens, and keeps the keys for it.
public actor AccessTokenVerification<Transport: HTTPTransport> {
  private let endpoint: TokenEndpoint<Transport>
  private let keysURL: String
  private let rules: AccessTokenRules
  private var cache = KeyCache()
  /// The fetch under way, which later tasks join.
  private var fetching: Task<KeySet?, Never>?

  /// Names whose network, clock and retries are used, the address of the keys, and the rules.
  public init(
    endpoint: TokenEndpoint<Transport>, keysURL: String, rules: AccessTokenRules
  ) {
    self.endpoint = endpoint
    self.keysURL = keysURL
    self.rules = rules
  }

  /// The verdict, with newer keys if the key id asks for them, or nil without any keys.
  func verdict(on access: SecretText) async -> AccessTokenVerdict? {
    guard let keys = await self.keys(isForced: false) else { return nil }
    let verdict = rules.verdict(on: access, keys: keys, now: endpoint.now)
    guard verdict == .unknownKey else { return verdict }
    guard let newer = await self.keys(isForced: true) else { return nil }
    return rules.verdict(on: access, keys: newer, now: endpoint.now)
  }

  private func keys(isForced: Bool) async -> KeySet? {
    if let fetching { return await fetching.value }
    if case .use(let keys) = cache.plan(now: endpoint.now, isForced: isForced) { return keys }
    let task = Task { await fetchedKeys() }
    fetching = task
    return await task.value
  }

  private func fetchedKeys() async -> KeySet? {
    defer { fetching = nil }
    let decision = await endpoint.settled(HTTPRequest(url: keysURL, headers: endpoint.plainHeaders))
    guard case .settled(let answer) = decision else { return nil }
    return cache.keep(answer, now: endpoint.now)
  }
}
