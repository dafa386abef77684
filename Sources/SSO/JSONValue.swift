// JSON from a peer, as a value to look into. Numbers keep 64 bits where they are whole: character
// ids go beyond what a double holds.
//
// Invariant: nothing is coerced; a missing member, null and a value of another kind stay apart.
// Owner: whoever parsed it. The depth is bounded by the parser of Foundation.

internal import Foundation

/// A JSON value.
enum JSONValue: Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Reads JSON, or gives nil for anything that is none.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      return nil
    }
    self = value
  }

  /// The member of an object, or nil if there is none or this is no object.
  subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  /// The text, or nil for anything else.
  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The number without its fraction, clamped to 64 bits, or nil for anything else.
  var wholeNumber: Int64? {
    switch self {
    case .integer(let number): number
    case .number(let number) where number >= 0x1p63: .max
    case .number(let number) where number <= -0x1p63: .min
    case .number(let number): Int64(number)
    default: nil
    }
  }
}

extension JSONValue: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}
