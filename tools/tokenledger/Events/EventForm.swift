// The forms in which a list of events is written, and what each makes of one event.
// The column set of the table for programs never changes; what differs between the kinds of events
// stands in its last column, as JSON. Schema: schema/events.md sections 6 and 7.

import TokenLedger

/// One event as one line of each form.
enum EventForm {
  // MARK: For people

  /// Wide enough for ten million events, so that the columns of a long list stay where they are.
  static let tableColumns = [
    Table.Column("time"), Table.Column("ago", .right, minimumWidth: 10),
    Table.Column("seq", .right, minimumWidth: 7), Table.Column("token", .right, minimumWidth: 7),
    Table.Column("type", minimumWidth: 14), Table.Column("actor", minimumWidth: 16),
    Table.Column("details"),
  ]

  /// The event as a row of a table.
  static func row(_ entry: EventEntry, now: UnixTime) -> FlowingTable.Row {
    let cells = [
      entry.time?.shown ?? "-", entry.time?.shown(from: now) ?? "-",
      entry.sequence.map { String($0) } ?? "-", entry.token.map { String($0) } ?? "-",
      entry.type, entry.actor, shownDetails(entry),
    ]
    return FlowingTable.Row(cells: cells, emphasis: entry.emphasis)
  }

  /// The details, long values cut: a table is no place for hundreds of scopes.
  private static func shownDetails(_ entry: EventEntry) -> String {
    entry.details.filter { $0.name != "previous" }.map { field in
      guard field.name.hasSuffix("_us"), let microseconds = Int64(field.value)
      else { return "\(field.name)=\(field.value.shortened)" }
      return "\(field.name.dropLast(3))=\(UnixTime(clampingMicroseconds: microseconds).shown)"
    }
    .joined(separator: " ")
  }

  // MARK: For programs

  /// The event as an object of texts, as the ledger gives them.
  static func json(_ entry: EventEntry) -> JSONValue {
    let members = entry.fields.map { JSONValue.Member(name: $0.name, value: .string($0.value)) }
    return .object([JSONValue.Member(name: "id", value: .string(entry.id))] + members)
  }

  static let csvColumns = [
    "id", "time", "sequence", "type", "token", "actor", "cause", "previous", "reason", "key",
    "details",
  ]

  /// The event as a line of comma-separated values.
  static func csv(_ entry: EventEntry) -> String {
    let details = entry.details.filter { !csvColumns.contains($0.name) }
    let object = JSONValue.object(
      details.map { JSONValue.Member(name: $0.name, value: $0.typed) })
    let time = entry.time?.shownToMillisecond ?? ""
    let cells = [entry.id, time, entry["seq"] ?? "", entry.type, entry["token"] ?? ""]
    let others = ["actor", "cause", "previous", "reason", "key"].map { entry[$0] ?? "" }
    return CSV.line(cells + others + [String(decoding: object.serialized, as: UTF8.self)])
  }
}

extension EventEntry {
  /// Ends stand out most, then failures.
  var emphasis: Emphasis {
    switch type {
    case "deleted": .alarm
    case "refreshFailed": self["class"] == "definite" ? .alarm : .warning
    case "revoked": self["class"] == nil ? .plain : .warning
    case "recovered": .warning
    case "refreshStarted", "opened": .faint
    default: .plain
    }
  }
}
