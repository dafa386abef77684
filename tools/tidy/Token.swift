// The words and signs of a text's code. Rules look at tokens where a column or a line would
// mislead them: a call is a word and a parenthesis, wherever the line breaks.
// Finer than the language's own tokens: an operator of two signs is two of these.

/// A word (letters, digits, underscores) or one sign.
struct Token: Equatable, Sendable {
  let text: String
  /// Counts from 1.
  let line: Int
  /// Where it begins in the text, in bytes.
  let offset: Int

  /// Whether nothing, not even a space, stands between this token and the next.
  func touches(_ next: Token) -> Bool { offset + text.utf8.count == next.offset }

  /// The tokens of code or comments, in order.
  ///
  /// - Complexity: O(n) for n bytes.
  static func tokens(of bytes: [UInt8]) -> [Token] {
    var tokens: [Token] = []
    var line = 1
    var position = 0
    while position < bytes.count {
      let start = position
      position += 1
      switch bytes[start] {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default:
        if isWord(bytes[start]) {
          while position < bytes.count, isWord(bytes[position]) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(Token(text: text, line: line, offset: start))
      }
    }
    return tokens
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
