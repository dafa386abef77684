// How a `scopes` argument becomes scope names, exactly as django-esi and Python's str.split do it:
// Tests/Fixtures/oracle-v1/FORMAT.md, "Scope arguments".
// Invariant: names are compared by bytes; beyond the split nothing is folded or trimmed.
// Cost: one look at each byte; the splitting itself allocates nothing.

import Bytes

/// Scope names as they are asked for: one text to be split, or a list taken as it is.
public enum ScopeArgument: Sendable {
  /// One text, split at Python's white space; empty pieces vanish.
  case text(Text)
  /// Names that are neither split nor trimmed.
  case names([Text])

  /// The argument for a list as Python callers give it: a list of one text is that text.
  public init(list: [Text]) {
    self = list.count == 1 ? .text(list[0]) : .names(list)
  }

  /// The names, in the order given, repeats included.
  public var names: [Text] {
    switch self {
    case .names(let names): return names
    case .text(let text):
      let bytes = text.utf8.span
      var names: [Text] = []
      var position = 0
      while let range = ScopeArgument.nextName(in: bytes, from: &position) {
        guard let name = Text(bytes.extracting(range))
        else { preconditionFailure("white space is whole characters") }
        names.append(name)
      }
      return names
    }
  }

  /// The next piece of `text` between white space, or nil at the end.
  ///
  /// The search starts at `position`, which moves behind the piece.
  ///
  /// - Complexity: O(bytes passed); nothing is allocated.
  public static func nextName(in text: Span<UInt8>, from position: inout Int) -> Range<Int>? {
    while position < text.count, case let width = whitespaceWidth(in: text, at: position), width > 0
    {
      position += width
    }
    let start = position
    position = endOfPlainWords(in: text, from: position)
    while position < text.count, whitespaceWidth(in: text, at: position) == 0 { position += 1 }
    return start == position ? nil : start..<position
  }

  /// Passes over as many whole words of eight printable ASCII bytes as there are: most scopes are
  /// little else.
  private static func endOfPlainWords(in text: Span<UInt8>, from start: Int) -> Int {
    let raw = unsafe text.bytes  // Safety: bytes have no padding.
    var position = start
    while position + 8 <= text.count {
      let word = raw.integer(UInt64.self, at: position)
      // The top bit of a byte: set in `word` above 0x7f, and in the difference up to 0x20.
      guard (word | word &- 0x2121_2121_2121_2121) & 0x8080_8080_8080_8080 == 0 else { break }
      position += 8
    }
    return position
  }

  /// How many bytes of white space start at `position`: 0 for none.
  ///
  /// The set of Python's `str.isspace`: U+0009–000D, U+001C–0020, U+0085, U+00A0, U+1680,
  /// U+2000–200A, U+2028, U+2029, U+202F, U+205F, U+3000. A continuation byte never matches a
  /// first byte, so that looking at every byte of valid UTF-8 finds whole characters only.
  private static func whitespaceWidth(in text: Span<UInt8>, at position: Int) -> Int {
    let first = text[position]
    if first < 0x80 {
      return (0x09...0x0d).contains(first) || (0x1c...0x20).contains(first) ? 1 : 0
    }
    guard first == 0xc2 || first == 0xe1 || first == 0xe2 || first == 0xe3 else { return 0 }
    guard position + 1 < text.count else { return 0 }
    let second = text[position + 1]
    if first == 0xc2 { return second == 0x85 || second == 0xa0 ? 2 : 0 }
    guard position + 2 < text.count else { return 0 }
    return isWideSpace(first, second, text[position + 2]) ? 3 : 0
  }

  private static func isWideSpace(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    switch (first, second) {
    case (0xe1, 0x9a): third == 0x80
    case (0xe2, 0x80):
      (0x80...0x8a).contains(third) || third == 0xa8 || third == 0xa9 || third == 0xaf
    case (0xe2, 0x81): third == 0x9f
    case (0xe3, 0x80): third == 0x80
    default: false
    }
  }
}
