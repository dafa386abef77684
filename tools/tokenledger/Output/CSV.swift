// Comma-separated values: RFC 4180, UTF-8, a line of names first.
// Names of characters, users and reasons come from outside, and spreadsheets take a cell that
// begins with = + - @ for a formula. Such a cell, and one that begins with an apostrophe, gets an
// apostrophe before it: taking one away gives the value back, always.

/// Lines of comma-separated values.
enum CSV {
  /// One line with its end.
  ///
  /// - Source: RFC 4180 section 2; OWASP, "CSV Injection".
  static func line(_ cells: [String]) -> String {
    cells.map { quoted(guarded($0)) }.joined(separator: ",") + "\r\n"
  }

  /// The text with an apostrophe before it where it could be taken for a formula.
  ///
  /// A number cannot.
  private static func guarded(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, Int64(text) == nil || first == "+" else {
      return text
    }
    return first.value < 0x20 || formulaStarts.contains(first) ? "'" + text : text
  }

  /// The full-width forms too: spreadsheets set to Japanese read them as the others.
  private static let formulaStarts: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "'", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}",
  ]

  private static func quoted(_ text: String) -> String {
    let isPlain = !text.utf8.contains { byte in
      [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains(byte)
    }
    guard !isPlain else { return text }
    let doubled = text.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }
}
