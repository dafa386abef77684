// One login from the code to what the ledger is told: the token endpoint, then the keys, then the
// access token.
//
// Invariant: unlike a refresh, a login makes no token of an access token that is not valid, for it
// alone says whose token it is. Owner: the refresher, one value that many tasks use.
// Rules: schema/sso.md, "Exchange of a code".

public import HTTP

/// Who has logged in, and the tokens for it.
public struct LoginGrant: Equatable, Sendable {
  /// The access token.
  public let access: SecretText
  /// The refresh token, which may be empty, or nil if the SSO said that there is none.
  public let refresh: SecretText?
  /// The character.
  public let characterID: Int64
  /// The character's name.
  public let name: String
  /// The owner hash.
  public let owner: String
  /// The first part of the subject in lower case, as `character`.
  public let tokenType: String
  /// What the token permits.
  public let scopes: [String]
}

/// What the ledger is told about a login.
public enum LoginOutcome: Equatable, Sendable {
  /// `SSO.DONE`.
  case done(LoginGrant)
  /// `SSO.FAIL`.
  case failed(RefreshFailure)
}

/// The way from a code to an outcome.
public struct TokenLogin<Transport: HTTPTransport>: Sendable {
  private let endpoint: TokenEndpoint<Transport>
  private let verification: AccessTokenVerification<Transport>

  /// Names the token endpoint, and what judges access tokens.
  public init(
    endpoint: TokenEndpoint<Transport>, verification: AccessTokenVerification<Transport>
  ) {
    self.endpoint = endpoint
    self.verification = verification
  }

  /// Spends a code, and judges what came for it.
  ///
  /// - Parameters:
  ///   - code: what the SSO gave the browser.
  ///   - redirectURI: the address that the login was begun with.
  ///   - verifier: what the login's challenge was made of, or nil without PKCE.
  /// - Returns: what to tell the ledger.
  public func outcome(
    ofCode code: SecretText, redirectURI: String, verifier: SecretText?
  ) async -> LoginOutcome {
    let exchanged = await endpoint.exchange(
      code: code, redirectURI: redirectURI, verifier: verifier)
    switch exchanged {
    case .failed(let failure): return .failed(failure)
    case .granted(let access, let refresh):
      guard let verdict = await verification.verdict(on: access) else {
        return .failed(RefreshFailure(.unavailable, "jwks_unavailable"))
      }
      return Self.outcome(access, refresh, verdict)
    }
  }

  private static func outcome(
    _ access: SecretText, _ refresh: RefreshTokenChange, _ verdict: AccessTokenVerdict
  ) -> LoginOutcome {
    guard case .valid(let claims) = verdict, let name = claims.name, let owner = claims.owner else {
      return .failed(RefreshFailure(.incomplete, "access_token_invalid"))
    }
    let refreshToken: SecretText?
    switch refresh {
    case .unchanged: return .failed(RefreshFailure(.incomplete, "no_refresh_token"))
    case .removed: refreshToken = nil
    case .replaced(let token): refreshToken = token
    }
    return .done(
      LoginGrant(
        access: access, refresh: refreshToken, characterID: claims.characterID, name: name,
        owner: owner, tokenType: claims.tokenType, scopes: claims.scopes))
  }
}
