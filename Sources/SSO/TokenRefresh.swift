// One refresh from the refresh token to what the ledger is told: the token endpoint, then the keys,
// then the access token.
//
// Invariant: whatever fails after the SSO has rotated a refresh token, the new one is in the
// outcome. Owner: the refresher, one value that many tasks use. Rules: schema/sso.md.

public import HTTP

/// What the ledger is told about a job.
public enum RefreshOutcome: Equatable, Sendable {
  /// `REFRESH.DONE`; a nil owner is an access token that could not be verified.
  case done(access: SecretText, refresh: RefreshTokenChange, owner: String?)
  /// `REFRESH.FAIL`.
  case failed(RefreshFailure)
}

/// The way from a refresh token to an outcome.
public struct TokenRefresh<Transport: HTTPTransport>: Sendable {
  private let endpoint: TokenEndpoint<Transport>
  private let verification: AccessTokenVerification<Transport>

  /// Names the token endpoint, and what judges access tokens.
  public init(
    endpoint: TokenEndpoint<Transport>, verification: AccessTokenVerification<Transport>
  ) {
    self.endpoint = endpoint
    self.verification = verification
  }

  /// Spends a refresh token, and judges what came for it.
  public func outcome(of token: SecretText) async -> RefreshOutcome {
    switch await endpoint.refresh(token) {
    case .failed(let failure): return .failed(failure)
    case .granted(let access, let refresh):
      guard let verdict = await verification.verdict(on: access) else {
        return .failed(
          RefreshFailure(.unavailable, "jwks_unavailable", rotated: refresh.rotated))
      }
      guard case .valid(let claims) = verdict else {
        return .done(access: access, refresh: refresh, owner: nil)
      }
      return .done(access: access, refresh: refresh, owner: claims.owner)
    }
  }
}
