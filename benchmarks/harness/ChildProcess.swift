// Programs that the harness starts: tokenledgerd, redis-server, `swift --version`. Each is ended
// by its own pid, politely first; every wait has an end. Owned by one thread. The standard output
// is read by the byte: it is one line in the daemon, and never on a measured path.

import CLinux
import Glibc
import LinuxIO

/// A program that could not be started or did not do what it should.
struct ProcessFailure: Error, CustomStringConvertible {
  let description: String
}

/// A running program; ended when its owner is gone.
final class ChildProcess {
  let processID: pid_t
  /// When it was started, in monotonic nanoseconds.
  let startedNanoseconds: Int64
  private let name: String
  private let output: CInt
  private var isRunning = true

  /// Starts a program; its standard output comes through a pipe, its standard error goes to a file.
  ///
  /// Without an `errorPath` it goes nowhere.
  init(_ words: [String], errorPath: String? = nil) throws(ProcessFailure) {
    var ends: [CInt] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw ProcessFailure(description: "no pipe") }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    name = words[0]
    output = ends[0]
    startedNanoseconds = SystemClock.monotonicNanoseconds()
    let started = Self.spawn(words, standardOutput: ends[1], errorPath: errorPath ?? "/dev/null")
    close(ends[1])
    guard let started else {
      close(ends[0])
      throw ProcessFailure(description: "cannot start \(words[0])")
    }
    processID = started
  }

  deinit {
    end()
    close(output)
  }

  /// The first line of standard output, or nil when the program ends or is silent too long.
  func firstLine(timeoutMilliseconds: CInt = 30_000) -> String? {
    var line: [UInt8] = []
    while line.count < 4096, waitForOutput(timeoutMilliseconds) {
      var byte: UInt8 = 0
      guard unsafe read(output, &byte, 1) == 1 else { return nil }
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }

  /// Resident memory in KiB.
  var residentKiB: Int {
    let lines = TextFile.read("/proc/\(processID)/status").split(separator: "\n")
    let words = lines.first { $0.hasPrefix("VmRSS") }?.split(whereSeparator: { " \t".contains($0) })
    return words.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0
  }

  /// Nanoseconds that its threads have run.
  var processorTime: Int64 { ProcessorTime.of(processID) }

  /// Asks it to end, waits up to 10 s, then kills it.
  func end() {
    guard isRunning else { return }
    isRunning = false
    kill(processID, SIGTERM)
    for _ in 0..<10_000 {
      if waitpid(processID, nil, WNOHANG) != 0 { return }
      usleep(1000)
    }
    kill(processID, SIGKILL)
    _ = waitpid(processID, nil, 0)
  }

  /// What a short program prints; nil when it cannot be started.
  static func output(of words: [String]) -> String? {
    guard let child = try? ChildProcess(words) else { return nil }
    var text = ""
    while let line = child.firstLine(timeoutMilliseconds: 5_000) { text += line + "\n" }
    return text.isEmpty ? nil : text
  }

  private func waitForOutput(_ timeoutMilliseconds: CInt) -> Bool {
    var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, timeoutMilliseconds) == 1
  }

  private static func spawn(
    _ words: [String], standardOutput: CInt, errorPath: String
  ) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
    unsafe posix_spawn_file_actions_addopen(
      &actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // Safe: (1) strdup's copies live until they are freed below, (2) the list ends in nil,
    // (3) posix_spawn keeps nothing after it returned.
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var started = pid_t()
    let code = unsafe posix_spawnp(
      &started, words[0], &actions, nil, &arguments, environ)
    return code == 0 ? started : nil
  }
}
