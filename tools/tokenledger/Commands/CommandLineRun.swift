// From a typed line to an exit code: parse, run, and put what went wrong into words. The one place
// that prints errors.
// Below this, errors are thrown as data; Wording.swift has the words and the exit codes.

/// A run of the program.
struct CommandLineRun {
  private let surroundings: Surroundings

  /// A run in these surroundings.
  init(in surroundings: Surroundings) {
    self.surroundings = surroundings
  }

  /// Carries out a line, without the program's own name.
  func run(_ words: [String]) -> ExitCode {
    do {
      return try run(ArgumentParser.parse(words))
    } catch {
      let wording = Wording(error)
      surroundings.console.tell("tokenledger: \(wording.text)\n")
      return wording.exitCode
    }
  }

  private func run(_ invocation: Invocation) throws -> ExitCode {
    switch invocation {
    case .help(let subcommand):
      try surroundings.console.write(Array(HelpPage.text(for: subcommand).utf8))
      return .done
    case .version:
      try surroundings.console.writeLine("tokenledger \(ProgramVersion.text)")
      return .done
    case .run(let arguments):
      let session = Session(arguments, in: surroundings)
      defer { session.progress.finish() }
      return try run(session)
    }
  }

  private func run(_ session: Session) throws -> ExitCode {
    switch session.arguments.subcommand {
    case .import: return try ImportCommand.run(session)
    case .export: try ExportCommand.run(session)
    case .query: try QueryCommand.run(session)
    case .audit: try AuditCommand.run(session)
    case .history: try HistoryCommand.run(session)
    case .restore: try RestoreCommand.run(session)
    case .snapshot: try SnapshotCommand.run(session)
    case .compact: try CompactCommand.run(session)
    case .erase: try EraseCommand.run(session)
    case .checkpoint: try CheckpointCommand.run(session)
    case .key: try KeyCommand.run(session)
    case .status: try StatusCommand.run(session)
    case .digest: try DigestCommand.run(session)
    case .report: try ReportCommand.run(session)
    case .watch: try WatchCommand.run(session)
    case .replay: return try ReplayCommand.run(session)
    case .verify: return try VerifyCommand.run(session)
    case .dump: try DumpCommand.run(session)
    case .repair: return try RepairCommand.run(session)
    case .completion: try session.console.write(Array(completion(session.arguments).utf8))
    case .man: try session.console.write(Array(ManualPage.source.utf8))
    }
    return .done
  }
}

extension CommandLineRun {
  /// The completion script of the shell that was named.
  private func completion(_ arguments: Arguments) -> String {
    switch arguments.operands[0] {
    case "zsh": ZshCompletion.script
    case "fish": FishCompletion.script
    default: BashCompletion.script
    }
  }
}

/// The program's version.
enum ProgramVersion {
  /// As of `since` in schema/commands.json.
  static let text = "0.1.0"
}
