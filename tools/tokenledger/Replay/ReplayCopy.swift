// A copy of a ledger up to an event, to be handed on: made beside its place under another name,
// synced, and renamed, so that what is there under the name is whole. Files are for their owner
// only. Without the secrets no byte of one is in it; their digests are, as in every event.

import EventLog
import LedgerStore
import LinuxIO
import TokenLedger

/// Writes copies.
enum ReplayCopy {
  /// Copies the session's ledger through `last` to the directory `target`.
  ///
  /// - Throws: `failedIO` when there is something at `target`, or it cannot be written; what was
  ///   there is as it was.
  static func write(
    _ session: Session, to target: String, ledger: LedgerID, through last: EventSequence
  ) throws {
    let partial = "\(target).\(ProcessID.current.rawValue).part"
    try reporting(target) { () throws(SystemError) in
      guard try FileSystem.status(of: target) == nil
      else { throw SystemError(.mkdir, .fileExists) }
      try FileSystem.makeDirectory(partial)
    }
    do {
      try LedgerStore.copy(
        session.directory, to: partial, ledger: ledger, through: last,
        keepsSecrets: session.arguments.has(.withSecrets)
      ) { session.progress.show("copied", $0, of: Int(last.rawValue)) }
      try reporting(target) { () throws(SystemError) in
        try Directory.open(partial).synchronize()
        try FileSystem.rename(partial, to: target)
        try Directory.open(target).openDirectory("..").synchronize()
      }
    } catch let error as StoreError {
      remove(partial)
      throw EndpointError(error, directory: target)
    } catch {
      remove(partial)
      throw error
    }
    session.progress.finish()
  }

  private static func reporting(
    _ path: String, _ body: () throws(SystemError) -> Void
  ) throws(EndpointError) {
    do throws(SystemError) { try body() } catch {
      throw .failedIO(path: path, reason: error.description)
    }
  }

  /// Takes away what was begun; what cannot be removed bears a name that says so.
  private static func remove(_ partial: String) {
    let log = "\(partial)/\(LedgerStore.logDirectoryName)"
    for name in (try? Directory.open(log).names()) ?? [] {
      try? FileSystem.remove("\(log)/\(name)")
    }
    try? FileSystem.removeDirectory(log)
    try? FileSystem.remove("\(partial)/\(KeyFile.name)")
    try? FileSystem.removeDirectory(partial)
  }
}
