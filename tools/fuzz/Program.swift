// The fuzzer: `fuzz TARGET [libFuzzer's flags and directories]`. One program for all targets, so
// that it is built once. A finding ends the process by a trap; libFuzzer then writes the input to
// a file. Built and run by `tools/fuzz/run`, never by a plain `swift build`.

import CFuzzer
import Glibc

@main
enum Program {
  static func main() {
    guard CommandLine.argc > 1, let name = unsafe CommandLine.unsafeArgv[1],
      let target = FuzzTarget(rawValue: unsafe String(cString: name))
    else {
      let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")
      print("usage: fuzz \(names) [flags of libFuzzer] [directories]")
      exit(64)
    }
    unsafe Self.target = target
    // libFuzzer sees the program's name in the target's place, and what follows it.
    var count = CommandLine.argc - 1
    var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
      .advanced(by: 1)
    // Safe: (1) both are valid until the process ends, (2) the callback keeps no pointer.
    exit(
      unsafe LLVMFuzzerRunDriver(&count, &words) { bytes, size in
        let input = unsafe UnsafeBufferPointer(start: bytes, count: size)
        unsafe Program.target.run(Array(input))
        return 0
      })
  }

  /// Set once, before the first input; libFuzzer calls back on the same thread.
  nonisolated(unsafe) private static var target = FuzzTarget.log
}

/// What is fuzzed.
enum FuzzTarget: String, CaseIterable {
  /// A whole log in memory: opened, looked at, read event by event, continued.
  case log
  /// The facts of one event.
  case event
  /// Requests, whole and in pieces.
  case request
  /// Replies, whole and in pieces.
  case reply
  /// A file of `manage.py dumpdata`.
  case dump
  /// The daemon's flags and its settings file.
  case settings

  /// Tries one input; traps on anything that must not be.
  func run(_ input: [UInt8]) {
    switch self {
    case .log: LogFuzzing.run(input)
    case .event: EventFuzzing.run(input)
    case .request: StreamFuzzing.runRequests(input)
    case .reply: StreamFuzzing.runReplies(input)
    case .dump: DumpFuzzing.run(input)
    case .settings: SettingsFuzzing.run(input)
    }
  }
}
