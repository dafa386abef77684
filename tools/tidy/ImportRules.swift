// The rules about who may lean on whom. Package.swift lists each module's dependencies; a file
// imports those and the platform, nothing it happens to see through another module. Foundation
// and Dispatch stop at the network modules and the tools, so that the daemon never links them.

extension TreeRule {
  /// Modules of the toolchain that any target but a pure one may import.
  static let platform: Set<String> = ["Glibc", "Synchronization"]
  /// Modules that only some targets may import.
  static let foundation: Set<String> = [
    "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML",
  ]
  /// The targets in Sources that speak to the network.
  static let foundationTargets: Set<String> = ["HTTP", "SSO", "ESI", "tokenledger-refresher"]
  /// Targets that may import nothing but the named ones: no file, clock or socket is in reach.
  static let pure: [String: Set<String>] = ["TokenLedger": ["Bytes"]]

  /// Every import is a dependency that the manifest lists, or an allowed part of the toolchain.
  static let imports = TreeRule(name: "import") { repository in
    repository.files.filter(\.isSwift).flatMap { file -> [Finding] in
      guard let target = repository.manifest.target(of: file.path) else { return [] }
      return importedModules(file.tokens).filter { !mayImport(target, $0.text) }.map { module in
        let message = "\(target.name) may not import \(module.text)"
        return Finding(path: file.path, line: module.line, rule: "import", message: message)
      }
    }
  }

  /// The manifest has no outside dependency, no two names alike, and keeps pure targets pure.
  static let manifest = TreeRule(name: "manifest") { repository in
    let manifest = repository.manifest
    let tokens = repository.manifestText.tokens
    let packages = zip(tokens, tokens.dropFirst()).filter { $0.text == "." && $1.text == "package" }
      .map { ($0.0.line, "a package dependency; the toolchain is all there is") }
    let alike = Dictionary(grouping: manifest.targets) { $0.name.lowercased() }.values
      .filter { $0.count > 1 }.map { (0, "\($0[1].name): two targets differ only in case") }
    let impure = manifest.targets.filter { target in
      pure[target.name].map { !Set(target.dependencies).isSubset(of: $0) } ?? false
    }.map { (0, "\($0.name) is pure, but has more dependencies") }
    return (packages + alike.sorted { $0.1 < $1.1 } + impure).map { line, message in
      Finding(path: "Package.swift", line: line, rule: "manifest", message: message)
    }
  }

  private static func mayImport(_ target: Target, _ module: String) -> Bool {
    let listed = target.dependencies.map { $0.replacing("-", with: "_") }
    if listed.contains(module) || module == target.module { return true }
    if pure[target.name] != nil { return false }
    if platform.contains(module) { return true }
    let isTest = target.folder.hasPrefix("Tests/")
    if module == "Testing" { return isTest }
    guard foundation.contains(module) else { return false }
    return !target.folder.hasPrefix("Sources/") || foundationTargets.contains(target.name)
  }

  /// The module names of the import declarations.
  static func importedModules(_ tokens: [Token]) -> [Token] {
    tokens.indices.compactMap { index in
      guard tokens[index].text == "import", begins(index, tokens) else { return nil }
      let rest = tokens.dropFirst(index + 1).prefix(2).filter { $0.line == tokens[index].line }
      return rest.first { !importKinds.contains($0.text) }
    }
  }

  private static let importKinds: Set<String> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "var", "let",
  ]

  /// Whether only attributes and access words stand before the token on its line.
  private static func begins(_ index: Int, _ tokens: [Token]) -> Bool {
    let allowed: Set<String> = [
      "@", "testable", "preconcurrency", "public", "package", "internal", "fileprivate", "private",
    ]
    return tokens[..<index].reversed().prefix { $0.line == tokens[index].line }
      .allSatisfy { allowed.contains($0.text) }
  }
}
