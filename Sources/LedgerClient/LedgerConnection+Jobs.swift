// The commands of a worker: taking jobs, and telling how they ended.
//
// A job belongs to the connection that took it as long as that one is open; its outcome may come
// over another one. No error repeats a secret. Commands: schema/protocol.md, REFRESH.TAKE.

internal import RESP

extension LedgerConnection {
  /// Takes jobs of all kinds, and waits for the first one.
  ///
  /// - Parameters:
  ///   - count: how many at most.
  ///   - blockMilliseconds: how long the ledger may wait for the first one, besides the
  ///     connection's own timeout; nil does not wait.
  /// - Returns: the jobs; none if there were none in time.
  /// - Throws: as `call`; `server` with `DENIED`, `GONE`, `DISKFULL`, `READONLY`;
  ///   `unexpectedReply`.
  public func takeJobs(
    count: Int, blockMilliseconds: Int? = nil
  ) throws(ClientError) -> [LedgerJob] {
    var arguments = ["REFRESH.TAKE", "COUNT", String(count)]
    arguments.append("BLOCK", blockMilliseconds.map { String($0) })
    let waiting = Duration.milliseconds(blockMilliseconds ?? 0)
    let reply = try call(
      arguments + ["LOGINS", "REVOCATIONS"], timeout: options.timeout.map { $0 + waiting })
    let jobs = reply.elements?.compactMap(LedgerJob.init)
    guard let jobs, jobs.count == reply.elements?.count else {
      throw .unexpectedReply(command: arguments[0])
    }
    return jobs
  }

  /// Tells that a refresh succeeded.
  ///
  /// - Parameters:
  ///   - job: the job.
  ///   - access: the new access token.
  ///   - refresh: what became of the refresh token.
  ///   - ownerHash: what the access token says of its owner, or nil if it could not be verified.
  /// - Returns: the token's version.
  /// - Throws: as `call`; `server` with `CONFLICT` if the lease has moved on, `NOTFOUND`,
  ///   `DENIED`, `DISKFULL`, `READONLY`; `unexpectedReply`.
  @discardableResult
  public func tellDone(
    _ job: RefreshJob, access: HiddenText, refresh: RefreshTokenReport, ownerHash: String?
  ) throws(ClientError) -> Int64 {
    var arguments = ["REFRESH.DONE", String(job.tokenID), String(job.fence), "ACCESS", access.text]
    arguments += refresh.arguments
    arguments += ownerHash.map { ["OWNER", $0] } ?? ["UNVERIFIED"]
    let secrets = [access, refresh.secret, job.refreshToken].compactMap(\.self)
    return try answer(to: arguments, keepingOutOfErrors: secrets) { $0.integer }
  }

  /// Tells that a refresh failed.
  ///
  /// - Parameters:
  ///   - job: the job.
  ///   - failure: why.
  ///   - rotated: a refresh token that the SSO gave before the failure, or nil.
  ///   - retryAfterMilliseconds: after how long the SSO asks to be tried again, or nil.
  /// - Returns: the token's version.
  /// - Throws: as `tellDone`.
  @discardableResult
  public func tellFailed(
    _ job: RefreshJob, _ failure: JobFailure, rotated: HiddenText? = nil,
    retryAfterMilliseconds: Int64? = nil
  ) throws(ClientError) -> Int64 {
    var arguments = ["REFRESH.FAIL", String(job.tokenID), String(job.fence)] + failure.arguments
    arguments.append("REFRESH", rotated?.text)
    arguments.append("RETRYAFTER", retryAfterMilliseconds.map { String($0) })
    let secrets = [rotated, job.refreshToken].compactMap(\.self)
    return try answer(to: arguments, keepingOutOfErrors: secrets) { $0.integer }
  }

  /// Tells who has logged in.
  ///
  /// - Returns: the id of the token that the login made or renewed.
  /// - Throws: as `call`; `server` with `CONFLICT` if the login was given up, `DENIED`,
  ///   `DISKFULL`, `READONLY`; `unexpectedReply`.
  @discardableResult
  public func tellDone(_ job: LoginJob, _ report: LoginReport) throws(ClientError) -> Int64 {
    let secrets = report.secrets + job.secrets
    return try answer(
      to: ["SSO.DONE", job.id] + report.arguments, keepingOutOfErrors: secrets
    ) { $0.integer }
  }

  /// Tells that a login failed.
  ///
  /// - Throws: as `tellDone`.
  public func tellFailed(_ job: LoginJob, _ failure: JobFailure) throws(ClientError) {
    try acknowledged(["SSO.FAIL", job.id] + failure.arguments, job.secrets)
  }

  /// Tells that a refresh token was revoked.
  ///
  /// - Throws: as `tellDone`.
  public func tellDone(_ job: RevocationJob) throws(ClientError) {
    try acknowledged(["SSO.REVOKED", job.id], [job.refreshToken])
  }

  /// Tells that a refresh token was not revoked.
  ///
  /// - Throws: as `tellDone`.
  public func tellFailed(_ job: RevocationJob, _ failure: JobFailure) throws(ClientError) {
    try acknowledged(
      ["SSO.REVOKEFAILED", job.id] + failure.arguments, [job.refreshToken])
  }

  /// Sends a request whose reply is 1.
  private func acknowledged(
    _ arguments: [String], _ secrets: [HiddenText]
  ) throws(ClientError) {
    let _: Int64 = try answer(to: arguments, keepingOutOfErrors: secrets) { $0.integer }
  }
}

extension LoginJob {
  /// The secrets of the job, which no error about it may repeat.
  fileprivate var secrets: [HiddenText] { [code, verifier].compactMap(\.self) }
}
