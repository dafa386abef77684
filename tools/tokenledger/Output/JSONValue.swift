// JSON as a value whose objects keep their order, and its text. Written here because Foundation's
// encoder sorts or shuffles names, and because texts are bytes that must come out code point for
// code point. Compact: no blanks, one line.

/// A JSON value.
indirect enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A number that may be above those of 64 bits with a sign.
  case unsigned(UInt64)
  /// UTF-8.
  case text([UInt8])
  case list([JSONValue])
  case object([Member])

  /// A name and its value.
  struct Member: Equatable, Sendable {
    let name: String
    let value: JSONValue
  }

  /// A text.
  static func string(_ text: String) -> JSONValue { .text(Array(text.utf8)) }

  /// An object with members in this order.
  static func members(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member(name: $0.key, value: $0.value) })
  }

  /// The text of the value.
  var serialized: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the text of the value.
  ///
  /// - Source: RFC 8259.
  func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .boolean(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let number): bytes += String(number).utf8
    case .unsigned(let number): bytes += String(number).utf8
    case .text(let text): JSONValue.append(text, to: &bytes)
    case .list(let values): JSONValue.append(values, "[", "]", &bytes) { $0.append(to: &$1) }
    case .object(let members):
      JSONValue.append(members, "{", "}", &bytes) { member, bytes in
        JSONValue.append(Array(member.name.utf8), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
    }
  }

  private static func append<Element>(
    _ elements: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ bytes: inout [UInt8],
    _ appendElement: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      appendElement(element, &bytes)
    }
    bytes.append(UInt8(ascii: close))
  }

  /// Appends a text in quotes; quote, backslash and control characters are escaped.
  private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x00..<0x20, 0x7f:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
