// `tokenledger verify`: reads every frame of every segment of a directory, also while a daemon
// writes there, and says what is wrong and what that costs. Changes nothing.
// Exit codes: 0 good, also with a torn tail that the next start cuts; 65 damaged; 74 unreadable.

import EventLog
import Foundation
import LedgerStore
import LinuxIO

/// The subcommand `verify`.
enum VerifyCommand {
  /// Looks at everything and reports.
  static func run(_ session: Session) throws -> ExitCode {
    let directory = session.directory
    try DirectoryEndpoint.checkExistence(of: directory)
    let checkpoints = try CheckpointCommand.read(session.arguments.values(.against))
    let inspection: LedgerInspection
    do throws(StoreError) {
      inspection = try LedgerStore.inspect(
        directory, against: checkpoints, patience: .besideADaemon
      ) { count in
        session.progress.show("events", count, of: nil)
      }
    } catch {
      throw EndpointError(error, directory: directory)
    }
    session.progress.finish()
    let warnings = openDoors(in: directory, inspection.report)
    let report = VerifyReport(inspection, checkpoints, warnings: warnings)
    if session.arguments.has(.json) {
      for value in report.json { try session.write(value) }
    } else {
      try session.console.write(Array(report.text.utf8))
    }
    let holds = inspection.verdicts.allSatisfy { $0 == .holds }
    return inspection.isDamaged || !holds ? .damaged : .done
  }

  /// Files and directories that others than their owner may use.
  private static func openDoors(in directory: String, _ report: SurveyReport) -> [String] {
    let log = "\(directory)/\(LedgerStore.logDirectoryName)"
    let names = report.segments.map(\.file) + report.keptTails.map(\.file)
    let paths = [directory, log] + names.map { "\(log)/\($0)" }
    return paths.compactMap { path in
      guard let status = try? FileSystem.status(of: path),
        status.permissions.rawValue & 0o077 != 0
      else { return nil }
      let mode = String(status.permissions.rawValue & 0o777, radix: 8)
      let right = status.kind == .directory ? "700" : "600"
      return "\(path): mode \(mode), should be \(right): others may read secrets"
    }
  }
}

extension SurveyPatience {
  /// Waits up to a second for a write that may be under way.
  static let besideADaemon = SurveyPatience(looks: 20) { Thread.sleep(forTimeInterval: 0.05) }
}
