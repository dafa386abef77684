// What is done for a job: one way through the SSO for each kind.
//
// Invariant: every job has an outcome; nothing here throws, and the waits are bounded by the retry
// policy and the limits of the transport. Owner: any task. Rules: schema/sso.md.

import HTTP
import LedgerClient
import LinuxIO
import SSO

/// The ways from a job to its outcome.
struct JobWork<Transport: HTTPTransport>: Sendable {
  private let refresh: TokenRefresh<Transport>
  private let login: TokenLogin<Transport>
  private let endpoint: TokenEndpoint<Transport>
  private let revokeURL: String

  /// Names the token endpoint, the addresses beside it, and the rules for access tokens.
  init(
    endpoint: TokenEndpoint<Transport>, keysURL: String, revokeURL: String, rules: AccessTokenRules
  ) {
    let verification = AccessTokenVerification(endpoint: endpoint, keysURL: keysURL, rules: rules)
    refresh = TokenRefresh(endpoint: endpoint, verification: verification)
    login = TokenLogin(endpoint: endpoint, verification: verification)
    self.endpoint = endpoint
    self.revokeURL = revokeURL
  }

  /// Does a job.
  func finished(_ job: LedgerJob) async -> FinishedJob {
    let begin = SystemClock.monotonicMicroseconds()
    let outcome = await outcome(of: job)
    let milliseconds = (SystemClock.monotonicMicroseconds() - begin) / 1_000
    return FinishedJob(outcome: outcome, milliseconds: milliseconds)
  }

  private func outcome(of job: LedgerJob) async -> JobOutcome {
    switch job {
    case .refresh(let job):
      return .refresh(job, await refresh.outcome(of: SecretText(job.refreshToken.text)))
    case .login(let job):
      return .login(
        job,
        await login.outcome(
          ofCode: SecretText(job.code.text), redirectURI: job.redirectURI,
          verifier: job.verifier.map { SecretText($0.text) }))
    case .revocation(let job):
      let token = SecretText(job.refreshToken.text)
      return .revocation(job, await endpoint.revoke(token, at: revokeURL))
    }
  }
}
