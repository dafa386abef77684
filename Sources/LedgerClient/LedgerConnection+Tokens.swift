// The commands on one token. Each is one exchange with the ledger.
//
// Reads come with what is durable; writes return when they are. Commands: schema/protocol.md.

internal import RESP

extension LedgerConnection {
  /// Creates a token, and gives its id.
  ///
  /// - Throws: as `call`; `server` with `CONFLICT` when the id or the key is taken, `DENIED`,
  ///   `DISKFULL`; `unexpectedReply`. No error repeats the access token or the refresh token.
  public func create(_ creation: TokenCreation) throws(ClientError) -> Int64 {
    try answer(to: creation.arguments, keepingOutOfErrors: creation.secrets) { $0.integer }
  }

  /// The token with this id, or nil when there is none; now, or as of a moment.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func token(
    _ id: Int64, asOf moment: RemoteMoment? = nil
  ) throws(ClientError) -> LedgerToken? {
    var arguments = ["TOKEN.GET", String(id)]
    arguments.append("ASOF", moment?.text)
    return try answer(to: arguments) { $0.unlessNull(LedgerToken.init) }
  }

  /// The token of this character with the lowest id that has at least these scopes, or nil; now, or
  /// as of a moment.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func lookup(
    character: Int64, scopes: RemoteScopes, asOf moment: RemoteMoment? = nil
  ) throws(ClientError) -> LedgerToken? {
    var arguments = ["TOKEN.LOOKUP", String(character)] + scopes.arguments
    arguments.append("ASOF", moment?.text)
    return try answer(to: arguments) { $0.unlessNull(LedgerToken.init) }
  }

  /// Gives a token more scopes.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - scopes: the scopes to add.
  ///   - reason: why, for the audit.
  ///   - expectedVersion: refuse with `CONFLICT` unless the token has this version.
  /// - Returns: how many of the scopes it did not have.
  /// - Throws: as `call`; `server` with `NOTFOUND`, `CONFLICT`, `DENIED`; `unexpectedReply`.
  public func grant(
    _ id: Int64, scopes: RemoteScopes, reason: String? = nil, expectedVersion: Int64? = nil
  ) throws(ClientError) -> Int {
    var arguments = ["TOKEN.GRANT", String(id)] + scopes.arguments
    arguments.append("REASON", reason)
    arguments.append("EXPECT", expectedVersion.map { String($0) })
    return try answer(to: arguments) { $0.integer.flatMap { Int(exactly: $0) } }
  }

  /// Deletes a token, which can be undone.
  ///
  /// - Parameters:
  ///   - id: the token.
  ///   - reason: why, for the audit.
  ///   - expectedVersion: refuse with `CONFLICT` unless the token has this version.
  /// - Returns: whether there was such a token.
  /// - Throws: as `call`; `server` with `CONFLICT`, `DENIED`; `unexpectedReply`.
  public func delete(
    _ id: Int64, reason: String? = nil, expectedVersion: Int64? = nil
  ) throws(ClientError) -> Bool {
    var arguments = ["TOKEN.DELETE", String(id)]
    arguments.append("REASON", reason)
    arguments.append("EXPECT", expectedVersion.map { String($0) })
    return try answer(to: arguments) { $0.boolean }
  }
}
