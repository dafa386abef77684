// `tokenledger export`: a fixture for the way back, and for everything that reads Django's
// fixtures. What is printed is only how much was written; secrets go into the file and nowhere
// else, and only if asked for.

/// The subcommand `export`.
enum ExportCommand {
  /// Exports.
  static func run(_ session: Session) throws {
    let path = session.arguments.required(.toDjangoESI)
    guard path != "-" else { throw UsageError.exportNeedsAFile }
    let endpoint = try session.open(for: .reading)
    let work = Export(
      from: endpoint, withSecrets: session.arguments.has(.withSecrets), progress: session.progress)
    let report = try work.write(to: path)
    session.progress.finish()

    guard session.arguments.has(.json) else {
      return try session.console.writeLine("tokens \(report.tokens), scopes \(report.scopes)")
    }
    try session.write(
      .members(["tokens": .integer(Int64(report.tokens)), "scopes": .integer(Int64(report.scopes))])
    )
  }
}
