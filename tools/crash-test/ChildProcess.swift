// A program that the test starts: the daemon, strace, mount. Standard output and standard error go
// to files, so that no pipe can fill up and nothing is lost when the program is killed.
// Every wait has an end; a child that is still there when its owner goes is killed by its own pid.

import Glibc
import LinuxIO

/// How a program ended.
enum ProcessEnd: Equatable {
  case exited(Int32)
  case killed(by: Int32)

  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(by: signal)
  }

  var text: String {
    switch self {
    case .exited(let code): "exit \(code)"
    case .killed(let signal): "signal \(signal)"
    }
  }
}

/// A running program.
final class ChildProcess {
  let processID: pid_t
  private(set) var end: ProcessEnd?

  /// Starts a program; it is looked up in PATH.
  init(_ words: [String], output: String, errors: String) throws(Trouble) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (number, path) in [(CInt(0), "/dev/null"), (1, output), (2, errors)] {
      let flags = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
      unsafe posix_spawn_file_actions_addopen(&actions, number, path, flags, 0o600)
    }
    // Safe: (1) strdup's copies live until they are freed below, (2) the list ends in nil,
    // (3) posix_spawn keeps nothing after it returned.
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var started = pid_t()
    let code = unsafe posix_spawnp(&started, words[0], &actions, nil, &arguments, environ)
    guard code == 0 else { throw .setup("cannot start \(words[0]): error \(code)") }
    processID = started
  }

  deinit {
    guard !hasEnded() else { return }
    kill(processID, SIGKILL)
    _ = waitpid(processID, nil, 0)
  }

  func send(signal: CInt) {
    guard !hasEnded() else { return }
    kill(processID, signal)
  }

  /// Whether the program is over; never waits.
  func hasEnded() -> Bool {
    if end != nil { return true }
    var status: Int32 = 0
    guard unsafe waitpid(processID, &status, WNOHANG) == processID else { return false }
    end = ProcessEnd(status: status)
    return true
  }

  /// Waits for the end; nil when it does not come in time.
  func wait(milliseconds: Int) -> ProcessEnd? {
    _ = Self.wait(milliseconds: milliseconds, until: hasEnded)
    return end
  }

  /// Looks every half millisecond whether something holds.
  ///
  /// - Returns: whether it came to hold in time.
  static func wait(milliseconds: Int, until holds: () -> Bool) -> Bool {
    let deadline = SystemClock.monotonicMicroseconds() + Int64(milliseconds) * 1000
    while !holds() {
      if SystemClock.monotonicMicroseconds() > deadline { return false }
      usleep(500)
    }
    return true
  }

  /// Runs a short program to its end.
  ///
  /// - Returns: what it said, and whether it exited with 0.
  static func run(_ words: [String], in directory: String) throws(Trouble) -> (Bool, String) {
    let said = directory + "/said"
    let child = try ChildProcess(words, output: said, errors: said + ".errors")
    guard let end = child.wait(milliseconds: 60_000) else {
      throw .setup("\(words[0]) does not end")
    }
    return (end == .exited(0), TextFile.read(said) + TextFile.read(said + ".errors"))
  }
}

/// Small files as text.
enum TextFile {
  /// The text of a file; empty where it cannot be read.
  static func read(_ path: String) -> String {
    guard let file = try? FileDescriptor.open(path, .readOnly) else { return "" }
    var text: [UInt8] = []
    while let piece = try? file.bytes(at: Int64(text.count), count: 64 << 10), !piece.isEmpty {
      text += piece
    }
    return String(decoding: text, as: UTF8.self)
  }
}
