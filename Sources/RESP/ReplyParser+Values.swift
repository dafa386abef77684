// What the text of an element means, by its type.
//
// Numbers are read as strictly as we write them. Pure functions; the caller owns the bytes.

import Bytes

extension ReplyParser {
  /// The value that the text of an element stands for.
  static func value(of text: Span<UInt8>, type: WireType) throws(ProtocolError) -> Reply {
    switch type {
    case .simple: return .simple(Array(copying: text))
    case .error, .bulkError: return .error(Array(copying: text))
    case .bulk: return .bulk(Array(copying: text))
    case .integer: return .integer(try integer(text))
    case .boolean: return .boolean(try boolean(text))
    case .double: return .double(try double(text))
    case .bigNumber: return .bigNumber(try bigNumber(text))
    case .verbatim: return try verbatim(text)
    case .null where text.isEmpty: return .null
    case .null, .array, .map, .set, .push, .attribute: throw .invalidValue
    }
  }

  private static func integer(_ text: Span<UInt8>) throws(ProtocolError) -> Int64 {
    guard let number = parseInteger(text) else { throw .invalidValue }
    return number
  }

  private static func boolean(_ text: Span<UInt8>) throws(ProtocolError) -> Bool {
    guard text.count == 1 else { throw .invalidValue }
    switch text[0] {
    case UInt8(ascii: "t"): return true
    case UInt8(ascii: "f"): return false
    default: throw .invalidValue
    }
  }

  /// Reads `inf`, `-inf`, `nan`, or a decimal number with an optional fraction and exponent.
  private static func double(_ text: Span<UInt8>) throws(ProtocolError) -> Double {
    let literal = String(decoding: Array(copying: text), as: UTF8.self)
    let isNamed = literal == "inf" || literal == "-inf" || literal == "nan"
    let isDecimal = literal.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isNamed || isDecimal, let value = Double(literal) else { throw .invalidValue }
    return value
  }

  /// Checks that the text is a sign, if any, and digits.
  private static func bigNumber(_ text: Span<UInt8>) throws(ProtocolError) -> [UInt8] {
    let number = Array(copying: text)
    let isSigned = number.first == ASCII.minus || number.first == UInt8(ascii: "+")
    let digits = number.dropFirst(isSigned ? 1 : 0)
    guard !digits.isEmpty, digits.allSatisfy({ $0 &- ASCII.zero < 10 }) else {
      throw .invalidValue
    }
    return number
  }

  /// Splits `txt:…` into the format and the text.
  private static func verbatim(_ text: Span<UInt8>) throws(ProtocolError) -> Reply {
    guard text.count >= 4, text[3] == ASCII.colon else { throw .invalidValue }
    return .verbatim(
      format: Array(copying: text.extracting(0..<3)),
      text: Array(copying: text.extracting(4..<text.count)))
  }
}
