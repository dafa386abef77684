// A ledger in this process: its directory, opened without a daemon. To read, it takes no lock and
// shows what was on the disk when it was opened; to write, it takes the lock, so that a daemon and
// this program never write at once.

import EventLog
import LedgerServer
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// The ledger of a directory.
final class DirectoryEndpoint: LedgerEndpoint {
  private let session: LocalSession

  let isDaemon = false

  /// Opens the ledger in `directory`; to write, makes it if there is none.
  ///
  /// - Throws: `noLedger`, `locked`, `damaged`, `failedIO`; nothing was changed then.
  init(
    _ directory: String, for use: LedgerUse, clock: LedgerClock = .system
  ) throws(EndpointError) {
    var options = StoreOptions()
    options.clock = clock
    options.programVersion = Text(ProgramVersion.text) ?? .empty
    if use != .writing { try DirectoryEndpoint.checkExistence(of: directory) }
    do throws(StoreError) {
      let store =
        switch use {
        case .reading: try LedgerStore.openForReading(directory, options)
        case .changing, .writing: try LedgerStore.open(directory, options)
        }
      session = LocalSession(store: store, settings: ServerSettings())
    } catch {
      throw EndpointError(error, directory: directory)
    }
  }

  func pipeline(_ requests: [LedgerRequest]) throws(EndpointError) -> [Reply] {
    var replies: [Reply] = []
    for (request, bytes) in zip(requests, session.pipeline(requests.map(\.words))) {
      var parser = ReplyParser()
      var offset = 0
      guard case .reply(let reply) = parser.next(bytes.span, at: &offset)
      else { throw .unexpectedReply(command: request.command) }
      replies.append(reply)
    }
    return replies
  }

  /// Checks that there is a ledger.
  static func checkExistence(of directory: String) throws(EndpointError) {
    let log = "\(directory)/\(LedgerStore.logDirectoryName)"
    do throws(SystemError) {
      if try FileSystem.status(of: log) != nil { return }
    } catch {
      throw .failedIO(path: log, reason: error.description)
    }
    throw .noLedger(directory: directory)
  }
}

extension EndpointError {
  /// What the store could not do, by who can act.
  init(_ error: StoreError, directory: String) {
    switch error {
    case .log(.locked(let holder)):
      self = .locked(directory: directory, pid: holder?.rawValue)
    case _ where error.isDamage:
      let cost = LedgerStore.damageCost(of: directory).map { " What it costs: \($0)." } ?? ""
      self = .damaged(directory: directory, finding: error.description + cost)
    default:
      self = .failedIO(path: directory, reason: error.description)
    }
  }
}
