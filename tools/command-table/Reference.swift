// Writes the command reference inside schema/protocol.md, between the two marker comments; the
// rest of that file is written by hand and kept as it is.
// A pure function of the schema and the page, so regenerating twice gives the same bytes.

/// The generated chapter of the protocol's description.
struct Reference {
  static let opening = "<!-- commands: generated from commands.json by tools/command-table -->"
  static let closing = "<!-- end of the generated commands -->"
  private static let columns = 98

  let file: CommandFile

  /// The document with its chapter replaced; nil if it does not have each marker once, in order.
  func inserted(into document: String) -> String? {
    let head = document.components(around: Self.opening)
    guard let (before, rest) = head, let (_, after) = rest.components(around: Self.closing),
      !after.contains(Self.opening), !after.contains(Self.closing)
    else { return nil }
    return before + Self.opening + "\n\n" + chapter + "\n" + Self.closing + after
  }

  private var chapter: String {
    let groups = Group.allCases.map { group in
      file.commands.filter { $0.group == group }.map { entry($0, under: nil) }.joined()
    }
    return (["### Shared arguments\n\n```\n\(sharedLines)```\n\n"] + groups).joined()
  }
}

// MARK: - Entries

extension Reference {
  private func entry(_ command: Command, under container: Command?) -> String {
    guard command.subcommands.isEmpty else {
      let own = command.arity == -1 ? entry(command, name: command.name) : ""
      return own + command.subcommands.map { entry($0, under: command) }.joined()
    }
    return entry(command, name: container.map { "\($0.name) \(command.name)" } ?? command.name)
  }

  private func entry(_ command: Command, name: String) -> String {
    let usage = wrapped([name] + command.elements.map(usage), indent: "    ")
    let facts = "Role \(command.role.rawValue). Since \(command.since). \(command.complexity)"
    let errors = command.errors.map { "`\($0.rawValue)`" }.joined(separator: " ")
    let lines = [command.summary, facts] + replies(command.reply) + ["Errors: \(errors)"]
    let items = lines.map { "- " + wrapped($0.words, indent: "  ") }
    return "### \(name)\n\n```\n\(usage)\n```\n\n" + items.joined(separator: "\n") + "\n\n"
  }

  private func replies(_ reply: Reply) -> [String] {
    switch reply {
    case .same(let words): ["Reply: \(words)"]
    case .different(let resp2, let resp3): ["Reply, RESP2: \(resp2)", "Reply, RESP3: \(resp3)"]
    }
  }

  private var sharedLines: String {
    file.fragments.filter { !isSimple($0.elements) }.map { fragment in
      let title = "<\(fragment.name)>"
      let lines = fragment.elements.map(usage)
      return lines.enumerated().map { place, line in
        (place == 0 ? title : "").padded(to: 10) + line + "\n"
      }.joined()
    }.joined()
  }
}

// MARK: - Usage

extension Reference {
  /// Whether the list is short enough to be shown wherever it is used.
  private func isSimple(_ elements: [Element]) -> Bool {
    guard elements.count == 1, case .argument(let argument) = elements[0] else { return false }
    return argument.elements.isEmpty
  }

  private func usage(_ element: Element) -> String {
    switch element {
    case .argument(let argument): return usage(argument)
    case .use(let name, let flags, _):
      let elements = file.elements(of: name)
      guard !isSimple(elements) else { return bracketed(usage(elements[0]), flags) }
      let isOptional = flags.contains(.optional) || file.words(elements).least == 0
      let shown = flags.contains(.optional) && elements.count > 1 ? "<\(name)> …" : "<\(name)>"
      return isOptional ? "[\(shown)]" : shown
    }
  }

  private func usage(_ argument: Argument) -> String {
    let value = value(argument)
    let words = [argument.token, value.isEmpty ? nil : value].compactMap(\.self)
    return bracketed(words.joined(separator: " "), argument.flags)
  }

  private func value(_ argument: Argument) -> String {
    switch argument.kind {
    case .pureToken: ""
    case .block: argument.elements.map(usage).joined(separator: " ")
    case .oneOf: argument.elements.map(usage).joined(separator: " | ").parenthesized(argument)
    default: argument.name
    }
  }

  private func bracketed(_ text: String, _ flags: [Flag]) -> String {
    let repeated = flags.contains(.multiple) ? "\(text) …" : text
    return flags.contains(.optional) ? "[\(repeated)]" : repeated
  }

  private func wrapped(_ words: [String], indent: String) -> String {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + 1 + word.count <= Self.columns {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append((lines.isEmpty ? "" : indent) + word)
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// What stands before and after the first occurrence of the marker.
  fileprivate func components(around marker: String) -> (before: String, after: String)? {
    firstRange(of: marker).map { (String(self[..<$0.lowerBound]), String(self[$0.upperBound...])) }
  }

  fileprivate var words: [String] { split(separator: " ").map(String.init) }

  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, count - self.count))
  }

  /// The choices in parentheses, unless there is one or brackets stand around them already.
  fileprivate func parenthesized(_ argument: Argument) -> String {
    let isAlone = !contains(" | ") || (argument.flags == [.optional] && argument.token == nil)
    return isAlone ? self : "(\(self))"
  }
}
