// Parts Swift text into code and comments, so that a rule about calls is not misled by a string
// and a rule about comments not by code. Both parts keep every line and column of the text; what
// belongs to the other part, and the inside of strings and raw identifiers, is blank.
// Code inside `\( )` is code. Not understood: regular expression literals holding a quote.

/// A Swift text, taken apart.
struct SwiftParts: Sendable {
  let code: [UInt8]
  let comments: [UInt8]

  /// Scans the text once, from its start to its end.
  ///
  /// - Complexity: O(n) for n bytes.
  init(_ text: String) {
    var scanner = SwiftScanner(text)
    while !scanner.isAtEnd { scanner.scanCode() }
    code = scanner.code
    comments = scanner.comments
  }
}

/// The state of one pass over a text.
struct SwiftScanner {
  private let bytes: [UInt8]
  private var position = 0
  private(set) var code: [UInt8]
  private(set) var comments: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
    code = bytes.map { $0 == Self.newline ? $0 : Self.space }
    comments = code
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Scans code up to the end of the text, or past the parenthesis that closes an interpolation.
  mutating func scanCode() {
    var depth = 0
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): scanLineComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): scanBlockComment()
      case UInt8(ascii: "`"): scanRawIdentifier()
      case Self.quote, Self.pound:
        if let pounds = poundsBeforeQuote() { scanString(pounds: pounds) } else { keep() }
      default:
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
        keep()
        if depth < 0 { return }
      }
    }
  }
}

// MARK: - Comments and raw identifiers

extension SwiftScanner {
  private mutating func scanLineComment() {
    while let byte = peek(), byte != Self.newline { keepComment() }
  }

  /// Block comments nest.
  private mutating func scanBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        keepComment(2)
      } else if starts(with: "*/") {
        depth -= 1
        keepComment(2)
      } else {
        keepComment()
      }
    } while depth > 0 && !isAtEnd
  }

  private mutating func scanRawIdentifier() {
    keep()
    while let byte = peek(), byte != UInt8(ascii: "`"), byte != Self.newline { position += 1 }
    keep()
  }
}

// MARK: - Strings

extension SwiftScanner {
  /// The number of `#` from here to a quote; nil if none follows them.
  private func poundsBeforeQuote() -> Int? {
    var pounds = 0
    while peek(pounds) == Self.pound { pounds += 1 }
    return peek(pounds) == Self.quote ? pounds : nil
  }

  /// Scans a string with its quotes; of its inside, only interpolated code is kept.
  private mutating func scanString(pounds: Int) {
    position += pounds
    let isMultiline = starts(with: "\"\"\"")
    let quotes = isMultiline ? 3 : 1
    for _ in 0..<quotes { keep() }
    while let byte = peek() {
      if byte == Self.newline && !isMultiline { return }
      if byte == UInt8(ascii: "\\"), poundsFollow(after: 1, pounds) {
        scanEscape(pounds: pounds)
      } else if stringEnds(quotes: quotes, pounds: pounds) {
        for _ in 0..<quotes { keep() }
        position += pounds
        return
      } else {
        position += 1
      }
    }
  }

  private mutating func scanEscape(pounds: Int) {
    position += 1 + pounds
    guard peek() == UInt8(ascii: "(") else {
      if peek() != Self.newline { position += 1 }
      return
    }
    keep()
    scanCode()
  }

  private func stringEnds(quotes: Int, pounds: Int) -> Bool {
    (0..<quotes).allSatisfy { peek($0) == Self.quote } && poundsFollow(after: quotes, pounds)
  }

  private func poundsFollow(after count: Int, _ pounds: Int) -> Bool {
    (0..<pounds).allSatisfy { peek(count + $0) == Self.pound }
  }
}

// MARK: - Bytes

extension SwiftScanner {
  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let quote = UInt8(ascii: "\"")
  private static let pound = UInt8(ascii: "#")

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private func starts(with text: StaticString) -> Bool {
    "\(text)".utf8.enumerated().allSatisfy { peek($0) == $1 }
  }

  private mutating func keep() {
    guard position < bytes.count else { return }
    code[position] = bytes[position]
    position += 1
  }

  private mutating func keepComment(_ count: Int = 1) {
    for _ in 0..<count where position < bytes.count {
      comments[position] = bytes[position]
      position += 1
    }
  }
}
