// Messages about ledgers that cannot be asked, or that say no.
// Paths and the ledger's own words are made harmless for a terminal first: a socket can send
// anything.
// Beside each message stands its exit code.

extension EndpointError {
  /// What happened, and who can do what about it.
  var wording: String {
    switch self {
    case .notReachable(let socket, let reason):
      """
      no daemon answers at \(socket.harmless): \(reason); start tokenledgerd, or work on the \
      directory with --data
      """
    case .connectionLost(let socket):
      """
      the daemon at \(socket.harmless) closed the connection; the last requests may have been \
      carried out; run the command again
      """
    case .noAnswer(let socket):
      """
      the daemon at \(socket.harmless) did not answer in time; the last requests may have been \
      carried out; run the command again
      """
    case .notRESP(let socket): "what answers at \(socket.harmless) is no tokenledgerd"
    case .noLedger(let directory):
      "there is no ledger in \(directory.harmless); name another place with --data or --socket"
    case .locked(let directory, let pid):
      """
      \(pid.map { "the process \($0)" } ?? "another process") writes to the ledger in \
      \(directory.harmless); if that is tokenledgerd, go through it: \
      --socket \(directory.harmless)/tokenledger.sock
      """
    case .damaged(let directory, let finding):
      """
      the ledger in \(directory.harmless) is damaged: \(finding.harmless) See `tokenledger verify \
      --data \(directory.harmless)` and `tokenledger repair --data \(directory.harmless) --dry-run`
      """
    case .failedIO(let path, let reason): "\(path.harmless): \(reason.harmless)"
    case .refused(let prefix, let message): EndpointError.refusal(prefix, message.harmless)
    case .unexpectedReply(let command):
      "the reply to \(command) is none that this version knows; is the daemon of another version?"
    case .unsteady: "the ledger changed all the time while it was read; try again later"
    }
  }

  private static func refusal(_ prefix: String, _ message: String) -> String {
    switch prefix {
    case "DENIED": "not allowed by the daemon: \(message); an admin can give this user another role"
    case "LOADING": "the daemon is still reading its log; try again soon"
    case "DISKFULL": "the ledger's disk is full: \(message); try again when there is room"
    case "READONLY": "the ledger takes no writes: \(message)"
    default: "the ledger refused: \(prefix.harmless) \(message)"
    }
  }

  /// The program's exit code for it.
  var exitCode: ExitCode {
    switch self {
    case .notReachable, .connectionLost, .notRESP: .notReachable
    case .locked, .unsteady, .noAnswer: .tryLater
    case .damaged: .damaged
    case .noLedger, .failedIO: .failedIO
    case .refused("LOADING", _), .refused("DISKFULL", _), .refused("TIMEOUT", _): .tryLater
    case .refused("READONLY", _): .failedIO
    case .refused, .unexpectedReply: .failed
    }
  }
}
