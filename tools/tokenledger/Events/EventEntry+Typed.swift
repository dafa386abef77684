// The values of an event with their types: numbers as numbers, scopes as a list of names. On the
// wire all of them are text. What this program does not know stays the text that it is, so a newer
// daemon's field is shown rather than lost.
// Schema: schema/events.md sections 6 and 7.

extension EventEntry.Field {
  /// The value as JSON, typed by its name.
  var typed: JSONValue {
    switch name {
    case "scopes": .list(scopeNames.map(JSONValue.text))
    case "unverified": .boolean(value == "1")
    case _ where EventEntry.Field.numbers.contains(name): number ?? .string(value)
    default: .string(value)
    }
  }

  private var number: JSONValue? {
    Int64(value).map(JSONValue.integer) ?? UInt64(value).map(JSONValue.unsigned)
  }

  /// The names of a list of scopes, with the percent-encoding undone.
  fileprivate var scopeNames: [[UInt8]] {
    value.utf8.split(separator: UInt8(ascii: " ")).map { decodePercents(Array($0)) }
  }

  /// The fields that hold a number.
  private static let numbers: Set = [
    "token", "previous", "cause", "character_id", "created_us", "sso_version", "lease_end_us",
    "attempt", "fence", "retry_after_ms", "format_version", "offset", "bytes_cut", "first", "last",
    "bytes_before", "bytes_after", "grace_ms",
  ]
}

/// The bytes that a percent-encoded name stands for; a `%` without two digits stands for itself.
private func decodePercents(_ name: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = []
  var index = 0
  while index < name.count {
    let digits = name[index...].dropFirst().prefix(2)
    if name[index] == UInt8(ascii: "%"), digits.count == 2,
      digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
      let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    {
      bytes.append(byte)
      index += 3
    } else {
      bytes.append(name[index])
      index += 1
    }
  }
  return bytes
}

extension EventEntry {
  /// The names of the scopes that the event tells of.
  var scopeNames: [String] {
    let names = fields.first { $0.name == "scopes" }?.scopeNames ?? []
    return names.map { String(decoding: $0, as: UTF8.self) }
  }
}
