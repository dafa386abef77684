// The usual ways to use a connection: one request and its reply, or many and theirs.
//
// Both leave no reply pending, so they cannot be mixed up with `send` and `receive` half way.

public import RESP

extension LedgerConnection {
  /// Sends one request and waits for its reply; no other reply may be pending.
  ///
  /// - Parameters:
  ///   - arguments: the command's name and its arguments.
  ///   - timeout: how long to wait; the connection's own timeout unless given.
  /// - Returns: the reply, which is no error: those are thrown.
  /// - Throws: `server` with the connection as before; or as `flush` and `receive`.
  @discardableResult
  public func call(
    _ arguments: [String], timeout: Duration? = nil
  ) throws(ClientError) -> Reply {
    try call(arguments, keepingOutOfErrors: [], timeout: timeout)
  }

  /// The same for a request that carries secrets, which no error may repeat.
  func call(
    _ arguments: [String], keepingOutOfErrors secrets: [HiddenText], timeout: Duration? = nil
  ) throws(ClientError) -> Reply {
    precondition(pendingReplies == 0, "replies to earlier requests are pending")
    try send(arguments)
    let reply = try receive(timeout: timeout)
    if let error = ServerError(reply, without: secrets) { throw .server(error) }
    return reply
  }

  /// Sends many requests without waiting in between, and gives their replies in the same order.
  ///
  /// Error replies are values here, since others may have succeeded. No reply may be pending.
  ///
  /// - Throws: as `flush` and `receive`; which requests were carried out is not known then.
  /// - Complexity: unsent bytes are bounded by `Options.maximumQueuedBytes` and one request.
  public func pipeline(_ requests: [[String]]) throws(ClientError) -> [Reply] {
    precondition(pendingReplies == 0, "replies to earlier requests are pending")
    for request in requests { try send(request) }
    var replies: [Reply] = []
    while replies.count < requests.count { replies.append(try receive()) }
    return replies
  }
}
