// Checks that the repository is as the house style says: form, length, names, calls, imports,
// places. Prints one line a finding, then a summary. The rules are the other files; `swift test
// --filter TidyTests` runs them too.
// Exit codes: 0 clean, 1 findings, 64 usage, 74 the repository cannot be read.

import Foundation

@main
enum Program {
  static func main() {
    let words = CommandLine.arguments.dropFirst()
    guard words.isEmpty || (words.count == 2 && words.first == "--root") else {
      end(64, "usage: tidy [--root DIR]")
    }
    do throws(RepositoryError) {
      report(on: try Repository(root: words.last ?? "."))
    } catch {
      switch error {
      case .noManifest: end(74, "no Package.swift here; run from the root, or with --root DIR")
      case .unreadable(let path): end(74, "\(path): cannot be read as UTF-8")
      }
    }
  }

  private static func report(on repository: Repository) -> Never {
    let findings = repository.findings()
    for finding in findings { print(finding) }
    print("tidy: \(repository.paths.count) files, \(findings.count) findings")
    exit(findings.isEmpty ? 0 : 1)
  }

  private static func end(_ code: Int32, _ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(code)
  }
}
