// A question about tokens, put together step by step and asked over the socket.
//
// A query is a value: it says which tokens, and the connection's calls say what about them. All
// filters must hold; any may be given again. Owner: the caller. Grammar: schema/protocol.md,
// "filter".

/// A chainable description of tokens to look for.
///
///     let query = RemoteQuery.requireScopes("esi-assets.read_assets.v1").user("7").fresh()
///     let ids = try connection.ids(query.limit(100))
public struct RemoteQuery: Equatable, Sendable {
  /// The command with its own argument.
  private let question: [String]

  /// The filter that means the same as the command.
  private let condition: [String]

  /// The other filters.
  private var filters: [String] = []

  /// AFTER and LIMIT, which follow the result.
  private var page: [String] = []

  private init(_ command: String, _ keyword: String?, _ arguments: [String] = []) {
    question = [command] + arguments
    condition = keyword.map { [$0] + arguments } ?? []
  }

  /// All tokens.
  public static var find: RemoteQuery { RemoteQuery("TOKENS.FIND", nil) }

  /// Tokens that have at least these scopes; no scopes asks for tokens without any.
  public static func requireScopes(_ scopes: RemoteScopes) -> RemoteQuery {
    RemoteQuery("TOKENS.REQUIRESCOPES", "SCOPES", scopes.arguments)
  }

  /// Tokens that have exactly these scopes.
  public static func requireScopesExact(_ scopes: RemoteScopes) -> RemoteQuery {
    RemoteQuery("TOKENS.REQUIRESCOPESEXACT", "EXACTLY", scopes.arguments)
  }

  /// Other tokens of the same character with the same scopes, and the same user or none.
  public static func equivalentTo(_ id: Int64) -> RemoteQuery {
    RemoteQuery("TOKENS.EQUIVALENTTO", "EQUIVALENT", [String(id)])
  }

  /// Tokens whose access token is expired.
  public static var getExpired: RemoteQuery { RemoteQuery("TOKENS.GETEXPIRED", "EXPIRED") }
}

// MARK: - Filters

extension RemoteQuery {
  /// Only tokens of this character.
  public func character(_ id: Int64) -> RemoteQuery { filtered("CHARACTER", String(id)) }

  /// Only tokens of this user.
  public func user(_ user: String) -> RemoteQuery { filtered("USER", user) }

  /// Only tokens that belong to nobody.
  public func withoutUser() -> RemoteQuery { filtered("NOUSER") }

  /// Only tokens of this type, `character` or `corporation`.
  public func type(_ tokenType: String) -> RemoteQuery { filtered("TYPE", tokenType) }

  /// Only tokens of characters with this owner hash.
  public func owner(_ ownerHash: String) -> RemoteQuery { filtered("OWNER", ownerHash) }

  /// Only these tokens.
  public func ids(_ ids: [Int64]) -> RemoteQuery {
    filtered(["IDS", String(ids.count)] + ids.map { String($0) })
  }

  /// Only tokens that have at least these scopes; no scopes asks for tokens without any.
  public func scopes(_ scopes: RemoteScopes) -> RemoteQuery {
    filtered(["SCOPES"] + scopes.arguments)
  }

  /// Only tokens that have exactly these scopes.
  public func exactly(_ scopes: RemoteScopes) -> RemoteQuery {
    filtered(["EXACTLY"] + scopes.arguments)
  }

  /// Only other tokens of the same character and scopes as this one, and of its user or none.
  public func equivalent(to id: Int64) -> RemoteQuery { filtered("EQUIVALENT", String(id)) }

  /// Only tokens whose access token is expired.
  public func expired() -> RemoteQuery { filtered("EXPIRED") }

  /// Only tokens whose access token is not expired.
  public func fresh() -> RemoteQuery { filtered("FRESH") }

  /// Only tokens that have a refresh token.
  public func refreshable() -> RemoteQuery { filtered("REFRESHABLE") }

  /// Only tokens that are held back after a definite failure.
  public func heldBack() -> RemoteQuery { filtered("HELD") }

  private func filtered(_ words: String...) -> RemoteQuery { filtered(words) }

  private func filtered(_ words: [String]) -> RemoteQuery {
    var query = self
    query.filters += words
    return query
  }
}

// MARK: - Pages

extension RemoteQuery {
  /// Only tokens with a larger id, to go on where the page before ended.
  public func after(_ id: Int64) -> RemoteQuery { paged("AFTER", String(id)) }

  /// At most this many tokens, those with the lowest ids.
  public func limit(_ count: Int) -> RemoteQuery { paged("LIMIT", String(count)) }

  /// The same question as of a moment, which is then "now".
  ///
  /// Only for what looks: a refresh of the past is refused by the ledger.
  public func asOf(_ moment: RemoteMoment) -> RemoteQuery { paged("ASOF", moment.text) }

  private func paged(_ keyword: String, _ value: String) -> RemoteQuery {
    var query = self
    query.page += [keyword, value]
    return query
  }

  /// The whole request, with what is asked about the tokens; nothing is "their ids".
  func request(_ result: [String] = []) -> [String] { question + filters + result + page }

  /// A request of another command for the same tokens.
  func selection(_ command: String) -> [String] { [command] + condition + filters + page }
}
