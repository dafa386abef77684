// The calls that wait for the provider: valid access tokens, and refreshes of one token or many.
//
// The ledger answers within the time that a call gives it. The call itself waits longer than that,
// by the connection's own timeout, so that it ends with the ledger's word and a usable connection.
// Commands: schema/protocol.md, "Refreshing".

internal import RESP

extension LedgerConnection {
  // MARK: One token

  /// A valid access token of a token, which is refreshed first if it is expired.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - timeout: how long the ledger may wait for the refresh; a millisecond to a day, what lies
  ///     outside counts as the nearest of them.
  /// - Returns: the access token.
  /// - Throws: as `call`; `server` with `NOTFOUND`, `DENIED`, `TOKENEXPIRED`, `TOKENINVALID`,
  ///   `INCOMPLETE`, `SSOUNAVAILABLE`, `MISCONFIGURED`, `NOREFRESHER`, `TIMEOUT`, `GONE`,
  ///   `READONLY`; `unexpectedReply`.
  public func access(
    to id: Int64, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> HiddenText {
    try outcome(of: ["TOKEN.ACCESS", String(id)], within: timeout) {
      $0.text.map { HiddenText($0) }
    }
  }

  /// A valid access token of the character's token with the lowest id that has these scopes.
  ///
  /// - Parameters:
  ///   - character: the character.
  ///   - scopes: what the token must permit, and may more; none asks for a token without any.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: the access token, or nil when there is no such token.
  /// - Throws: as `access(to:)`.
  public func access(
    for character: Int64, scopes: RemoteScopes, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> HiddenText? {
    try outcome(
      of: ["TOKEN.ACCESSFOR", String(character)] + scopes.arguments, within: timeout
    ) { reply in
      reply.unlessNull { $0.text.map { HiddenText($0) } }
    }
  }

  /// Refreshes a token, whether it is expired or not; a failure never ends it.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: the token as it is now.
  /// - Throws: as `access(to:)`, with `NOTREFRESHABLE` for `TOKENEXPIRED`.
  @discardableResult
  public func refresh(
    _ id: Int64, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> LedgerToken {
    try outcome(of: ["TOKEN.REFRESH", String(id)], within: timeout, read: LedgerToken.init)
  }

  /// Refreshes a token, and deletes it where it cannot be valid again.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: the token as it is now, or nil when it was deleted.
  /// - Throws: as `access(to:)`, but `TOKENINVALID` only for a token that is held back.
  @discardableResult
  public func refreshOrDelete(
    _ id: Int64, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> LedgerToken? {
    try outcome(of: ["TOKEN.REFRESHORDELETE", String(id)], within: timeout) {
      $0.unlessNull(LedgerToken.init)
    }
  }

  // MARK: Many tokens

  /// Refreshes a query's expired tokens, deletes what cannot be valid again, and finds the rest.
  ///
  ///     let ids = try connection.requireValid(.requireScopes("esi-mail.read_mail.v1").user("7"))
  ///
  /// - Parameters:
  ///   - query: the tokens; a page (`after`, `limit`) is refused by the ledger with `ERR`.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: the ids of those that are valid, ascending.
  /// - Throws: as `call`; `server` with `NOTFOUND`, `DENIED`, `LIMIT`, `MISCONFIGURED`,
  ///   `NOREFRESHER`, `TIMEOUT`, `DISKFULL`, `READONLY`; `unexpectedReply`. What was refreshed or
  ///   deleted by then stays so.
  public func requireValid(
    _ query: RemoteQuery, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> [Int64] {
    try outcome(of: query.selection("TOKENS.REQUIREVALID"), within: timeout, read: \.integers)
  }

  /// Refreshes all tokens of a query, expired or not, and deletes what cannot be valid again.
  ///
  /// - Parameters:
  ///   - query: as for `requireValid`.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: the ids of the query's tokens less those that failed or were left, ascending.
  /// - Throws: as `requireValid`.
  public func bulkRefresh(
    _ query: RemoteQuery, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> [Int64] {
    try outcome(of: query.selection("TOKENS.BULKREFRESH"), within: timeout, read: \.integers)
  }

  /// Deletes the tokens without a user, and refreshes or deletes the expired ones.
  ///
  /// - Parameters:
  ///   - fraction: refresh only the oldest of the expired ones, one in so many; nil: all.
  ///   - timeout: as for `access(to:)`.
  /// - Returns: how many tokens were deleted.
  /// - Throws: as `requireValid`.
  @discardableResult
  public func cleanUp(
    fraction: Int? = nil, timeout: Duration = .seconds(30)
  ) throws(ClientError) -> Int {
    var arguments = ["TOKENS.CLEANUP"]
    arguments.append("FRACTION", fraction.map { String($0) })
    return try outcome(of: arguments, within: timeout) { $0.integer.flatMap { Int(exactly: $0) } }
  }

  // MARK: Inner steps

  /// Sends a request with its TIMEOUT, and waits for longer than the ledger does.
  private func outcome<Answer>(
    of arguments: [String], within timeout: Duration, read: (Reply) -> Answer?
  ) throws(ClientError) -> Answer {
    let waiting = min(max(timeout, .milliseconds(1)), .seconds(86_400))
    return try answer(
      to: arguments + ["TIMEOUT", String(waiting.wholeMilliseconds)],
      timeout: options.timeout.map { $0 + waiting }, read: read)
  }
}

extension Duration {
  /// The milliseconds, rounded up; the duration is a day at most.
  fileprivate var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
