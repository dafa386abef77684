// One life of the daemon under strace, from its start to its end: a start that is traced as a whole
// or work that is traced from when the daemon is ready, a few writes and a history, and SIGTERM.
// However it ends, it ends in bounded time, and what the client was told is noted.

import Glibc
import LedgerClient
import LinuxIO
import RESP

/// How a life under strace ended.
struct RunEnd {
  var process: ProcessEnd
  /// The worst that happened to a write.
  var turn: TurnEnd
  /// Whether a reader's connection was closed, or its request refused.
  var isDropped: Bool
  var said: String

  /// Lines that tell an operator of an error.
  var errorLineCount: Int {
    said.split(separator: "\n").count {
      $0.contains("level=error") || $0.hasPrefix("tokenledgerd: ")
    }
  }
}

/// A life under strace.
struct InjectedRun {
  let phase: Phase
  let assignment: Assignment
  /// The options of strace, and the file that they have it write.
  let options: [String]
  let output: String

  private var command: DaemonCommand {
    assignment.command(data: assignment.place.file("data"), segmentBytes: phase.segmentBytes)
  }

  func play(_ writer: inout Writer) throws(Trouble) -> RunEnd {
    phase.isAttached ? try playAttached(&writer) : try playStart(&writer)
  }

  /// strace is the daemon's grandchild here (`-D`), so that the daemon's end is seen as it is.
  private func playStart(_ writer: inout Writer) throws(Trouble) -> RunEnd {
    var command = command
    command.wrapper = ["strace", "-D"] + options
    let daemon = try command.launch()
    guard try daemon.becomesReady() else {
      let end = RunEnd(
        process: try daemon.ended(), turn: .disconnected, isDropped: false, said: daemon.said)
      try awaitTrace(of: daemon)
      return end
    }
    let end = try work(daemon, &writer)
    try awaitTrace(of: daemon)
    return end
  }

  /// Waits until strace has written the daemon's end.
  private func awaitTrace(of daemon: Daemon) throws(Trouble) {
    let mark = "\(daemon.process.processID) "
    let isWritten = ChildProcess.wait(milliseconds: DaemonCommand.waitMilliseconds) {
      TextFile.read(output).split(separator: "\n").contains {
        $0.hasPrefix(mark) && $0.contains("+++ ")
      }
    }
    guard isWritten else { throw .setup("strace did not write the end of the daemon") }
  }

  private func playAttached(_ writer: inout Writer) throws(Trouble) -> RunEnd {
    let daemon = try command.start()
    let said = assignment.place.file("strace.out")
    let tracer = try ChildProcess(
      ["strace"] + options + ["-p", String(daemon.process.processID)], output: said,
      errors: said + ".err")
    let isTraced = ChildProcess.wait(milliseconds: DaemonCommand.waitMilliseconds) {
      areAllThreadsTraced(daemon.process.processID) || tracer.hasEnded()
    }
    guard isTraced, !tracer.hasEnded() else {
      throw .notPermitted("strace cannot attach: \(TextFile.read(said + ".err"))")
    }
    let end = try work(daemon, &writer)
    guard tracer.wait(milliseconds: DaemonCommand.waitMilliseconds) != nil else {
      throw .setup("strace does not end")
    }
    return end
  }

  private func areAllThreadsTraced(_ process: pid_t) -> Bool {
    guard let tasks = try? Directory.open("/proc/\(process)/task"), let names = try? tasks.names()
    else { return false }
    return names.allSatisfy { name in
      let lines = TextFile.read("/proc/\(process)/task/\(name)/status").split(separator: "\n")
      return lines.contains { $0.hasPrefix("TracerPid:") && !$0.hasSuffix("\t0") }
    }
  }

  /// Writes, reads a history, and asks the daemon to end.
  private func work(_ daemon: Daemon, _ writer: inout Writer) throws(Trouble) -> RunEnd {
    var end = RunEnd(process: .exited(0), turn: .disconnected, isDropped: false, said: "")
    if let connection = try? daemon.connect() {
      end.turn = try write(connection, &writer)
      if end.turn == .answered || end.turn == .diskFull {
        end.isDropped = !readHistory(connection, writer)
      }
    }
    // A log that failed ends the daemon without being asked.
    if end.turn != .readOnly { daemon.process.send(signal: SIGTERM) }
    end.process = try daemon.ended()
    end.said = daemon.said
    return end
  }

  private func write(
    _ connection: LedgerConnection, _ writer: inout Writer
  ) throws(Trouble) -> TurnEnd {
    var worst = TurnEnd.answered
    for _ in 0..<phase.writeCount {
      let end = try writer.takeTurn(writer.plan(), connection)
      if end != .answered { worst = end }
      if end == .readOnly || end == .disconnected { break }
    }
    return worst
  }

  private func readHistory(_ connection: LedgerConnection, _ writer: Writer) -> Bool {
    let ids = writer.account.tokens.values.compactMap(\.id).sorted()
    guard let id = ids.last else { return true }
    let reply = try? connection.call(["TOKEN.HISTORY", String(id)])
    return (reply?.elements?.count ?? 0) > 0
  }
}
