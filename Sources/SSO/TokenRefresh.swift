// One refresh from the refresh token to what the ledger is told: the token endpoint, then the keys,
// then the access token.
//
// Invariant: whatever fails after the SSO has rotated a refresh token, the new one is in the
// outcome. The keys are fetched once for all tasks that wait. Owner: the refresher, one value that
// many tasks use. Rules: schema/sso.md.

public import HTTP

/// What the ledger is told about a job.
public enum RefreshOutcome: Equatable, Sendable {
  /// `REFRESH.DONE`; a nil owner is an access token that could not be verified.
  case done(access: SecretText, refresh: RefreshTokenChange, owner: String?)
  /// `REFRESH.FAIL`.
  case failed(RefreshFailure)
}

/// The way from a refresh token to an outcome.
public actor TokenRefresh<Transport: HTTPTransport> {
  private let endpoint: TokenEndpoint<Transport>
  private let keysURL: String
  private let rules: AccessTokenRules
  private var cache = KeyCache()
  /// The fetch under way, which later tasks join.
  private var fetching: Task<KeySet?, Never>?

  /// Names the token endpoint, the address of the keys, and the rules for access tokens.
  public init(
    endpoint: TokenEndpoint<Transport>, keysURL: String, rules: AccessTokenRules
  ) {
    self.endpoint = endpoint
    self.keysURL = keysURL
    self.rules = rules
  }

  /// Spends a refresh token, and judges what came for it.
  public func outcome(of token: SecretText) async -> RefreshOutcome {
    switch await endpoint.refresh(token) {
    case .failed(let failure): return .failed(failure)
    case .granted(let access, let refresh):
      guard let verdict = await verdict(on: access) else {
        return .failed(
          RefreshFailure(.unavailable, "jwks_unavailable", rotated: refresh.rotated))
      }
      guard case .valid(let claims) = verdict else {
        return .done(access: access, refresh: refresh, owner: nil)
      }
      return .done(access: access, refresh: refresh, owner: claims.owner)
    }
  }

  /// The verdict, with newer keys if the key id asks for them, or nil without any keys.
  private func verdict(on access: SecretText) async -> AccessTokenVerdict? {
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
