// Runs the program inside a test: a line in, and the exit code and both outputs back.

import Foundation
import TestSupport

@testable import LedgerCommand

/// What a run came to.
struct Outcome {
  let exitCode: ExitCode
  let output: String
  let messages: String

  /// The lines of the output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a line against an endpoint, by default against one that is not there.
func run(
  _ words: [String], on endpoint: (any LedgerEndpoint)? = nil, input: String = "",
  environment: [String: String] = [:], isInteractive: Bool = false
) -> Outcome {
  let console = Console(
    output: .memory([]), messages: .memory([]), isInteractive: isInteractive)
  var lines = input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    .makeIterator()
  let surroundings = Surroundings(
    console: console, environment: environment, now: { 1_795_435_200_000_000 },
    open: { (_, _) throws(EndpointError) in
      guard let endpoint else {
        throw .notReachable(socket: "/nowhere.sock", reason: "connect: ENOENT")
      }
      return endpoint
    },
    readInput: { Data(input.utf8) }, readLine: { lines.next() })
  let exitCode = CommandLineRun(in: surroundings).run(words)
  return Outcome(
    exitCode: exitCode, output: console.output.text, messages: console.messages.text)
}

extension Console.Sink {
  /// What a sink in memory holds.
  var text: String {
    guard case .memory(let bytes) = self else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Makes a directory for one test, and removes it afterwards.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("tokenledger-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// The recorded dump of django-esi.
let recordedDump = Fixtures.oracle.appendingPathComponent("django-esi-dumpdata.json").path
