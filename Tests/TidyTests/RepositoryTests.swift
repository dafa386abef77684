// The rules over this very repository, and what holds for all of them.

import Foundation
import Testing

@testable import tidy

@Suite struct RepositoryTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path

  @Test func `the repository keeps every rule`() throws {
    let findings = try Repository(root: Self.root).findings()
    #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test func `a folder without a manifest is refused`() {
    #expect(throws: RepositoryError.noManifest) { try Repository(root: "\(Self.root)/schema") }
  }

  @Test func `a finding is printed as path, line, rule and message`() {
    let finding = Finding(path: "a/b.swift", line: 7, rule: "tab", message: "a tab; use spaces")
    #expect(finding.description == "a/b.swift:7: tab: a tab; use spaces")
  }

  @Test func `findings come sorted by path and line`() {
    let files = [
      SourceText(path: "Tests/B.swift", text: "x \n\ny \n"),
      SourceText(path: "Tests/A.swift", text: "x \n"),
    ]
    let findings = Repository(paths: [], files: files, manifest: "").findings()
    let places = findings.filter { $0.rule == "trailing-space" }.map { "\($0.path):\($0.line)" }
    #expect(places == ["Tests/A.swift:1", "Tests/B.swift:1", "Tests/B.swift:3"])
  }

  @Test func `every rule has a name of its own`() {
    let names = Rule.all.map(\.name) + TreeRule.all.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
