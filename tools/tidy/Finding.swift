// What a rule reports, and what a rule is: a name and a pure function over one file or over the
// whole repository. The rules stand in files of their own; `Rule.all` and `TreeRule.all` list them,
// and a rule that is in neither list is never run.

/// One breach of a rule, as one line of output.
struct Finding: Equatable, CustomStringConvertible, Sendable {
  let path: String
  /// Counts from 1, as editors do; 0 for a finding about the file as a whole.
  let line: Int
  let rule: String
  let message: String

  var description: String { "\(path):\(line): \(rule): \(message)" }
}

/// The place and the words of a breach inside one file.
struct Breach: Sendable {
  /// Counts from 1.
  let line: Int
  let message: String
}

/// A rule about single files.
struct Rule: Sendable {
  let name: String
  let breaches: @Sendable (SourceText) -> [Breach]

  /// The breaches in the file, with its path and the rule's name.
  func findings(in file: SourceText) -> [Finding] {
    breaches(file).map {
      Finding(path: file.path, line: $0.line, rule: name, message: $0.message)
    }
  }

  static let all: [Rule] = [
    .columns, .tabs, .trailingSpace, .header, .functionLength, .fileLength, .typeNames,
    .openEnds, .calls,
  ]
}

/// A rule about the repository as a whole.
struct TreeRule: Sendable {
  let name: String
  let findings: @Sendable (Repository) -> [Finding]

  static let all: [TreeRule] = [
    .places, .kinds, .fixtures, .membership, .imports, .manifest, .longFiles,
  ]
}
