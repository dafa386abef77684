// restore on real directories: what was deleted comes back, and nothing else is touched.

import Foundation
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct RestoreCommandTests {
  private static let start = UnixTime(clampingMicroseconds: 1_795_435_200_000_000)

  /// Runs lines on the ledger of a directory, with the clock at so many seconds after the start.
  private func run(_ words: [String], in directory: String, at seconds: Int64) -> Outcome {
    let now = UnixTime(clampingMicroseconds: Self.start.microseconds + seconds * 1_000_000)
    let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
    let surroundings = Surroundings(
      console: console, environment: [:], now: { now.microseconds },
      open: { (place, use) throws(EndpointError) in
        guard case .directory(let path) = place else { throw .noLedger(directory: "") }
        return try DirectoryEndpoint(path, for: use, clock: .frozen(now))
      },
      readInput: { Data() }, readLine: { nil })
    let exitCode = CommandLineRun(in: surroundings).run(words + ["--data", directory])
    return Outcome(
      exitCode: exitCode, output: console.output.text, messages: console.messages.text)
  }

  /// Three tokens, deleted 0, 10 and 20 seconds after the start.
  private func withDeletedTokens(_ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory throws in
      for number in 1...3 {
        let now = UnixTime(
          clampingMicroseconds: Self.start.microseconds + Int64(number - 1) * 10_000_000)
        let endpoint = try DirectoryEndpoint(directory, for: .writing, clock: .frozen(now))
        var creation = LedgerRequest("TOKEN.CREATE")
        creation.add("CHARACTER", Int64(number))
        creation.add("NAME", "Pilot")
        creation.add("OWNER", "o")
        var deletion = LedgerRequest("TOKEN.DELETE")
        deletion.add(value: Int64(number))
        let replies = try endpoint.pipeline([creation, deletion])
        #expect(replies.map(\.integer) == [Int64(number), 1])
      }
      try body(directory)
    }
  }

  private func ids(in directory: String) -> String {
    run(["query", "--fields", "id", "--json"], in: directory, at: 90).lines.joined()
  }

  @Test func `one token comes back, once`() throws {
    try withDeletedTokens { directory in
      let outcome = run(["restore", "2", "--reason", "mistake"], in: directory, at: 60)
      #expect(outcome.exitCode == .done && outcome.output == "restored 1\n")
      #expect(ids(in: directory) == #"{"id":2}"#)
      let history = run(["history", "2"], in: directory, at: 90).output
      #expect(history.contains("restored") && history.contains("mistake"))
      #expect(run(["restore", "2"], in: directory, at: 60).exitCode == .failed)
      let unknown = run(["restore", "9"], in: directory, at: 60)
      #expect(unknown.exitCode == .failed && unknown.messages.contains("NOTFOUND"))
    }
  }

  @Test(
    arguments: [
      (["--since", "1795435200"], 3), (["--since", "2026-11-23T12:00:10Z"], 2),
      (["--since", "1795435205", "--until", "1795435215"], 1),
      (["--since", "1795435200", "--actor", "\(UserID.current.rawValue)"], 3),
      (["--since", "1795435200", "--actor", "4294967295"], 0), (["--held"], 0),
    ] as [([String], Int)])
  func `those of a span come back, and their number is told`(flags: [String], count: Int) throws {
    try withDeletedTokens { directory in
      let outcome = run(["restore", "--json"] + flags, in: directory, at: 60)
      #expect(outcome.exitCode == .done)
      #expect(outcome.output == "{\"restored\":\(count)}\n")
      #expect(run(["query", "--count"], in: directory, at: 90).output == "\(count)\n")
    }
  }

  @Test(
    arguments: [
      ([], "which tokens?"), (["7", "--held"], "which tokens?"), (["--until", "1"], "--since"),
      (["--held", "--actor", "1"], "--since"),
    ] as [([String], String)])
  func `a line that names nothing, or names it twice, is refused`(
    words: [String], hint: String
  ) throws {
    try withDeletedTokens { directory in
      let outcome = run(["restore"] + words, in: directory, at: 60)
      #expect(outcome.exitCode == .usage && outcome.messages.contains(hint), "\(outcome)")
      #expect(ids(in: directory).isEmpty)
    }
  }

  @Test func `a ledger that is not there is not made, and one in use is left alone`() throws {
    try withTemporaryDirectory { directory throws in
      #expect(run(["restore", "1"], in: directory + "/none", at: 0).exitCode == .failedIO)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
      let store = try LedgerStore.open(directory)
      #expect(run(["restore", "--held"], in: directory, at: 0).exitCode == .tryLater)
      withExtendedLifetime(store) {}
    }
    #expect(LedgerCommandTests.run(["restore", "1"]).exitCode == .notReachable)
  }
}
