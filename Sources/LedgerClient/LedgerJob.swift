// What the ledger asks a worker to do, and what the worker tells of it.
//
// The secrets are hidden, so a job or a report may be printed. Owner: the worker, from REFRESH.TAKE
// until the ledger has taken the outcome. Commands: schema/protocol.md, REFRESH.TAKE and SSO.DONE.

internal import RESP

/// Something for a worker to do.
public enum LedgerJob: Equatable, Sendable {
  /// Spend a token's refresh token.
  case refresh(RefreshJob)
  /// Exchange the code of a login.
  case login(LoginJob)
  /// Tell the SSO that a refresh token is no longer wanted.
  case revocation(RevocationJob)
}

/// A token to be refreshed, under a lease.
public struct RefreshJob: Equatable, Sendable {
  /// The token.
  public let tokenID: Int64
  /// The number of the lease, which the outcome has to bring back.
  public let fence: Int64
  /// What to spend.
  public let refreshToken: HiddenText
  /// The owner that the ledger knows.
  public let ownerHash: String
  /// How often the token was handed out for this refresh, from 1.
  public let attempt: Int64
}

/// A code to be exchanged.
public struct LoginJob: Equatable, Sendable {
  /// What the ledger knows the login by; to be brought back as it is.
  public let id: String
  /// What the SSO gave the browser.
  public let code: HiddenText
  /// The address that the login was begun with.
  public let redirectURI: String
  /// What the login's challenge was made of, or nil without PKCE.
  public let verifier: HiddenText?
}

/// A refresh token to be revoked.
public struct RevocationJob: Equatable, Sendable {
  /// What the ledger knows the revocation by; to be brought back as it is.
  public let id: String
  /// What to revoke.
  public let refreshToken: HiddenText
}

extension LedgerJob {
  /// Reads a job map of either dialect, or gives nil when a field is missing.
  init?(_ reply: Reply) {
    if reply.value(for: "token") != nil {
      guard let job = RefreshJob(reply) else { return nil }
      self = .refresh(job)
    } else if reply.value(for: "login") != nil {
      guard let job = LoginJob(reply) else { return nil }
      self = .login(job)
    } else {
      guard let job = RevocationJob(reply) else { return nil }
      self = .revocation(job)
    }
  }
}

extension RefreshJob {
  fileprivate init?(_ reply: Reply) {
    guard let tokenID = reply.value(for: "token")?.integer,
      let fence = reply.value(for: "fence")?.integer,
      let refreshToken = reply.value(for: "refresh_token")?.text,
      let ownerHash = reply.value(for: "owner_hash")?.text,
      let attempt = reply.value(for: "attempt")?.integer
    else { return nil }
    self.tokenID = tokenID
    self.fence = fence
    self.refreshToken = HiddenText(refreshToken)
    self.ownerHash = ownerHash
    self.attempt = attempt
  }
}

extension LoginJob {
  fileprivate init?(_ reply: Reply) {
    guard let id = reply.value(for: "login")?.name, let code = reply.value(for: "code")?.text,
      let redirectURI = reply.value(for: "redirect_uri")?.text,
      let verifier = reply.value(for: "code_verifier")?.unlessNull(\.text)
    else { return nil }
    self.id = id
    self.code = HiddenText(code)
    self.redirectURI = redirectURI
    self.verifier = verifier.map { HiddenText($0) }
  }
}

extension RevocationJob {
  fileprivate init?(_ reply: Reply) {
    guard let id = reply.value(for: "revocation")?.name,
      let refreshToken = reply.value(for: "refresh_token")?.text
    else { return nil }
    self.id = id
    self.refreshToken = HiddenText(refreshToken)
  }
}

extension Reply {
  /// A number or a text, as text.
  fileprivate var name: String? { integer.map { String($0) } ?? text }
}
