// Replies as people and programs read them.
// Cells are for tables, which make them harmless for a terminal; JSON escapes on its own.
// Pure: what is shown of a token was chosen by the ledger, which shows no secret.

import RESP

extension Reply {
  /// The reply as JSON; texts that are not UTF-8 are repaired.
  var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let number): .integer(number)
    case .boolean(let value): .boolean(value)
    case .array(let elements), .set(let elements), .push(let elements):
      .list(elements.map(\.json))
    case .map(let pairs): Reply.object(pairs)
    case .double(let number): .string(String(number))
    case .simple(let text), .bulk(let text), .bigNumber(let text), .verbatim(_, let text),
      .error(let text):
      .string(String(decoding: text, as: UTF8.self))
    }
  }

  /// The reply as the cell of a table; a list has its elements with blanks between them.
  var cell: String {
    switch self {
    case .null: "-"
    case .integer(let number): String(number)
    case .boolean(let value): value ? "yes" : "no"
    case .array(let elements), .set(let elements), .push(let elements):
      elements.map(\.cell).joined(separator: " ")
    case .map(let pairs): pairs.map { "\($0.key.cell)=\($0.value.cell)" }.joined(separator: " ")
    case .double(let number): String(number)
    case .simple(let text), .bulk(let text), .bigNumber(let text), .verbatim(_, let text),
      .error(let text):
      String(decoding: text, as: UTF8.self)
    }
  }

  /// Pairs as a JSON object.
  static func object(_ pairs: [Pair]) -> JSONValue {
    .object(pairs.map { JSONValue.Member(name: $0.key.cell, value: $0.value.json) })
  }

  /// A map, or the flat list that stands for it, as pairs.
  func requirePairs(of command: String) throws(EndpointError) -> [Pair] {
    guard let pairs else { throw .unexpectedReply(command: command) }
    return pairs
  }

  /// A list's elements.
  func requireElements(of command: String) throws(EndpointError) -> [Reply] {
    guard let elements else { throw .unexpectedReply(command: command) }
    return elements
  }

  /// An integer.
  func requireInteger(of command: String) throws(EndpointError) -> Int64 {
    guard let integer else { throw .unexpectedReply(command: command) }
    return integer
  }
}
