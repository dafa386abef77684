// What can be asked about the tokens of a query. Each is one exchange with the ledger.
//
// A reply of another kind is `unexpectedReply`, and leaves the connection as it is.

public import RESP

extension LedgerConnection {
  /// The ids of the tokens, ascending.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func ids(_ query: RemoteQuery) throws(ClientError) -> [Int64] {
    try ask(query, read: \.integers)
  }

  /// The number of the tokens.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func count(_ query: RemoteQuery) throws(ClientError) -> Int {
    try ask(query, "COUNT") { $0.integer.flatMap { Int(exactly: $0) } }
  }

  /// Whether there is any such token.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func exists(_ query: RemoteQuery) throws(ClientError) -> Bool {
    try ask(query, "EXISTS") { $0.boolean }
  }

  /// The lowest id, or nil when there is no such token.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func first(_ query: RemoteQuery) throws(ClientError) -> Int64? {
    try ask(query, "FIRST") { $0.unlessNull(\.integer) }
  }

  /// Some fields of each of the tokens: one row for each, in ascending order of ids.
  ///
  /// A row has the values in the order of `names`.
  ///
  /// - Throws: as `call`; `unexpectedReply`.
  public func fields(
    _ names: [String], of query: RemoteQuery
  ) throws(ClientError) -> [[Reply]] {
    let result = ["FIELDS", String(names.count)] + names
    return try ask(query, result) { reply in
      guard let elements = reply.elements else { return nil }
      let rows = elements.compactMap(\.elements)
      let areComplete = rows.count == elements.count && rows.allSatisfy { $0.count == names.count }
      return areComplete ? rows : nil
    }
  }

  /// Asks, and reads the reply; nil from `read` is a reply of another kind.
  private func ask<Answer>(
    _ query: RemoteQuery, _ result: String..., read: (Reply) -> Answer?
  ) throws(ClientError) -> Answer {
    try ask(query, result, read: read)
  }

  private func ask<Answer>(
    _ query: RemoteQuery, _ result: [String], read: (Reply) -> Answer?
  ) throws(ClientError) -> Answer {
    try answer(to: query.request(result), read: read)
  }
}

extension LedgerConnection {
  /// Sends one request and reads its reply; nil from `read` is a reply of another kind.
  func answer<Answer>(
    to arguments: [String], keepingOutOfErrors secrets: [HiddenText] = [],
    timeout: Duration? = nil, read: (Reply) -> Answer?
  ) throws(ClientError) -> Answer {
    let reply = try call(arguments, keepingOutOfErrors: secrets, timeout: timeout)
    guard let answer = read(reply) else { throw .unexpectedReply(command: arguments[0]) }
    return answer
  }
}

extension Reply {
  /// The numbers of a list of nothing else.
  var integers: [Int64]? {
    guard let elements else { return nil }
    let integers = elements.compactMap(\.integer)
    return integers.count == elements.count ? integers : nil
  }

  /// What `read` makes of the reply, or a present nil when the reply is null.
  func unlessNull<Answer>(_ read: (Reply) -> Answer?) -> Answer?? {
    isNull ? .some(nil) : read(self).map(Optional.some)
  }
}
