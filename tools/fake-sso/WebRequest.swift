// What a client asks over HTTP/1.1, and the text forms in it: queries, forms, HTTP Basic.
// Only what an OAuth client sends: GET and POST, a body of a stated length. Texts may hold secrets,
// so nothing here is ever printed. RFC 9110, RFC 6749 §2.3.1, RFC 7617.

import CryptoPrimitives

/// A request that came whole.
struct WebRequest: Sendable {
  /// The methods that are understood.
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  let method: Method
  /// The path, not decoded, without a slash at its end.
  let path: String
  /// The query, after the question mark.
  let query: Form
  /// The header fields, by names in lower case; of two alike the last one counts.
  let headers: [String: String]
  let body: [UInt8]
  /// Whether the connection stays open for another request.
  let keepsAlive: Bool

  /// The body as a form, or nil if it is none.
  var form: Form? { Form(String(decoding: body, as: UTF8.self)) }

  /// The name of the client by HTTP Basic; nil without such a header, or where it cannot be read.
  ///
  /// Its password is not looked at: any client may have any.
  var basicName: String? {
    guard let value = headers["authorization"], value.lowercased().hasPrefix("basic ") else {
      return nil
    }
    let text = value.dropFirst(6).replacing("+", with: "-").replacing("/", with: "_")
    let unpadded = text.prefix { $0 != "=" }
    guard let bytes = Base64URL.decode(Array(unpadded.utf8).span),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return String(decoding: bytes[..<colon], as: UTF8.self)
  }
}

/// Names and values as in a query or in a form that was posted.
///
/// - Source: WHATWG URL, application/x-www-form-urlencoded.
struct Form: Sendable {
  private var values: [String: String] = [:]

  /// Reads `name=value&…`, or gives nil where a percent sign is not followed by two digits, or a
  /// name is given twice (RFC 6749 §3.1 forbids that).
  init?(_ text: some StringProtocol) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]),
        let value = Self.decoded(parts.count > 1 ? parts[1] : ""), values[name] == nil
      else { return nil }
      values[name] = value
    }
  }

  /// The value of a name, which may be empty, or nil if the name is not there.
  subscript(name: String) -> String? { values[name] }

  /// The names, in no order.
  var names: some Collection<String> { values.keys }

  private static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
          return nil
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
  }

  /// A text as it stands in a query: all but letters, digits and `-._~` as percent signs.
  static func encoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { encoded, byte in
      let character = Character(UnicodeScalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        encoded.append(character)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
  }
}
