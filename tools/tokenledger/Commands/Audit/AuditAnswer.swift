// An answer as rows under names, whatever the question: people get a table and a sentence that sums
// it up, programs an object or a line a row, with the names of the columns.
// Invariant: a column's name never changes its meaning; programs rely on it.

import RESP
import TokenLedger

/// The answer to an auditor's question.
struct AuditAnswer {
  /// A value of a row.
  enum Cell: Equatable {
    case none
    case number(Int64)
    case text(String)
    case truth(Bool)
    case time(UnixTime)
    case names([String])
  }

  /// A row and how it stands out.
  struct Row {
    let cells: [Cell]
    var emphasis = Emphasis.plain
  }

  /// The names of the columns, with underscores, and where their cells stand.
  let columns: [Table.Column]
  /// The rows, each with a cell for each column.
  var rows: [Row] = []
  /// What it comes to, for people.
  var summary = ""

  /// An answer without rows.
  init(_ columns: [Table.Column]) {
    self.columns = columns
  }

  /// Adds a row.
  mutating func add(_ cells: [Cell], _ emphasis: Emphasis = .plain) {
    precondition(cells.count == columns.count, "a row of \(cells.count) cells")
    rows.append(Row(cells: cells, emphasis: emphasis))
  }

  /// A number of things: `1 token`, `2 tokens`.
  static func counted(_ count: some BinaryInteger, _ thing: String) -> String {
    "\(count) \(thing)\(count == 1 ? "" : "s")"
  }

  // MARK: Showing

  /// Writes the answer in the form that the flags ask for.
  func show(_ session: Session) throws(OutputError) {
    if session.arguments.has(.json) {
      try session.console.write(rows.flatMap { json($0).serialized + [UInt8(ascii: "\n")] })
    } else if session.arguments.has(.csv) {
      let lines = rows.map { CSV.line($0.cells.map(\.plain)) }
      try session.console.write(
        Array((CSV.line(columns.map(\.heading)) + lines.joined()).utf8))
    } else {
      let shown = columns.map {
        Table.Column($0.heading.replacing("_", with: " "), $0.alignment)
      }
      var table = FlowingTable(shown, isColoured: session.isColoured)
      let text = table.text(
        of: rows.map { row in
          FlowingTable.Row(
            cells: row.cells.map { $0.shown(from: session.now) }, emphasis: row.emphasis)
        })
      try session.console.write(Array("\(text)\n\(summary)\n".utf8))
    }
  }

  private func json(_ row: Row) -> JSONValue {
    .object(zip(columns, row.cells).map { JSONValue.Member(name: $0.heading, value: $1.json) })
  }
}

extension AuditAnswer.Cell {
  /// A number, unless there is none.
  init(_ number: Int64?) { self = number.map(Self.number) ?? .none }

  /// A text, unless there is none.
  init(_ text: String?) { self = text.map(Self.text) ?? .none }

  /// A time, unless there is none.
  init(_ time: UnixTime?) { self = time.map(Self.time) ?? .none }

  /// A token's field as the ledger gives it.
  init(_ reply: Reply, of field: TokenField) {
    switch (field, reply) {
    case (_, .null): self = .none
    case (.createdMicroseconds, .integer(let number)), (.expiresMicroseconds, .integer(let number)):
      self = .time(UnixTime(clampingMicroseconds: number))
    case (_, .integer(let number)):
      self = field.isBoolean ? .truth(number != 0) : .number(number)
    case (_, .boolean(let value)): self = .truth(value)
    default: self = reply.elements.map { .names($0.map(\.cell)) } ?? .text(reply.cell)
    }
  }

  /// The value for programs.
  fileprivate var json: JSONValue {
    switch self {
    case .none: .null
    case .number(let number): .integer(number)
    case .text(let text): .string(text)
    case .truth(let value): .boolean(value)
    case .time(let time): .string(time.rfc3339)
    case .names(let names): .list(names.map(JSONValue.string))
    }
  }

  /// The value as one text for programs; names as a list in JSON, since they may hold blanks.
  fileprivate var plain: String {
    switch self {
    case .none: ""
    case .number(let number): String(number)
    case .text(let text): text
    case .truth(let value): value ? "true" : "false"
    case .time(let time): time.rfc3339
    case .names: String(decoding: json.serialized, as: UTF8.self)
    }
  }

  /// The value for people.
  fileprivate func shown(from now: UnixTime) -> String {
    switch self {
    case .none: "-"
    case .number(let number): String(number)
    case .text(let text): text.shortened
    case .truth(let value): value ? "yes" : "no"
    case .time(let time): "\(time.shown) (\(time.shown(from: now)))"
    case .names(let names): names.joined(separator: " ").shortened
    }
  }
}
