// The rules about paths, imports and the manifest, each over a small repository made up here.

import Testing

@testable import tidy

@Suite struct TreeRuleTests {
  private static let manifest = """
    let package = Package(
      targets: [
        .target(name: "Bytes", dependencies: ["CBytes"]),
        .target(name: "TokenLedger", dependencies: ["Bytes"], swiftSettings: source),
        .target(name: "HTTP"),
        .executableTarget(
          name: "fake-sso", dependencies: [
            "Bytes",
          ], path: "tools/fake-sso"),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        tests("Bytes", ["TokenLedger"]),
        .testTarget(name: "OtherTests", dependencies: ["fake-sso"]),
      ])
    func tests(_ module: String) -> Target { .testTarget(name: module + "Tests") }
    """

  private func paths(_ rule: TreeRule, _ paths: [String]) -> [String] {
    let files = paths.map { SourceText(path: $0, text: "") }
    let repository = Repository(paths: paths, files: files, manifest: Self.manifest)
    return rule.findings(repository).map(\.path)
  }

  @Test func `the top holds the agreed entries and nothing built`() {
    let good = ["Package.swift", "README.md", ".ci/run", ".gitignore", "schema/a.md"]
    let bad = ["Package.resolved", ".build/a", "docs/a.md", "notes.txt"]
    #expect(paths(.places, good + bad) == bad)
  }

  @Test func `every folder holds its kinds of file`() {
    let good = [
      "Sources/A/a.swift", "Sources/A/include/module.modulemap", "tools/a/a.py", "schema/a.json",
      "Tests/Fixtures/a-v1/a.bin", ".ci/run", "tools/a/run", "tools/a/seeds/b.seed",
    ]
    let bad = [
      "Sources/A/a.md", "Sources/A/run", "schema/a.yaml", "tools/a/Makefile", "Tests/a.orig",
    ]
    #expect(paths(.kinds, good + bad) == bad)
  }

  @Test func `fixtures lie in a folder with a version`() {
    let good = ["Tests/Fixtures/oracle-v1/a.json", "Tests/Fixtures/log-v2/deep/a"]
    let bad = ["Tests/Fixtures/a.json", "Tests/Fixtures/log/a"]
    #expect(paths(.fixtures, good + bad) == bad)
  }

  @Test func `every source file belongs to a target`() {
    let good = ["Sources/Bytes/a.swift", "tools/fake-sso/b.swift", "Tests/BytesTests/c.swift"]
    let bad = ["Sources/Bits/a.swift", "tools/lost.swift", "Sources/Byte/a.c"]
    #expect(paths(.membership, good + ["Package.swift", "schema/a.json"] + bad) == bad)
  }

  @Test func `the manifest is read as it is written`() {
    let targets = Manifest(Self.manifest).targets
    let expected = [
      Target(name: "Bytes", folder: "Sources/Bytes", dependencies: ["CBytes"]),
      Target(name: "TokenLedger", folder: "Sources/TokenLedger", dependencies: ["Bytes"]),
      Target(name: "HTTP", folder: "Sources/HTTP", dependencies: []),
      Target(name: "fake-sso", folder: "tools/fake-sso", dependencies: ["Bytes"]),
      Target(name: "TestSupport", folder: "Tests/TestSupport", dependencies: []),
      Target(name: "OtherTests", folder: "Tests/OtherTests", dependencies: ["fake-sso"]),
      Target(
        name: "BytesTests", folder: "Tests/BytesTests",
        dependencies: ["Bytes", "TestSupport", "TokenLedger"]),
    ]
    #expect(targets == expected)
  }

  @Test(arguments: [
    Snippet("Sources/Bytes/a.swift", "import CBytes\nimport Glibc\n", finds: []),
    Snippet("Sources/Bytes/a.swift", "import Foundation\nimport TokenLedger\n", finds: [1, 2]),
    Snippet("Sources/TokenLedger/a.swift", "internal import Bytes\nimport Glibc\n", finds: [2]),
    Snippet("Sources/TokenLedger/a.swift", "// import A\nlet a = \"import A\"\n", finds: []),
    Snippet("Sources/HTTP/a.swift", "public import FoundationNetworking\n", finds: []),
    Snippet("tools/fake-sso/a.swift", "import Foundation\nimport struct Bytes.A\n", finds: []),
    Snippet("tools/fake-sso/a.swift", "import Testing\n", finds: [1]),
    Snippet("Tests/OtherTests/a.swift", "@testable import fake_sso\nimport Testing\n", finds: []),
    Snippet("Tests/OtherTests/a.swift", "@testable import Bytes\nx.import(A)\n", finds: [1]),
  ])
  func `files import what their target may`(snippet: Snippet) {
    let file = SourceText(path: snippet.path, text: snippet.text)
    let repository = Repository(paths: [], files: [file], manifest: Self.manifest)
    #expect(TreeRule.imports.findings(repository).map(\.line) == snippet.lines)
  }

  @Test(arguments: [
    (manifest, 0),
    ("dependencies: [\n.package(url: \"x\")]", 1),
    (".target(name: \"ledger\"), .target(name: \"Ledger\")", 1),
    (".target(name: \"TokenLedger\", dependencies: [\"Bytes\", \"LinuxIO\"])", 1),
  ])
  func `the manifest keeps its promises`(text: String, findings: Int) {
    let repository = Repository(paths: [], files: [], manifest: text)
    #expect(TreeRule.manifest.findings(repository).count == findings)
  }
}
