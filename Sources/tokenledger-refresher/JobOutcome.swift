// How a job ended, and how the ledger is told.
//
// Invariant: an outcome is told in one request, which may be repeated: the fence, or the id, makes
// the second one a CONFLICT. Owner: the board, then the teller. Contract: schema/protocol.md.

import LedgerClient
import SSO

/// A job with its outcome.
enum JobOutcome: Sendable {
  case refresh(RefreshJob, RefreshOutcome)
  case login(LoginJob, LoginOutcome)
  case revocation(RevocationJob, RevocationOutcome)

  /// Why it failed, or nil if it did not.
  var failure: RefreshFailure? {
    switch self {
    case .refresh(_, .failed(let failure)), .login(_, .failed(let failure)),
      .revocation(_, .failed(let failure)):
      failure
    case .refresh(_, .done), .login(_, .done), .revocation(_, .done): nil
    }
  }

  /// What is told in place of an outcome that the ledger does not take, or nil if there is nothing
  /// else to tell: the job fails, and a refresh token that came with it is not lost.
  var refused: JobOutcome? {
    switch self {
    case .refresh(let job, .done(_, let refresh, _)):
      .refresh(job, .failed(RefreshFailure(.incomplete, "refused", rotated: refresh.rotated)))
    case .login(let job, .done): .login(job, .failed(RefreshFailure(.incomplete, "refused")))
    case .refresh(_, .failed), .login(_, .failed), .revocation: nil
    }
  }

  /// Tells the ledger, and gives the id of the token that a login made.
  func tell(_ connection: LedgerConnection) throws(ClientError) -> Int64? {
    switch self {
    case .refresh(let job, let outcome): try outcome.tell(job, connection)
    case .login(let job, .done(let grant)):
      return try connection.tellDone(job, LoginReport(grant))
    case .login(let job, .failed(let failure)):
      try connection.tellFailed(job, JobFailure(failure))
    case .revocation(let job, .done): try connection.tellDone(job)
    case .revocation(let job, .failed(let failure)):
      try connection.tellFailed(job, JobFailure(failure))
    }
    return nil
  }
}

/// An outcome, and how long it took to come about.
struct FinishedJob: Sendable {
  var outcome: JobOutcome
  let milliseconds: Int64
}

extension RefreshOutcome {
  fileprivate func tell(
    _ job: RefreshJob, _ connection: LedgerConnection
  ) throws(ClientError) {
    switch self {
    case .done(let access, let refresh, let owner):
      try connection.tellDone(
        job, access: HiddenText(access.text), refresh: RefreshTokenReport(refresh),
        ownerHash: owner)
    case .failed(let failure):
      try connection.tellFailed(
        job, JobFailure(failure), rotated: failure.rotated.map { HiddenText($0.text) },
        retryAfterMilliseconds: failure.retryAfterMilliseconds)
    }
  }
}

extension RefreshTokenReport {
  fileprivate init(_ change: RefreshTokenChange) {
    self =
      switch change {
      case .unchanged: .unchanged
      case .removed: .removed
      case .replaced(let token): .replaced(HiddenText(token.text))
      }
  }
}

extension LoginReport {
  fileprivate init(_ grant: LoginGrant) {
    self.init(
      access: HiddenText(grant.access.text), refresh: grant.refresh.map { HiddenText($0.text) },
      characterID: grant.characterID, name: grant.name, ownerHash: grant.owner,
      tokenType: grant.tokenType, scopes: grant.scopes)
  }
}

extension JobFailure {
  fileprivate init(_ failure: RefreshFailure) {
    let failureClass: Class =
      switch failure.failureClass {
      case .definite: .definite
      case .configuration: .configuration
      case .incomplete: .incomplete
      case .unavailable: .unavailable
      }
    self.init(failureClass, code: failure.code)
  }
}
