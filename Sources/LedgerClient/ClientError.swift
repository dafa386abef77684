// What can go wrong between a program and the ledger, and the words for it.
//
// Invariant: no case holds an argument of a request or a value of a reply, so no token can reach a
// log line through an error. The message of the server is in it, with the secrets of the request
// taken out. Owner: whoever holds the value. Error prefixes: schema/protocol.md.

public import LinuxIO
public import RESP

/// Why a call to the ledger gave no result.
///
/// After `server` and `unexpectedReply` the connection goes on as before. After any other case it
/// is closed, and every later call throws the same error: connect anew. Whether a request that was
/// under way has been carried out is not known then.
public enum ClientError: Error, Equatable, Sendable {
  /// The path cannot be that of a socket.
  case invalidPath(UnixAddressError)

  /// Nobody listens at the path, or not for us.
  case unreachable(SystemError)

  /// The kernel failed on a connected socket.
  case system(SystemError)

  /// The ledger did not take the requests, or did not answer, in time.
  case timeout

  /// The ledger closed the connection.
  case connectionClosed

  /// What came is not RESP, or larger than the limits.
  case protocolViolation(ProtocolError)

  /// The ledger refused the request.
  case server(ServerError)

  /// The reply is of a kind that this command does not have; the server is of another version.
  case unexpectedReply(command: String)
}

/// An error reply of the ledger.
public struct ServerError: Error, Equatable, Sendable {
  /// The kinds of refusals, by the words that the ledger begins them with.
  ///
  /// What each means, and who can act: `schema/protocol.md`, "Errors".
  public enum Kind: String, CaseIterable, Sendable {
    case usage = "ERR"
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
    case unknownProtocol = "NOPROTO"
  }

  /// The first word, such as `NOTFOUND`: stable, for programs.
  public let prefix: String

  /// The kind that the prefix stands for; nil for one that only a later version knows.
  public var kind: Kind? { Kind(rawValue: prefix) }

  /// The rest, for humans.
  public let message: String

  /// Names a prefix and a message.
  public init(prefix: String, message: String) {
    self.prefix = prefix
    self.message = message
  }

  /// Takes an error reply apart, without these secrets, or gives nil for any other reply.
  init?(_ reply: Reply, without secrets: [HiddenText] = []) {
    guard let prefix = reply.errorPrefix, let message = reply.errorMessage else { return nil }
    self.prefix = prefix
    self.message = secrets.reduce(message) { $1.redacted(from: $0) }
  }

  /// Whether the same request may succeed later, with nothing changed by the caller.
  public var isTransient: Bool {
    switch kind {
    case .loading, .diskFull, .ssoUnavailable, .noRefresher, .timeout, .incomplete: true
    default: false
    }
  }
}

extension ClientError {
  /// Whether the same call may succeed later, on a new connection where this one is closed.
  public var isTransient: Bool {
    switch self {
    case .unreachable, .timeout, .connectionClosed: true
    case .server(let error): error.isTransient
    case .invalidPath, .system, .protocolViolation, .unexpectedReply: false
    }
  }
}

extension ServerError: CustomStringConvertible {
  /// The error as the server wrote it.
  public var description: String { message.isEmpty ? prefix : "\(prefix) \(message)" }
}

extension ClientError: CustomStringConvertible {
  /// What went wrong, for a human.
  public var description: String {
    switch self {
    case .invalidPath(let error): error.description
    case .unreachable(let error): "ledger not reachable: \(error)"
    case .system(let error): "connection to the ledger: \(error)"
    case .timeout: "the ledger did not answer in time"
    case .connectionClosed: "the ledger closed the connection"
    case .protocolViolation(let error): "unusable answer of the ledger: \(error)"
    case .server(let error): error.description
    case .unexpectedReply(let command): "the ledger answered \(command) with another kind of reply"
    }
  }
}
