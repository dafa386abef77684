// `tokenledger history`: the events of one token.
// Event by event as the ledger keeps them, also of a deleted token; secrets stand there as
// fingerprints. Schema: schema/events.md, schema/protocol.md.

import RESP
import TokenLedger

/// The subcommand `history`.
enum HistoryCommand {
  /// Asks and shows the events.
  static func run(_ session: Session) throws {
    let id = Int64(session.arguments.operands[0]) ?? 0
    let endpoint = try session.open(for: .reading)
    var request = LedgerRequest("TOKEN.HISTORY", id: id, count: session.arguments.integer(.count))
    if session.arguments.has(.reverse) { request.add("REV") }
    let entries = try endpoint.call(request).requireElements(of: request.command).map {
      try EventEntry($0, of: request.command)
    }
    try session.arguments.has(.json)
      ? entries.forEach { try session.write(json($0)) }
      : session.console.write(Array(table(entries).text.utf8))
  }

  private static func table(_ entries: [EventEntry]) -> Table {
    var table = Table([
      Table.Column("time"), Table.Column("event"), Table.Column("seq", .right),
      Table.Column("type"), Table.Column("actor"), Table.Column("details"),
    ])
    for entry in entries {
      table.add([
        entry.time?.rfc3339 ?? "-", entry.id, entry.sequence.map { String($0) } ?? "-", entry.type,
        entry.actor, details(entry),
      ])
    }
    return table
  }

  private static func json(_ entry: EventEntry) -> JSONValue {
    let members = entry.fields.map { JSONValue.Member(name: $0.name, value: .string($0.value)) }
    return .object([JSONValue.Member(name: "id", value: .string(entry.id))] + members)
  }

  /// The other fields, long values cut: a table is no place for hundreds of scopes.
  private static func details(_ entry: EventEntry) -> String {
    entry.details.map { "\($0.name)=\(shortened($0.value))" }.joined(separator: " ")
  }

  private static func shortened(_ text: String) -> String {
    text.count <= maximumCharacters ? text : text.prefix(maximumCharacters) + "…"
  }

  /// Characters of a value in the table.
  private static let maximumCharacters = 48
}
