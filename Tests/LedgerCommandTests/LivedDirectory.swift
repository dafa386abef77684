// A ledger's directory with a life behind it, a secret planted in every token, and lines run on it.
// Event by event it is the same each time: the clock is the test's.

import EventLog
import Foundation
import LedgerServer
import LedgerStore
import TokenLedger

@testable import LedgerCommand

/// A directory to replay.
struct LivedDirectory {
  static let planted = "PLANTED"
  /// When it began: the events are a minute apart.
  static let startSeconds: Int64 = 1_795_435_200

  let path: String

  /// Makes the ledger `directory`/ledger. Its events, by sequence:
  ///
  ///     1 opened   2 created 1   3 created 2   4 scopesGranted 1   5 refreshed 1
  ///     6 refreshFailed 2 (configuration)   7 deleted 1 (outage)   8 restored 1   9 deleted 2
  init(in directory: String) throws {
    path = directory + "/ledger"
    let clock = SettableClock(now: UnixTime(clampingMicroseconds: Self.startSeconds * 1_000_000))
    var options = StoreOptions()
    options.clock = .settable(clock)
    options.keys = .none
    let store = try LedgerStore.open(path, options)
    let session = LocalSession(store: store, settings: ServerSettings())
    for line in [
      "TOKEN.CREATE CHARACTER 1 NAME A OWNER o USER u SCOPES a ACCESS PLANTED1 REFRESH PLANTED2",
      "TOKEN.CREATE CHARACTER 2 NAME B OWNER p ACCESS PLANTED3 REFRESH PLANTED4",
      "TOKEN.GRANT 1 b REASON more", "TOKEN.REFRESHED 1 ACCESS PLANTED5 REFRESH PLANTED6",
      "TOKEN.REFRESHFAILED 2 CLASS configuration CODE invalid_client",
      "TOKEN.DELETE 1 REASON outage", "TOKEN.RESTORE 1", "TOKEN.DELETE 2",
    ] {
      clock.now = UnixTime(clampingMicroseconds: clock.now.microseconds + 60_000_000)
      _ = session.call(line.split(separator: " ").map { Array($0.utf8) })
    }
  }

  /// How many events there are.
  static let eventCount = 9

  /// Runs a line on the directory, or on another.
  func run(_ words: String..., input: String = "", on other: String? = nil) -> Outcome {
    var lines = input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      .makeIterator()
    let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
    let surroundings = Surroundings(
      console: console, environment: [:], now: { Self.startSeconds * 1_000_000 },
      open: LedgerOpening.open, readInput: { Data(input.utf8) }, readLine: { lines.next() })
    let exitCode = CommandLineRun(in: surroundings).run(words + ["--data", other ?? path])
    return Outcome(
      exitCode: exitCode, output: console.output.text, messages: console.messages.text)
  }

  /// The bytes of all files of a ledger.
  static func bytes(of path: String) throws -> [UInt8] {
    try FileManager.default.subpathsOfDirectory(atPath: path).sorted().flatMap { name in
      [UInt8](FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data())
    }
  }
}
