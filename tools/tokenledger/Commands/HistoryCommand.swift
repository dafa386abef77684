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
    let entries = try endpoint.call(request).requireElements(of: request.command).map(Entry.init)
    try session.arguments.has(.json)
      ? entries.forEach { try session.write($0.json) }
      : session.console.write(Array(table(entries).text.utf8))
  }

  private static func table(_ entries: [Entry]) -> Table {
    var table = Table([
      Table.Column("time"), Table.Column("event"), Table.Column("seq", .right),
      Table.Column("type"), Table.Column("actor"), Table.Column("details"),
    ])
    for entry in entries {
      table.add([
        entry.time, entry.id, entry.value("seq"), entry.value("type"),
        entry.value("actor"), entry.details,
      ])
    }
    return table
  }

  /// An event as the stream commands show it: its id, and names and values.
  private struct Entry {
    let id: String
    let pairs: [Reply.Pair]

    init(_ reply: Reply) throws(EndpointError) {
      guard let parts = reply.elements, parts.count == 2, let id = parts[0].text,
        let pairs = parts[1].pairs
      else { throw .unexpectedReply(command: "TOKEN.HISTORY") }
      self.id = id
      self.pairs = pairs
    }

    var time: String {
      let bytes = Array(id.utf8)
      guard let id = EventID(text: bytes.span, counterIfMissing: 0) else { return "-" }
      return UnixTime(clampingMicroseconds: Int64(clamping: id.milliseconds) * 1000).rfc3339
    }

    var json: JSONValue {
      let members = pairs.map { JSONValue.Member(name: $0.key.cell, value: $0.value.json) }
      return .object([JSONValue.Member(name: "id", value: .string(id))] + members)
    }

    func value(_ name: String) -> String {
      pairs.first { $0.key.text == name }?.value.cell ?? "-"
    }

    /// The other fields, long values cut: a table is no place for hundreds of scopes.
    var details: String {
      let shown = pairs.filter { !["seq", "type", "token", "actor"].contains($0.key.cell) }
      return shown.map { "\($0.key.cell)=\(shortened($0.value.cell))" }.joined(separator: " ")
    }

    private func shortened(_ text: String) -> String {
      text.count <= Entry.maximumCharacters ? text : text.prefix(Entry.maximumCharacters) + "…"
    }

    /// Characters of a value in the table.
    private static let maximumCharacters = 48
  }
}
