// The daemon under test, as one process after another on the same data. It is started plainly or
// under strace; either way the process started here is the daemon itself, so that its end is seen
// as it was. Each wait is bounded: a daemon that hangs is a finding.

import Glibc
import LedgerClient
import LinuxIO
import RESP

/// How to start the daemon, and on what.
struct DaemonCommand {
  var program: String
  var data: String
  var socket: String
  var segmentBytes: Int
  /// Further flags; a low-water mark would refuse writes on the small disks of these tests.
  var flags: [String] = []
  /// Words before the program: strace and its options.
  var wrapper: [String] = []

  /// Longer than any start, stop or answer takes, also on a busy machine.
  static let waitMilliseconds = 30_000

  var words: [String] {
    wrapper + [
      program, "--data", data, "--socket", socket, "--segment-bytes", String(segmentBytes),
      "--log-level", "warning",
    ] + flags
  }

  /// The flags that switch off what a daemon of this version does about little room.
  static func flags(of program: String, in directory: String) throws(Trouble) -> [String] {
    let (isFine, help) = try ChildProcess.run([program, "--help"], in: directory)
    guard isFine else { throw .setup("\(program) --help: \(help)") }
    return help.contains("--low-water") ? ["--low-water", "0"] : []
  }

  /// Starts the daemon and does not wait for it to be ready.
  func launch() throws(Trouble) -> Daemon {
    Daemon(
      try ChildProcess(words, output: socket + ".out", errors: socket + ".err"), command: self)
  }

  /// Starts the daemon, which has to become ready.
  func start() throws(Trouble) -> Daemon {
    let daemon = try launch()
    guard try daemon.becomesReady() else {
      throw .finding("it does not start: \(daemon.process.end?.text ?? "") \(daemon.said)")
    }
    return daemon
  }
}

/// One process of the daemon.
final class Daemon {
  let process: ChildProcess
  let command: DaemonCommand

  init(_ process: ChildProcess, command: DaemonCommand) {
    self.process = process
    self.command = command
  }

  /// What it wrote to standard error.
  var said: String {
    TextFile.read(command.socket + ".err").trimmingSuffix { $0 == "\n" }
  }

  /// Waits for the ready line, or the end.
  func becomesReady() throws(Trouble) -> Bool {
    let path = command.socket + ".out"
    var isReady = false
    let isDecided = ChildProcess.wait(milliseconds: DaemonCommand.waitMilliseconds) {
      let hasEnded = process.hasEnded()
      isReady = TextFile.read(path).hasSuffix("\n")
      return isReady || hasEnded
    }
    guard isDecided else { throw .finding("a start hangs: \(said)") }
    return isReady && !process.hasEnded()
  }

  func connect() throws(Trouble) -> LedgerConnection {
    var options = LedgerConnection.Options()
    options.timeout = .milliseconds(DaemonCommand.waitMilliseconds)
    return try answered("connect") { () throws(ClientError) in
      try LedgerConnection(socketPath: command.socket, options: options)
    }
  }

  /// Ends it as a crash does.
  func kill() throws(Trouble) {
    process.send(signal: SIGKILL)
    _ = try ended()
  }

  /// Ends it cleanly.
  func stop() throws(Trouble) {
    process.send(signal: SIGTERM)
    let end = try ended()
    guard end == .exited(0) else { throw .finding("SIGTERM ended in \(end.text): \(said)") }
  }

  /// Waits for the end that must come.
  func ended() throws(Trouble) -> ProcessEnd {
    guard let end = process.wait(milliseconds: DaemonCommand.waitMilliseconds) else {
      throw .finding("the daemon does not end: \(said)")
    }
    return end
  }

  /// The digest of the state.
  func digest() throws(Trouble) -> String {
    let connection = try connect()
    let reply = try answered("LEDGER.DIGEST") { () throws(ClientError) in
      try connection.call(["LEDGER.DIGEST"])
    }
    return reply.text ?? ""
  }
}

extension String {
  /// The text without the characters at its end that satisfy the condition.
  fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return String(text)
  }
}
