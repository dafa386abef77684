// What a program that refreshes by itself tells the ledger, and what brings tokens back.
//
// A write returns when it is on the ledger's disk. No error repeats a secret of a request.
// Commands: schema/protocol.md, TOKEN.REFRESHED, TOKEN.REFRESHFAILED, TOKEN.RESTORE and
// TOKENS.RESTORE.

internal import RESP

extension LedgerConnection {
  // MARK: Refreshes that were made elsewhere

  /// Tells that this program refreshed a token by itself; who waits for the token is answered.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - access: the new access token.
  ///   - refresh: what became of the refresh token.
  ///   - ownerHash: what the access token says of its owner, or nil if nobody looked. Another than
  ///     the token's is a definite failure: the character changed hands.
  ///   - createdMicroseconds: when the provider answered, in microseconds since 1970, UTC; nil is
  ///     the ledger's present.
  ///   - expectedVersion: refuse with `CONFLICT` unless the token has this version.
  /// - Returns: the token's version.
  /// - Throws: as `call`; `server` with `NOTFOUND`, `CONFLICT`, `DENIED`, `DISKFULL`, `READONLY`;
  ///   `unexpectedReply`.
  @discardableResult
  public func refreshed(
    _ id: Int64, access: HiddenText, refresh: RefreshTokenReport = .unchanged,
    ownerHash: String? = nil, createdMicroseconds: Int64? = nil, expectedVersion: Int64? = nil
  ) throws(ClientError) -> Int64 {
    var arguments = ["TOKEN.REFRESHED", String(id), "ACCESS", access.text] + refresh.arguments
    arguments.append("OWNER", ownerHash)
    arguments.append("AT", createdMicroseconds.map(TokenCreation.seconds))
    arguments.append("EXPECT", expectedVersion.map { String($0) })
    let secrets = [access, refresh.secret].compactMap(\.self)
    return try answer(to: arguments, keepingOutOfErrors: secrets) { $0.integer }
  }

  /// Tells that this program could not refresh a token; who waits for the token is answered.
  ///
  /// A definite failure ends the token only if somebody who waits for it wants that.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - failure: why.
  ///   - reason: more about it, for the audit.
  /// - Returns: the token's version.
  /// - Throws: as `call`; `server` with `NOTFOUND`, `DENIED`, `DISKFULL`, `READONLY`;
  ///   `unexpectedReply`.
  @discardableResult
  public func refreshFailed(
    _ id: Int64, _ failure: JobFailure, reason: String? = nil
  ) throws(ClientError) -> Int64 {
    var arguments = ["TOKEN.REFRESHFAILED", String(id)] + failure.arguments
    arguments.append("REASON", reason)
    return try answer(to: arguments) { $0.integer }
  }

  // MARK: Bringing back

  /// Brings back a deleted token as it was, or lets go of one that is held back.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - reason: why, for the audit.
  /// - Throws: as `call`; `server` with `NOTFOUND` when there never was one, `CONFLICT` when there
  ///   is nothing to bring back, `DENIED`, `DISKFULL`, `READONLY`; `unexpectedReply`.
  public func restore(_ id: Int64, reason: String? = nil) throws(ClientError) {
    var arguments = ["TOKEN.RESTORE", String(id)]
    arguments.append("REASON", reason)
    let _: Int64 = try answer(to: arguments) { $0.integer }
  }

  /// Lets go of all tokens that are held back after a definite failure.
  ///
  /// - Parameter reason: why, for the audit.
  /// - Returns: how many there were.
  /// - Throws: as `call`; `server` with `DENIED`, `LIMIT`, `DISKFULL`, `READONLY`;
  ///   `unexpectedReply`.
  @discardableResult
  public func restoreHeldBack(reason: String? = nil) throws(ClientError) -> Int {
    try restoreMany(["HELD"], reason)
  }

  /// Brings back the tokens that were deleted in a span of time, both ends included.
  ///
  /// The times count to the millisecond.
  ///
  /// - Parameters:
  ///   - sinceMicroseconds: when the span begins, in microseconds since 1970, UTC.
  ///   - untilMicroseconds: when it ends; nil: not yet.
  ///   - actor: only those that this uid deleted; nil: whoever it was.
  ///   - reason: why, for the audit.
  /// - Returns: how many came back.
  /// - Throws: as `restoreHeldBack`.
  @discardableResult
  public func restore(
    sinceMicroseconds: Int64, untilMicroseconds: Int64? = nil, actor: UInt32? = nil,
    reason: String? = nil
  ) throws(ClientError) -> Int {
    var span = ["SINCE", TokenCreation.seconds(microseconds: sinceMicroseconds)]
    span.append("UNTIL", untilMicroseconds.map(TokenCreation.seconds))
    span.append("ACTOR", actor.map { String($0) })
    return try restoreMany(span, reason)
  }

  private func restoreMany(
    _ which: [String], _ reason: String?
  ) throws(ClientError) -> Int {
    var arguments = ["TOKENS.RESTORE"] + which
    arguments.append("REASON", reason)
    return try answer(to: arguments) { $0.integer.flatMap { Int(exactly: $0) } }
  }
}
