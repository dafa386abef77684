// `tokenledger report`: one page about a ledger, for people who do not use a terminal, or the same
// figures as JSON. The file appears at once and whole, readable by its owner only: it names
// characters' tokens, though no secret.

import LinuxIO

/// The subcommand `report`.
enum ReportCommand {
  /// Reads the ledger and writes the page.
  static func run(_ session: Session) throws {
    let arguments = session.arguments
    guard arguments.has(.html) != arguments.has(.json)
    else { throw UsageError.noChoice(.html, .json, .report) }
    let (head, figures) = try ReportReading(session).read()
    session.progress.finish()
    guard let path = arguments.value(.html) else {
      return try session.write(figures.json(head))
    }
    let page = Array(ReportPage(head, figures).html.utf8)
    guard path != "-" else { return try session.console.write(page) }
    var file = try ReplacedFile(path, permissions: .ownerOnly)
    try file.write(page)
    try file.finish()
  }
}
