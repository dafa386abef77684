// An entry of the log as XRANGE shows it: an id, and names and values in order.

import RESP

/// An event as a client sees it.
struct LedgerEntry {
  let id: String
  /// Names and values, one after the other.
  let fields: [String]
  let shown: String

  /// Reads an entry; nil where the reply is none.
  init?(_ reply: Reply) {
    guard case .array(let parts) = reply, parts.count == 2, let id = parts[0].words,
      case .array(let values) = parts[1]
    else { return nil }
    self.id = id
    fields = values.compactMap(\.words)
    shown = reply.shown
  }

  /// The value of a field.
  subscript(name: String) -> String? {
    for index in stride(from: 0, to: fields.count - 1, by: 2) where fields[index] == name {
      return fields[index + 1]
    }
    return nil
  }

  func number(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }
}
