// A piece of text with a made-up path, and where in it a rule should find something.

@testable import tidy

/// One row of a rule's table of cases.
struct Snippet: CustomStringConvertible, Sendable {
  let path: String
  let text: String
  let lines: [Int]

  init(_ path: String, _ text: String, finds lines: [Int]) {
    self.path = path
    self.text = text
    self.lines = lines
  }

  var description: String { "\(path): \(text.prefix(60))" }

  /// The lines on which the rule does find something.
  func found(by rule: Rule) -> [Int] {
    rule.findings(in: SourceText(path: path, text: text)).map(\.line)
  }
}
