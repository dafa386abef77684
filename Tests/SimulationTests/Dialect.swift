// Replies as short text, and how the two versions of the protocol differ in it.

import RESP

/// RESP2 or RESP3.
enum Dialect {
  case two, three

  func boolean(_ value: Bool) -> String {
    self == .two ? (value ? ":1" : ":0") : (value ? "#t" : "#f")
  }

  func map(_ pairs: [(String, String)]) -> String {
    switch self {
    case .two: list(pairs.flatMap { ["$\($0)", $1] })
    case .three: "{" + pairs.map { "$\($0): \($1)" }.joined(separator: ", ") + "}"
    }
  }
}

/// An array of what is shown already.
func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

extension Reply {
  /// `+simple`, `-error`, `:1`, `$bulk`, `_`, `#t`, `[…]`, `{name: value}`.
  var shown: String {
    switch self {
    case .simple(let text): "+" + Self.text(text)
    case .error(let text): "-" + Self.text(text)
    case .integer(let number): ":\(number)"
    case .bulk(let text): "$" + Self.text(text)
    case .array(let elements): list(elements.map(\.shown))
    case .null: "_"
    case .map(let pairs):
      "{" + pairs.map { "\($0.key.shown): \($0.value.shown)" }.joined(separator: ", ") + "}"
    case .boolean(let value): value ? "#t" : "#f"
    default: "?"
    }
  }

  /// The text of a bulk string, a simple string or an error.
  var words: String? {
    switch self {
    case .simple(let text), .error(let text), .bulk(let text): Self.text(text)
    default: nil
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
