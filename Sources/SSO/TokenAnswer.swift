// What an answer of the token endpoint means: tokens, or a class of failure.
//
// Invariant: one outcome for every answer, by the table of schema/sso.md and nothing else; codes
// are a closed set, so no byte of a body leaves in one. Owner: nobody, functions over values.

public import HTTP

/// The sizes that are taken from the SSO.
public enum SSOLimits {
  /// The largest body of an answer, in bytes.
  public static let bodyBytes = 1 << 20
  /// The longest token, in bytes: what the ledger takes.
  public static let tokenBytes = 64 << 10
  /// The keys of a key set that are looked at.
  public static let keyCount = 64
}

/// What to tell the ledger about a failure, and what the ledger does about it.
public enum FailureClass: String, Sendable {
  /// The refresh token is worth nothing any more.
  case definite
  /// This client is not let in; no token is to blame.
  case configuration
  /// The answer cannot be used.
  case incomplete
  /// The SSO did not answer.
  case unavailable
}

/// A refresh that failed.
public struct RefreshFailure: Equatable, Sendable {
  /// What the ledger does about it.
  public let failureClass: FailureClass
  /// The code to be told, of the closed set of schema/sso.md.
  public let code: String
  /// The refresh token that replaces the old one nevertheless, or nil if none came.
  public let rotated: SecretText?
  /// Milliseconds after which the SSO asks to be tried again, or nil if it did not say.
  public let retryAfterMilliseconds: Int64?

  /// Names all parts.
  public init(
    _ failureClass: FailureClass, _ code: String, rotated: SecretText? = nil,
    retryAfterMilliseconds: Int64? = nil
  ) {
    self.failureClass = failureClass
    self.code = code
    self.rotated = rotated
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }
}

/// What became of the refresh token.
public enum RefreshTokenChange: Equatable, Sendable {
  /// The answer has none: the old one stays.
  case unchanged
  /// The answer has a null: there is none any more.
  case removed
  /// The answer has another, which may be empty.
  case replaced(SecretText)

  /// The new refresh token that must not be lost, or nil if there is none.
  public var rotated: SecretText? {
    guard case .replaced(let token) = self, !token.text.isEmpty else { return nil }
    return token
  }
}

/// What an answer of the token endpoint means.
public enum TokenOutcome: Equatable, Sendable {
  /// There is a new access token.
  case granted(access: SecretText, refresh: RefreshTokenChange)
  /// There is none.
  case failed(RefreshFailure)

  /// Classes an answer that `RetryPolicy` has settled.
  ///
  /// - Source: schema/sso.md; RFC 6749 §5.1, §5.2.
  public init(_ answer: HTTPAnswer) {
    self = answer.isSuccess ? Self.success(answer) : .failed(RefreshFailure(refusal: answer))
  }

  private static func success(_ answer: HTTPAnswer) -> TokenOutcome {
    guard let body = answer.body, body.count <= SSOLimits.bodyBytes else {
      return .failed(RefreshFailure(.incomplete, "answer_too_large"))
    }
    let json = JSONValue(body)
    let refresh = refreshToken(json?["refresh_token"])
    guard (refresh.rotated?.text.utf8.count ?? 0) <= SSOLimits.tokenBytes else {
      return .failed(RefreshFailure(.incomplete, "token_too_long"))
    }
    guard let access = json?["access_token"]?.text, !access.isEmpty else {
      return .failed(RefreshFailure(.incomplete, "no_access_token", rotated: refresh.rotated))
    }
    guard access.utf8.count <= SSOLimits.tokenBytes else {
      return .failed(RefreshFailure(.incomplete, "token_too_long", rotated: refresh.rotated))
    }
    return .granted(access: SecretText(access), refresh: refresh)
  }

  private static func refreshToken(_ value: JSONValue?) -> RefreshTokenChange {
    switch value {
    case .null: .removed
    case .text(let token): .replaced(SecretText(token))
    default: .unchanged
    }
  }
}

extension RefreshFailure {
  /// Classes an answer that is no success.
  ///
  /// - Source: schema/sso.md; RFC 6749 §5.2.
  init(refusal answer: HTTPAnswer) {
    guard let body = answer.body, body.count <= SSOLimits.bodyBytes,
      let error = JSONValue(body)?["error"]
    else {
      self.init(.unavailable, "http_\(answer.status)")
      return
    }
    let code = error.text ?? ""
    switch code {
    case "invalid_grant", "invalid_token": self.init(.definite, code)
    case "invalid_client", "unauthorized_client": self.init(.configuration, code)
    default: self.init(.incomplete, Self.registered.contains(code) ? code : "other_error")
    }
  }

  /// The other registered errors.
  ///
  /// - Source: RFC 6749 §4.1.2.1, §5.2; RFC 7009 §2.2.1.
  private static let registered: Set<String> = [
    "access_denied", "invalid_request", "invalid_scope", "server_error", "temporarily_unavailable",
    "unsupported_grant_type", "unsupported_response_type", "unsupported_token_type",
  ]
}
