// Replies as short text, so that a test says in one line what it expects, and a failure says what
// came. The type of every value is shown: the two dialects differ in nothing else.

import RESP

extension Reply {
  /// `+simple`, `-ERR …`, `:1`, `$bulk`, `=verbatim`, `_`, `#t`, `[…]`, `{name: value}`, `~[…]`.
  var shown: String {
    switch self {
    case .simple(let text): "+" + Self.text(text)
    case .error(let text): "-" + Self.text(text)
    case .integer(let number): ":\(number)"
    case .bulk(let text): "$" + Self.text(text)
    case .array(let elements): "[" + Self.list(elements) + "]"
    case .null: "_"
    case .map(let pairs):
      "{" + pairs.map { "\($0.key.shown): \($0.value.shown)" }.joined(separator: ", ") + "}"
    case .set(let elements): "~[" + Self.list(elements) + "]"
    case .boolean(let value): value ? "#t" : "#f"
    case .double(let value): ",\(value)"
    case .bigNumber(let digits): "(" + Self.text(digits)
    case .verbatim(_, let text): "=" + Self.text(text)
    case .push(let elements): ">[" + Self.list(elements) + "]"
    }
  }

  private static func list(_ elements: [Reply]) -> String {
    elements.map(\.shown).joined(separator: ", ")
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension [UInt8] {
  /// The replies that the bytes are; nil when they are something else, or not whole.
  var replies: [Reply]? {
    var parser = ReplyParser()
    var replies: [Reply] = []
    var offset = 0
    while true {
      switch parser.next(span, at: &offset) {
      case .reply(let reply): replies.append(reply)
      case .needMore: return offset == count ? replies : nil
      case .failure: return nil
      }
    }
  }
}

/// A request in a line: words between single spaces; a word may be empty.
func words(_ line: String) -> [[UInt8]] {
  line.split(separator: " ", omittingEmptySubsequences: false).map { Array($0.utf8) }
}
