// `tokenledger repair`: what can be done about a damaged log, and doing it. It takes the lock of
// the directory, so no daemon runs meanwhile; it is never run by anything itself. What is given up
// is said first, the files that change are copied aside as a whole, and the log itself tells of
// the rest. Exit codes: 0 done or nothing to do; 65 cannot be repaired; 74 disk; 75 a daemon has
// the ledger.

import EventLog
import LedgerStore
import LinuxIO

/// The subcommand `repair`.
enum RepairCommand {
  /// Plans, and carries the plan out if told to.
  static func run(_ session: Session) throws -> ExitCode {
    guard let directory = session.arguments.value(.data) else {
      throw UsageError.missingFlag(.data, placeholder: "DIR", .repair)
    }
    guard session.arguments.has(.dryRun) || session.arguments.has(.apply) else {
      throw UsageError.noChoice(.dryRun, .apply, .repair)
    }
    try DirectoryEndpoint.checkExistence(of: directory)
    do {
      return try run(session, directory)
    } catch let error as LogError {
      throw EndpointError(StoreError.log(error), directory: directory)
    } catch let error as StoreError {
      throw EndpointError(error, directory: directory)
    }
  }

  private static func run(_ session: Session, _ directory: String) throws -> ExitCode {
    let lock = try DirectoryLock.acquire(directory: directory)
    let storage = try LedgerStore.logStorage(of: directory)
    let plan = try RepairPlanning.plan(storage)
    let report = RepairReport(plan, givenUp: try givenUp(plan, directory))
    try show(report, session)
    var code = plan.obstacle == nil ? ExitCode.done : .damaged
    if code == .done, !plan.isEmpty, session.arguments.has(.apply) {
      let aside = try makeAside(in: directory)
      try RepairRun.apply(
        plan, to: storage, aside: try fileStorage(aside))
      let isDone = try RepairPlanning.plan(storage).isEmpty
      try say(session, "repaired", isDone, aside)
      code = isDone ? .done : .damaged
    }
    withExtendedLifetime(lock) {}
    return code
  }

  private static func show(_ report: RepairReport, _ session: Session) throws {
    session.progress.finish()
    if session.arguments.has(.json) {
      try session.write(report.json)
    } else {
      try session.console.write(Array(report.text.utf8))
    }
  }

  private static func say(
    _ session: Session, _ word: String, _ isDone: Bool, _ aside: String
  ) throws {
    if session.arguments.has(.json) {
      try session.write(.members([word: .boolean(isDone), "copies": .string(aside)]))
    } else {
      let result = isDone ? word : "not repaired: run `tokenledger verify`"
      try session.console.writeLine("\(result); copies of the changed files: \(aside.harmless)")
    }
  }

  /// The events that can be read in what the plan gives up.
  private static func givenUp(
    _ plan: RepairPlan, _ directory: String
  ) throws(StoreError) -> GivenUpEvents {
    var events = GivenUpEvents()
    guard let cut = plan.cut else { return events }
    _ = try LedgerStore.survey(directory) { sighting, body in
      if cut.givesUp(file: sighting.file, offset: sighting.offset) {
        events.add(sighting, body: body)
      }
    }
    return events
  }

  /// The first name `repair-<n>` that is free, made as a directory, on the disk.
  private static func makeAside(in directory: String) throws(EndpointError) -> String {
    var number = 1
    do throws(SystemError) {
      while try FileSystem.status(of: "\(directory)/repair-\(number)") != nil { number += 1 }
    } catch {
      throw .failedIO(path: directory, reason: error.description)
    }
    let path = "\(directory)/repair-\(number)"
    _ = try fileStorage(path, isCreated: true)
    return path
  }

  private static func fileStorage(
    _ path: String, isCreated: Bool = false
  ) throws(EndpointError) -> FileStorage {
    do throws(SystemError) {
      return try FileStorage(directory: path, createIfMissing: isCreated)
    } catch {
      throw .failedIO(path: path, reason: error.description)
    }
  }
}
