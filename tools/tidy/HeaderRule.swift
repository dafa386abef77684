// The rule about the first lines of a source file: what it is for, its invariant, who owns it.
// Only the form can be checked here; whether the words are worth reading is for the reviewer.
// Tests need none: the names of their cases say what they are for.

extension Rule {
  static let headerLines = 3...8

  /// A source file outside the tests begins with a comment of three to eight lines, no banner.
  static let header = Rule(name: "header") { file in
    guard ["Sources", "tools", "benchmarks"].contains(file.top) else { return [] }
    guard ["swift", "c", "h"].contains(file.kind) else { return [] }
    let header = file.lines.prefix { $0.hasPrefix("//") && !$0.hasPrefix("///") }
    guard headerLines.contains(header.count) else {
      let message = "begins with \(header.count) comment lines, not 3 to 8"
      return [Breach(line: 1, message: message)]
    }
    return header.enumerated().compactMap { index, line in
      isBanner(line, of: file) ? Breach(line: index + 1, message: "a banner") : nil
    }
  }

  /// A ruler, the file's own name, or an author's line.
  private static func isBanner(_ line: Substring, of file: SourceText) -> Bool {
    let words = line.dropFirst(2).drop { $0 == " " }
    let isRuler = words.count > 3 && !words.contains { $0.isLetter }
    let name = file.path.split(separator: "/").last ?? ""
    return isRuler || words == name || words.hasPrefix("Created by ") || words.hasPrefix("===")
  }
}
