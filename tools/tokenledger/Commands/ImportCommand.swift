// `tokenledger import`: reads the whole file before it looks for the ledger, and says at the end
// what was created, what was there already, and what was left out.
// Bad records go to the error output, one a line; the count to the output.

/// The subcommand `import`.
enum ImportCommand {
  /// Imports; 1 when something was refused that nobody said to skip.
  static func run(_ session: Session) throws -> ExitCode {
    let path = session.arguments.required(.fromDjangoESI)
    let isSkipping = session.arguments.has(.skipInvalid)
    let dump = try read(path, session)
    let report = try importing(dump, isSkipping: isSkipping, session)
    session.progress.finish()

    try session.arguments.has(.json)
      ? session.write(report.json) : show(report, isSkipping: isSkipping, session.console)
    if let interruption = report.interruption { throw interruption }
    return report.isRefusedAsAWhole || report.hasLateRefusals ? .failed : .done
  }

  private static func read(_ path: String, _ session: Session) throws -> Dump {
    let json = try session.read(path)
    do throws(DumpError) {
      return try Dump(json)
    } catch {
      throw UnreadableDump(path: path, error: error)
    }
  }

  private static func importing(
    _ dump: Dump, isSkipping: Bool, _ session: Session
  ) throws(EndpointError) -> ImportReport {
    guard isSkipping || dump.bad.isEmpty else {
      return ImportReport(refused: dump.bad, isRefusedAsAWhole: true)
    }
    let endpoint = try session.open(for: .writing)
    var work = Import(into: endpoint, skippingInvalid: isSkipping, progress: session.progress)
    return try work.run(dump)
  }

  private static func show(
    _ report: ImportReport, isSkipping: Bool, _ console: Console
  ) throws(OutputError) {
    for record in report.refused { console.tell(record.wording + "\n") }
    if report.isRefusedAsAWhole { console.tell(Wording.nothingImported(report.refused.count)) }
    try console.writeLine(
      "created \(report.created), unchanged \(report.unchanged), skipped \(report.refused.count)")
  }
}

/// A file that is no dump, by its name.
struct UnreadableDump: Error, Equatable, Sendable {
  let path: String
  let error: DumpError
}

extension ImportReport {
  /// The report as one object.
  fileprivate var json: JSONValue {
    .members([
      "created": .integer(Int64(created)),
      "unchanged": .integer(Int64(unchanged)),
      "skipped": .integer(Int64(refused.count)),
      "complete": .boolean(!isRefusedAsAWhole && interruption == nil),
      "records": .list(refused.map(\.json)),
    ])
  }
}

extension BadRecord {
  fileprivate var json: JSONValue {
    let faults = faults.map { fault in
      JSONValue.members([
        "field": fault.field.map(JSONValue.string) ?? .null,
        "problem": .string(fault.fault.wording),
      ])
    }
    return .members([
      "index": .integer(Int64(index)),
      "model": model.map(JSONValue.string) ?? .null,
      "pk": key.map(JSONValue.integer) ?? .null,
      "problems": .list(faults),
    ])
  }
}
