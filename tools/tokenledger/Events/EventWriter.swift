// Writes events to the output in the form that the flags ask for, page by page: nothing is kept of
// a page that is written, so a log of millions passes through.
// Owner: the subcommand. Schema: schema/events.md sections 6 and 7.

import TokenLedger

/// A list of events on its way to the output.
struct EventWriter {
  /// The flags that choose a form; none of them: a table for people.
  static let flags = [
    Flag(.csv, "comma-separated values, for spreadsheets"),
    Flag(.cloudevents, "one CloudEvents 1.0 object a line"),
  ]
  /// Of these only one may be given.
  static let exclusive: [FlagName] = [.json, .csv, .cloudevents]

  private enum Form {
    case table(FlowingTable)
    case json
    case csv(hasHeading: Bool)
    case cloudEvents(CloudEvent)
  }

  private let session: Session
  private var form: Form

  /// A list of which nothing is written yet.
  init(_ session: Session, _ endpoint: any LedgerEndpoint) throws(EndpointError) {
    self.session = session
    if session.arguments.has(.cloudevents) {
      form = .cloudEvents(try CloudEvent(of: endpoint))
    } else if session.arguments.has(.csv) {
      form = .csv(hasHeading: false)
    } else if session.arguments.has(.json) {
      form = .json
    } else {
      form = .table(FlowingTable(EventForm.tableColumns, isColoured: session.isColoured))
    }
  }

  /// Writes events; the first time with the headings, also when there are no events.
  mutating func write(_ entries: [EventEntry]) throws(OutputError) {
    switch form {
    case .table(var table):
      let text = table.text(of: entries.map { EventForm.row($0, now: session.now) })
      form = .table(table)
      try session.console.write(Array(text.utf8))
    case .json: try writeLines(entries, EventForm.json)
    case .csv(let hasHeading):
      let heading = hasHeading ? "" : CSV.line(EventForm.csvColumns)
      form = .csv(hasHeading: true)
      try session.console.write(Array((heading + entries.map(EventForm.csv).joined()).utf8))
    case .cloudEvents(let envelope): try writeLines(entries, envelope.json)
    }
  }

  private func writeLines(
    _ entries: [EventEntry], _ json: (EventEntry) -> JSONValue
  ) throws(OutputError) {
    var bytes: [UInt8] = []
    for entry in entries {
      json(entry).append(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    try session.console.write(bytes)
  }
}
