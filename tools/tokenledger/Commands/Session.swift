// What a subcommand works with: its arguments, the outputs, the clock, and a way to its ledger.
// Made once a run, on the main thread. All that reaches outside goes through `Surroundings`, so a
// test can run a whole line in memory.

import Foundation
import LinuxIO
import TokenLedger

/// The exit codes of the program.
enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  case usage = 64
  case damaged = 65
  case notReachable = 69
  case failedIO = 74
  case tryLater = 75
}

/// The surroundings of the program, which the tests replace.
struct Surroundings {
  /// The outputs.
  let console: Console
  /// The variables of the environment.
  let environment: [String: String]
  /// The wall clock, microseconds since 1970.
  let now: () -> Int64
  /// The way to a ledger.
  let open: (LedgerPlace, LedgerUse) throws(EndpointError) -> any LedgerEndpoint
  /// What the standard input holds.
  let readInput: () -> Data
  /// The next line of the standard input; nil at its end.
  let readLine: () -> String?
  /// Lets so many milliseconds pass.
  var pause: (Int64) -> Void = { Thread.sleep(forTimeInterval: Double($0) / 1000) }
}

/// One run of one subcommand.
struct Session {
  /// What was typed.
  let arguments: Arguments
  /// The outputs.
  var console: Console { surroundings.console }
  /// How far long work is.
  let progress: Progress
  /// The time that relative times refer to.
  var now: UnixTime { UnixTime(clampingMicroseconds: surroundings.now()) }
  /// Whether results are coloured: on a terminal that knows how, unless somebody wants none.
  ///
  /// - Source: no-color.org.
  var isColoured: Bool {
    console.isTerminal && surroundings.environment["NO_COLOR", default: ""].isEmpty
      && surroundings.environment["TERM"] != "dumb"
  }
  private let surroundings: Surroundings

  /// A run in these surroundings.
  init(_ arguments: Arguments, in surroundings: Surroundings) {
    self.arguments = arguments
    self.surroundings = surroundings
    progress = Progress(surroundings.console, isForced: arguments.has(.progress))
  }

  /// The directory of a ledger that is worked on without the daemon.
  var directory: String {
    LedgerPlace.directory(arguments, environment: surroundings.environment)
  }

  /// Opens the ledger that the arguments and the environment name.
  func open(for use: LedgerUse) throws(EndpointError) -> any LedgerEndpoint {
    try surroundings.open(LedgerPlace(arguments, environment: surroundings.environment), use)
  }

  /// Reads a file, or the standard input for `-`.
  func read(_ path: String) throws(InputError) -> Data {
    guard path != "-" else { return surroundings.readInput() }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      let isMissing = (error as? CocoaError)?.code == .fileReadNoSuchFile
      throw InputError(path: path, isMissing: isMissing)
    }
  }

  /// Opens the ledger at another place than the line's.
  func open(
    _ place: LedgerPlace, for use: LedgerUse
  ) throws(EndpointError) -> any LedgerEndpoint {
    try surroundings.open(place, use)
  }

  /// The next line of the standard input; nil at its end.
  ///
  /// On a terminal it is asked for.
  func readLine(prompt: String) -> String? {
    if console.isInteractive { console.tell(prompt) }
    return surroundings.readLine()
  }

  /// Lets time pass, before something that failed is tried again.
  func pause(milliseconds: Int64) { surroundings.pause(milliseconds) }

  /// Writes one JSON value as a line.
  func write(_ value: JSONValue) throws(OutputError) {
    var line = value.serialized
    line.append(UInt8(ascii: "\n"))
    try console.write(line)
  }
}

/// A file that cannot be read.
struct InputError: Error, Equatable, Sendable {
  let path: String
  let isMissing: Bool
}
