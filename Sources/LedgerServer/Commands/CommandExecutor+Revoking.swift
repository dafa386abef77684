// Revocations: jobs for workers that take them, and SSO.REVOKED and SSO.REVOKEFAILED, which tell
// what came of one. schema/sso.md, "Revocation".
// Invariant: a refresh token leaves for revocation only once its token's deletion is durable.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  /// Has the refresh tokens of deleted tokens revoked.
  func revoke(_ ids: [TokenID], after deletion: EventSequence) {
    for id in ids where store.state.tokenEvenIfDeleted(id)?.canRefresh == true {
      revocations.want(id, after: deletion)
    }
  }

  /// Refresh tokens for a worker that has them revoked; of tokens that are live again, none.
  func revocationJobs(_ count: Int, _ session: Session) -> [WorkerJob] {
    let ids = revocations.handOut(
      count, to: session.number, durable: store.state.lastSequence)
    return ids.compactMap { id in
      guard let token = store.state.tokenEvenIfDeleted(id), token.isDeleted,
        let bytes = try? store.secret(token.refresh)
      else {
        revocations.forget(id)
        return nil
      }
      return .revocation(RevocationJob(token: id, refresh: bytes))
    }
  }

  /// SSO.REVOKED.
  func revoked(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the revocation")
    guard arguments.isAtEnd else { throw .unexpectedArgument(.ssoRevoked) }
    return try tell(id, nil, session)
  }

  /// SSO.REVOKEFAILED.
  func revokeFailed(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the revocation")
    return try tell(id, try arguments.classAndCode(), session)
  }

  private func tell(
    _ id: TokenID, _ failure: FailureReport?, _ session: Session
  ) throws(CommandError) -> Outcome {
    guard store.inFlightEvent(of: id) == nil else { return .wait }
    guard revocations.isTaken(id) else { throw .revocationOver(id) }
    let event = try decide { () throws(Rejection) in
      try store.state.decideRevoked(
        id, failureClass: failure?.failureClass, code: failure?.code ?? .empty)
    }
    let appended = try append([event], Origin(actor: session.actor), .integer(1))
    if case .held(let sequence, _) = appended { revocations.tell(id, at: sequence) }
    return appended
  }
}
