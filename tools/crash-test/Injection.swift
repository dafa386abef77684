// One failure: a call, which of its invocations, and what becomes of it; and the words by which
// strace brings it about. `KILL` ends the daemon at the entry of the call, before it is carried
// out, so that all invocations together are all the places where a process can die.

/// What becomes of a call.
enum Fault: String, CaseIterable {
  case ioError = "EIO"
  case noSpace = "ENOSPC"
  case interrupted = "EINTR"
  case kill = "KILL"

  /// The fault in the words of strace.
  var action: String { self == .kill ? "signal=SIGKILL" : "error=\(rawValue)" }
}

/// A call of the kernel that fails once.
struct Injection {
  let phase: Phase
  let call: String
  /// Which invocation of the call by its thread, from 1.
  let number: Int
  let fault: Fault

  var text: String { "\(phase.rawValue), \(call) number \(number), \(fault.rawValue)" }

  /// The options of strace.
  func options(output: String) -> [String] {
    [
      "-f", "-q", "-o", output, "-e", "trace=\(call)", "-e",
      "inject=\(call):\(fault.action):when=\(number)",
    ]
  }
}

/// The calls that a good run makes.
struct Trace {
  /// Calls on files and directories; those that this kernel does not have are passed over.
  static let calls = [
    "open", "openat", "creat", "close", "pread64", "pwrite64", "preadv", "pwritev", "fsync",
    "fdatasync", "ftruncate", "truncate", "rename", "renameat", "renameat2", "link", "linkat",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "flock",
    "fcntl", "stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "getdents64",
    "fallocate", "sync_file_range", "syncfs", "access", "faccessat2",
  ]

  /// The options of strace for a run in which nothing fails.
  static func options(output: String) -> [String] {
    ["-f", "-q", "-o", output, "-e", "trace=" + calls.map { "?" + $0 }.joined(separator: ",")]
  }

  /// Invocations of each call, by their number in their thread.
  private(set) var numbers: [String: Set<Int>] = [:]

  /// Reads what strace wrote: `PID call(arguments…`, the number padded to five characters.
  ///
  /// Of a trace that began with the program, what the loader does is left out, and so are other
  /// threads, whose calls `Phase.isAttached` is for.
  init(_ text: String, isStart: Bool) {
    var counts: [Substring: Int] = [:]
    var hasBegun = !isStart
    var mainThread: Substring?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      guard words.count == 2, let name = Self.name(words[1].drop { $0 == " " }) else { continue }
      mainThread = mainThread ?? words[0]
      if isStart, words[0] != mainThread { continue }
      // The daemon's own first call on a file.
      if words[1].contains("\"/dev/null\"") { hasBegun = true }
      let count = counts["\(words[0]) \(name)", default: 0] + 1
      counts["\(words[0]) \(name)"] = count
      if hasBegun { numbers[name, default: []].insert(count) }
    }
  }

  private static func name(_ line: Substring) -> String? {
    let name = line.prefix { $0 != "(" }
    guard name.count < line.count, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
    else { return nil }
    return String(name)
  }
}
