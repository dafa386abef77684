// The rules about the tree: what stands at the top, which kinds of file live in which folder, and
// that no source file is outside every target, where nothing would compile it.
// They look at paths only; a new kind of file is agreed on by adding it here.

extension TreeRule {
  /// What may stand at the top besides dot files.
  static let topEntries: Set<String> = [
    "Package.swift", "README.md", "Sources", "Tests", "benchmarks", "schema", "tools",
  ]

  /// The kinds of file that each folder may hold.
  static let kindsByFolder: [String: Set<String>] = [
    "Sources": ["swift", "c", "h", "modulemap"],
    "Tests": ["swift", "py", "sh", "md", "json"],
    "benchmarks": ["swift", "c", "h", "py", "sh", "lua", "md", "json"],
    "schema": ["md", "json"],
    "tools": ["swift", "c", "h", "py", "sh", "md", "service", "socket", "seed"],
  ]

  /// The top holds the agreed entries, and nothing that is made by a build.
  static let places = TreeRule(name: "place") { repository in
    repository.paths.compactMap { path in
      let top = String(path.prefix { $0 != "/" })
      if path == "Package.resolved" || top == ".build" {
        return Finding(path: path, line: 0, rule: "place", message: "made by a build; not tracked")
      }
      guard !topEntries.contains(top), !top.hasPrefix(".") else { return nil }
      return Finding(path: path, line: 0, rule: "place", message: "\(top) is no entry of the top")
    }
  }

  /// Every file is of a kind that its folder holds; a tool's script may be called just `run`.
  static let kinds = TreeRule(name: "kind") { repository in
    repository.paths.compactMap { path in
      let top = String(path.prefix { $0 != "/" })
      guard let kinds = kindsByFolder[top], !path.hasPrefix("Tests/Fixtures/"),
        !kinds.contains(path.hasSuffix("/run") ? "sh" : path.fileKind)
      else { return nil }
      return Finding(
        path: path, line: 0, rule: "kind", message: "\(top) holds no such file: \(path.fileKind)")
    }
  }

  /// Fixtures lie in a folder that says their format and its version.
  static let fixtures = TreeRule(name: "fixture") { repository in
    repository.paths.compactMap { path in
      guard path.hasPrefix("Tests/Fixtures/") else { return nil }
      let folder = path.split(separator: "/").dropFirst(2).dropLast().first ?? ""
      guard folder.wholeMatch(of: /[a-z0-9-]+-v[0-9]+/) == nil else { return nil }
      return Finding(
        path: path, line: 0, rule: "fixture", message: "not in a folder <format>-v<number>")
    }
  }

  /// Every Swift and C file belongs to a target.
  static let membership = TreeRule(name: "membership") { repository in
    repository.files.compactMap { file in
      guard ["swift", "c", "h"].contains(file.kind), file.path != "Package.swift",
        !file.path.hasPrefix("."), repository.manifest.target(of: file.path) == nil
      else { return nil }
      return Finding(path: file.path, line: 0, rule: "membership", message: "is in no target")
    }
  }
}
