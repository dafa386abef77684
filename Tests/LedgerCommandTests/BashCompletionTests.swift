import Foundation
import Testing

@testable import LedgerCommand

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
struct BashCompletionTests {
  @Test(arguments: [
    (["tokenledger", "im"], ["import"]),
    (["tokenledger", "--ver"], ["--version"]),
    (["tokenledger", "query", "--ex"], ["--exactly", "--exists", "--expired"]),
    (["tokenledger", "query", "--type", "corp"], ["corporation"]),
    (
      ["tokenledger", "history", "--type", "re"],
      ["recovered", "refreshFailed", "refreshStarted", "refreshed", "restored", "revoked"]
    ),
    (["tokenledger", "audit", "ref"], ["refreshes-by-actor"]),
    (["tokenledger", "completion", ""], ["--help", "--version", "bash"]),
    (["tokenledger", "history", "--with"], []),
  ])
  func `bash completes what the table of subcommands has`(
    _ words: [String], _ expected: [String]
  ) throws {
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    let script = """
      eval "$1"
      COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1)
      _tokenledger
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    #expect(try bash(script, BashCompletion.script) == expected)
  }

  /// The lines that a script writes, in order.
  private func bash(_ script: String, _ argument: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script, "bash", argument]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
  }
}
