// A running daemon, by its socket. The daemon knows this program by its uid and by the name that it
// gives itself, and writes both into the events that an import causes.
// Blocking, on the main thread; after a failure the connection is of no further use.

import LedgerClient
import LinuxIO
import RESP

/// The ledger behind a socket.
final class SocketEndpoint: LedgerEndpoint {
  private let connection: LedgerConnection
  private let path: String

  let isDaemon = true

  /// What the daemon's audit calls this program.
  static let name = "tokenledger"
  /// How long the daemon may take for one batch: hundreds of writes on a slow disk.
  static let timeout = Duration.seconds(60)

  /// Connects to the daemon at `path`.
  ///
  /// - Throws: `notReachable`, or what the daemon said instead of a welcome.
  init(_ path: String) throws(EndpointError) {
    var options = LedgerConnection.Options()
    options.timeout = SocketEndpoint.timeout
    options.version = .three
    options.name = SocketEndpoint.name
    do throws(ClientError) {
      connection = try LedgerConnection(socketPath: path, options: options)
    } catch {
      throw EndpointError(error, path: path)
    }
    self.path = path
  }

  func pipeline(_ requests: [LedgerRequest]) throws(EndpointError) -> [Reply] {
    do throws(ClientError) {
      for request in requests { try connection.send(request.words) }
      var replies: [Reply] = []
      for _ in requests { replies.append(try connection.receive()) }
      return replies
    } catch {
      throw EndpointError(error, path: path)
    }
  }
}

extension EndpointError {
  /// What the client could not do, by who can act.
  fileprivate init(_ error: ClientError, path: String) {
    switch error {
    case .invalidPath(let error): self = .notReachable(socket: path, reason: error.description)
    case .unreachable(let error): self = .notReachable(socket: path, reason: error.description)
    case .timeout: self = .noAnswer(socket: path)
    case .system, .connectionClosed: self = .connectionLost(socket: path)
    case .protocolViolation: self = .notRESP(socket: path)
    case .server(let error): self = .refused(prefix: error.prefix, message: error.message)
    case .unexpectedReply(let command): self = .unexpectedReply(command: command)
    }
  }
}
