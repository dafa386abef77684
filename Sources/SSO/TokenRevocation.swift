// Telling the SSO that a refresh token is no longer wanted.
//
// Invariant: only 200 is done, also for a token that the SSO does not know: either way it is of no
// use to anybody afterwards. Owner: the refresher, any task. Source: RFC 7009, schema/sso.md,
// "Revocation".

internal import HTTP

/// What the ledger is told about a revocation.
public enum RevocationOutcome: Equatable, Sendable {
  /// `SSO.REVOKED`.
  case done
  /// `SSO.REVOKEFAILED`.
  case failed(RefreshFailure)
}

extension TokenEndpoint {
  /// Revokes a refresh token at the address of the SSO for it.
  public func revoke(_ token: SecretText, at url: String) async -> RevocationOutcome {
    let request = post([("token", token.text), ("token_type_hint", "refresh_token")], to: url)
    switch await settled(request) {
    case .settled(let answer) where answer.status == 200: return .done
    case .settled(let answer): return .failed(Self.revocationFailure(answer))
    case .giveUp(let failure): return .failed(failure)
    case .wait: preconditionFailure("a settled request does not wait")
    }
  }

  /// As for a refresh, but that nothing ends: the token has already been deleted.
  private static func revocationFailure(_ answer: HTTPAnswer) -> RefreshFailure {
    let failure = RefreshFailure(refusal: answer)
    guard failure.failureClass == .definite else { return failure }
    return RefreshFailure(.incomplete, failure.code)
  }
}
