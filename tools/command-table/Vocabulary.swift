// The closed word lists of schema/commands.json. A word outside its list is an error of the file,
// never a default. The server's side of the same lists is CommandSpecification.swift, and a test
// of the server compares the two through the file.

/// A word list that a field of the file takes its value from.
protocol Vocabulary: RawRepresentable<String>, CaseIterable {}

/// The chapter of the reference.
enum Group: String, Vocabulary {
  case token, tokens, refresh, sso, ledger, stream, connection, server
}

/// The least role that may run the command, in rising order.
enum RoleWord: String, Vocabulary {
  case none, reader, user, refresher, writer, admin
}

/// What the command does to the ledger.
enum EffectWord: String, Vocabulary {
  case read, write, connection
}

/// The form of an argument, in Redis's words.
enum Kind: String, Vocabulary {
  case string, integer, double, key, pattern, block
  case pureToken = "pure-token"
  case oneOf = "oneof"
  case unixTime = "unix-time"
}

/// What else holds of an argument.
enum Flag: String, Vocabulary {
  case optional, multiple
}

/// The first word of an error reply; stable, so programs may branch on it.
enum ErrorPrefix: String, Vocabulary {
  case err = "ERR"
  case notFound = "NOTFOUND"
  case denied = "DENIED"
  case conflict = "CONFLICT"
  case tokenExpired = "TOKENEXPIRED"
  case notRefreshable = "NOTREFRESHABLE"
  case tokenInvalid = "TOKENINVALID"
  case incomplete = "INCOMPLETE"
  case ssoUnavailable = "SSOUNAVAILABLE"
  case misconfigured = "MISCONFIGURED"
  case noRefresher = "NOREFRESHER"
  case timeout = "TIMEOUT"
  case gone = "GONE"
  case limit = "LIMIT"
  case diskFull = "DISKFULL"
  case readOnly = "READONLY"
  case loading = "LOADING"
  /// Redis's own, which its clients look for in the answer to HELLO.
  case noProtocol = "NOPROTO"
}
