// What Package.swift says about targets, read from its text: names, folders, dependencies. Only
// the forms that our manifest uses are understood: targets written out, and the `tests` function.
// Asking SwiftPM itself would take seconds, and could not be done inside a test.

/// One target of the manifest.
struct Target: Equatable, Sendable {
  let name: String
  /// From the repository's root, without a slash at the end.
  let folder: String
  let dependencies: [String]

  /// The name in `import` lines.
  var module: String { name.replacing("-", with: "_") }
}

/// The manifest's targets.
struct Manifest: Sendable {
  let targets: [Target]

  init(_ text: String) {
    let calls = text.matches(of: /\.(target|executableTarget|testTarget)\(\s*name:\s*"([^"]+)"/)
    let written = calls.map { call in
      let arguments = Self.arguments(of: text[call.range.upperBound...])
      return Self.target(String(call.2), isTest: call.1 == "testTarget", arguments)
    }
    let tests = text.matches(of: /\btests\(\s*"([^"]+)"/).map { call in
      let others = Self.strings(in: Self.arguments(of: text[call.range.upperBound...]))
      let name = "\(call.1)Tests"
      return Target(
        name: name, folder: "Tests/\(name)",
        dependencies: ["\(call.1)", "TestSupport"] + others)
    }
    targets = written + tests
  }

  /// The target whose folder the file is in; the innermost, if several are.
  func target(of path: String) -> Target? {
    targets.filter { path.hasPrefix($0.folder + "/") }.max { $0.folder.count < $1.folder.count }
  }

  private static func target(_ name: String, isTest: Bool, _ arguments: Substring) -> Target {
    let folder = arguments.firstMatch(of: /path:\s*"([^"]+)"/).map { String($0.1) }
    let list = arguments.firstMatch(of: /dependencies:\s*\[([^\]]*)\]/)?.1 ?? ""
    return Target(
      name: name, folder: folder ?? "\(isTest ? "Tests" : "Sources")/\(name)",
      dependencies: strings(in: list))
  }

  /// The text up to the parenthesis that closes a call whose opening one lies before it.
  private static func arguments(of text: Substring) -> Substring {
    var depth = 1
    return text.prefix { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return depth > 0
    }
  }

  private static func strings(in text: Substring) -> [String] {
    text.matches(of: /"([^"]*)"/).map { String($0.1) }
  }
}
