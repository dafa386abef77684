// The command line. Errors are data; Program words them. `TOKENLEDGER_CAMPAIGN` multiplies the
// rounds of every mode, as it does for the campaigns of the unit tests; `--rounds` says the number
// itself, and the variable is then not looked at.

import LinuxIO

/// A command line that cannot be carried out.
struct UsageError: Error {
  let text: String
}

/// What the command line asks for.
struct Options {
  static let usage = """
    usage: crash-test MODE --daemon PATH [--rounds N] [--seed S] [--directory DIR]
      kill      kill -9 under eight writing clients, N times (5)
      inject    N failures of file system calls, by strace; more than there are: all (120)
      disk      a small disk on a loop device: full, read-only, and N times without power (2)
      TOKENLEDGER_CAMPAIGN multiplies the number of rounds
    """

  enum Mode: String {
    case kill, inject, disk

    var rounds: Int {
      switch self {
      case .kill: 5
      case .inject: 120
      case .disk: 2
      }
    }
  }

  var mode: Mode
  var daemon: String
  var rounds: Int
  var seed: UInt64 = 1
  var directory = "/tmp"

  init(_ arguments: some Sequence<String>) throws(UsageError) {
    var rest = Array(arguments)[...]
    guard let word = rest.popFirst(), let mode = Mode(rawValue: word) else {
      throw UsageError(text: "the first word is the mode")
    }
    var daemon: String?
    var rounds: Int?
    while let word = rest.popFirst() {
      guard let value = rest.popFirst() else { throw UsageError(text: "\(word) needs a value") }
      switch word {
      case "--daemon": daemon = value
      case "--rounds": rounds = try Self.number(value, word)
      case "--seed": seed = UInt64(try Self.number(value, word))
      case "--directory": directory = value
      default: throw UsageError(text: "no option \(word)")
      }
    }
    guard let daemon else { throw UsageError(text: "--daemon is missing") }
    self.mode = mode
    self.daemon = daemon
    if let rounds { self.rounds = rounds } else { self.rounds = try Self.scaled(mode.rounds) }
  }

  private static func scaled(_ rounds: Int) throws(UsageError) -> Int {
    guard let text = Environment.value(of: "TOKENLEDGER_CAMPAIGN") else { return rounds }
    guard let factor = Double(text), factor > 0, factor <= 1_000_000 else {
      throw UsageError(text: "TOKENLEDGER_CAMPAIGN must be a positive number")
    }
    return max(1, Int((Double(rounds) * factor).rounded()))
  }

  private static func number(_ text: String, _ name: String) throws(UsageError) -> Int {
    guard let number = Int(text), (1...1_000_000_000).contains(number) else {
      throw UsageError(text: "\(name) must be a number from 1")
    }
    return number
  }
}
