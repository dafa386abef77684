// Tokens for people. Without a choice of fields: who, what, since when and for how long, with times
// as a person reads them. With one: the fields as the ledger has them.
// Owner: the query; the clock is passed in, so that a table can be tested.

import RESP
import TokenLedger

/// A table of tokens.
struct TokenTable {
  private let fields: [TokenField]
  private let isStandard: Bool
  private let now: UnixTime
  private var table: Table

  /// The fields of the table that nobody chose.
  static let standardFields: [TokenField] = [
    .id, .characterID, .characterName, .user, .tokenType, .scopes, .createdMicroseconds,
    .expiresMicroseconds,
  ]

  /// A table of these fields without rows.
  init(_ fields: [TokenField], isStandard: Bool, now: UnixTime) {
    self.fields = fields
    self.isStandard = isStandard
    self.now = now
    table = Table(fields.map { Table.Column(isStandard ? $0.heading : $0.rawValue, $0.alignment) })
  }

  /// Adds a token by the values of the fields.
  mutating func add(_ values: [Reply]) {
    table.add(zip(fields, values).map(cell))
  }

  /// The lines of the table.
  var text: String { table.text }

  private func cell(_ field: TokenField, _ value: Reply) -> String {
    if field.isBoolean { return value.boolean.map { $0 ? "yes" : "no" } ?? value.cell }
    guard isStandard else { return value.cell }
    switch (field, value.integer.map(UnixTime.init(clampingMicroseconds:))) {
    case (.scopes, _): return String(value.elements?.count ?? 0)
    case (.createdMicroseconds, let time?): return time.shown
    case (.expiresMicroseconds, let time?): return time.shown(from: now)
    default: return value.cell
    }
  }
}

extension TokenField {
  fileprivate var heading: String {
    switch self {
    case .characterID: "character"
    case .characterName: "name"
    case .tokenType: "type"
    case .createdMicroseconds: "created"
    case .expiresMicroseconds: "expires"
    default: rawValue
    }
  }

  fileprivate var alignment: Table.Alignment {
    switch self {
    case .id, .characterID, .createdMicroseconds, .expiresMicroseconds, .ssoVersion, .version:
      .right
    default: .left
    }
  }
}
