// The rules that look at a text line by line: columns, tabs, white space at line ends.
// They hold for every text of the repository, not only for Swift; fixtures are recorded from
// outside and exempt.

extension Rule {
  static let columnLimit = 100

  /// No line is longer than the limit, counted in code points.
  ///
  /// Exempt: generated files, Markdown tables, and Markdown lines with an address in them.
  static let columns = Rule(name: "columns") { file in
    guard !file.isGenerated else { return [] }
    return lineBreaches(in: file) { line in
      let count = line.unicodeScalars.count
      guard count > columnLimit, !(file.kind == "md" && mayBeLong(line)) else { return nil }
      return "\(count) columns, at most \(columnLimit)"
    }
  }

  /// Tabs look different everywhere.
  static let tabs = Rule(name: "tab") { file in
    lineBreaches(in: file) { $0.contains("\t") ? "a tab; use spaces" : nil }
  }

  /// White space at the end of a line is change without content.
  static let trailingSpace = Rule(name: "trailing-space") { file in
    lineBreaches(in: file) { $0.last?.isWhitespace == true ? "white space at the end" : nil }
  }

  private static func mayBeLong(_ line: Substring) -> Bool {
    line.drop { $0 == " " }.hasPrefix("|") || line.contains("://")
  }

  private static func lineBreaches(
    in file: SourceText, _ message: (Substring) -> String?
  ) -> [Breach] {
    guard !file.isFixture else { return [] }
    return file.lines.enumerated().compactMap { index, line in
      message(line).map { Breach(line: index + 1, message: $0) }
    }
  }
}
