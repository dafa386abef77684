// A ledger that answers commands: through a daemon's socket, or in its own directory. The
// subcommands do not know which one they talk to.
// Owner: one thread. Replies stay as the wire has them; who asked knows what to expect.

import RESP

/// Answers the commands of schema/protocol.md.
protocol LedgerEndpoint: AnyObject {
  /// Whether a daemon answers, rather than this process itself.
  var isDaemon: Bool { get }

  /// Carries out the requests in order and gives as many replies; error replies are among them.
  ///
  /// - Throws: when the endpoint itself fails. Which of the requests were carried out is then not
  ///   known; the reads among them changed nothing, the writes may be durable.
  func pipeline(_ requests: [LedgerRequest]) throws(EndpointError) -> [Reply]
}

extension LedgerEndpoint {
  /// Carries out one request; an error reply is thrown.
  func call(_ request: LedgerRequest) throws(EndpointError) -> Reply {
    let replies = try pipeline([request])
    guard replies.count == 1 else { throw .unexpectedReply(command: request.command) }
    return try replies[0].checked()
  }
}

/// Why a ledger could not be asked, or what it answered instead.
enum EndpointError: Error, Equatable, Sendable {
  /// No daemon answers at the socket. Nothing was done. Start it, or name another place.
  case notReachable(socket: String, reason: String)
  /// The daemon went away. Writes under way may be done or not. Run it again.
  case connectionLost(socket: String)
  /// The daemon did not answer in time. Writes under way may be done or not.
  case noAnswer(socket: String)
  /// What came back was no RESP. The connection is of no use any more.
  case notRESP(socket: String)
  /// There is no ledger in the directory.
  case noLedger(directory: String)
  /// Another process writes to the directory; its pid, if it said so.
  case locked(directory: String, pid: Int32?)
  /// The log is damaged. Nothing was changed. An operator has to look at it.
  case damaged(directory: String, finding: String)
  /// A file or the disk failed.
  case failedIO(path: String, reason: String)
  /// The ledger said no: the word that programs tell errors apart by, and the rest.
  case refused(prefix: String, message: String)
  /// The reply is none that the command gives.
  case unexpectedReply(command: String)
  /// The ledger changed all the time while it was being read.
  case unsteady
}

extension Reply {
  /// The reply, unless it is an error.
  func checked() throws(EndpointError) -> Reply {
    guard let prefix = errorPrefix else { return self }
    throw .refused(prefix: prefix, message: errorMessage ?? "")
  }
}
