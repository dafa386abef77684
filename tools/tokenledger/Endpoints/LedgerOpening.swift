// From a place to a ledger that answers.
// A daemon that answers comes first, since it may hold events that a reader of its directory would
// see only later. Nothing is made or changed by looking.

import LinuxIO

/// Opens ledgers.
enum LedgerOpening {
  /// The socket of the daemon that works on a directory, unless its settings say otherwise.
  static func socketPath(in directory: String) -> String { "\(directory)/tokenledger.sock" }

  /// Opens the ledger at a place.
  static func open(
    _ place: LedgerPlace, for use: LedgerUse
  ) throws(EndpointError) -> any LedgerEndpoint {
    switch place {
    case .socket(let path): try SocketEndpoint(path)
    case .directory(let directory): try DirectoryEndpoint(directory, for: use)
    case .nearby(let directory):
      if let daemon = try daemon(of: directory) {
        daemon
      } else {
        try DirectoryEndpoint(directory, for: use)
      }
    }
  }

  /// The daemon of a directory; nil when none answers there.
  ///
  /// A socket may be left over from a daemon that was killed: it refuses connections.
  private static func daemon(of directory: String) throws(EndpointError) -> SocketEndpoint? {
    let path = socketPath(in: directory)
    guard (try? FileSystem.status(of: path)) != nil else { return nil }
    do throws(EndpointError) {
      return try SocketEndpoint(path)
    } catch {
      if case .notReachable = error { return nil }
      throw error
    }
  }
}
