// Whether a running daemon has in memory what its log folds into: the digest of both as of the same
// event. The daemon goes on writing meanwhile: its present state is asked for between two looks at
// how far it is, until nothing came in between.

import LedgerStore
import RESP
import TokenLedger

/// The comparison with a daemon.
enum ReplayCheck {
  /// Compares the directory's log with the daemon at a socket.
  static func run(_ session: Session, _ socket: String) throws -> ExitCode {
    let daemon = try session.open(.socket(socket), for: .reading)
    let last = try lastSequence(of: daemon)
    // The daemon's present state is what is to be checked; as of a moment it would fold itself.
    var digest = try self.digest(of: daemon)
    var (after, looks) = (try lastSequence(of: daemon), 1)
    var asked = last
    while after != asked, looks < maximumLooks {
      (asked, digest) = (after, try self.digest(of: daemon))
      after = try lastSequence(of: daemon)
      looks += 1
    }
    let isPresent = after == asked
    if !isPresent { digest = try self.digest(of: daemon, asOf: asked) }
    let replayed = try digestOfLog(session, through: asked)
    let isSame = replayed == digest
    try show(isSame, asked, replayed, digest, isPresent: isPresent, session)
    return isSame ? .done : .failed
  }

  /// How often the daemon is asked for a moment without a write.
  private static let maximumLooks = 100

  private static func lastSequence(of daemon: any LedgerEndpoint) throws -> Int64 {
    let reply = try daemon.call(LedgerRequest("LEDGER.STATUS"))
    guard let events = reply.value(for: "events")?.integer
    else { throw EndpointError.unexpectedReply(command: "LEDGER.STATUS") }
    return events
  }

  private static func digest(
    of daemon: any LedgerEndpoint, asOf sequence: Int64? = nil
  ) throws -> String {
    var request = LedgerRequest("LEDGER.DIGEST")
    if let sequence { request.add("ASOF", "#\(sequence)") }
    guard let digest = try daemon.call(request).text
    else { throw EndpointError.unexpectedReply(command: request.command) }
    return digest
  }

  private static func digestOfLog(_ session: Session, through last: Int64) throws -> String {
    let replayed = ReplayedState()
    do throws(StoreError) {
      try LedgerStore.replay(session.directory) { event, location throws(StoreError) in
        guard event.sequence.rawValue <= UInt64(last) else { return false }
        _ = try replayed.take(event, at: location)
        return true
      }
    } catch {
      throw EndpointError(error, directory: session.directory)
    }
    return replayed.digest
  }

  private static func show(
    _ isSame: Bool, _ sequence: Int64, _ replayed: String, _ digest: String, isPresent: Bool,
    _ session: Session
  ) throws {
    guard session.arguments.has(.json) else {
      let verdict = isSame ? "the same" : "DIFFERENT"
      let kind = isPresent ? "in memory" : "as of then"
      return try session.console.writeLine(
        "\(verdict) after event #\(sequence)\nlog     \(replayed)\ndaemon  \(digest) (\(kind))")
    }
    try session.write(
      .members([
        "same": .boolean(isSame), "seq": .integer(sequence), "log": .string(replayed),
        "daemon": .string(digest), "in_memory": .boolean(isPresent),
      ]))
  }
}
