// The benchmarks' entry: options, the machine, then the suites in the order of the list. A debug
// build measures the compiler's checks and not the program, so it is refused with exit code 64.
// Exit codes: 0 done, 1 a check failed, 64 usage.

import Glibc

@main
enum Program {
  static func main() {
    let options: Options
    do throws(UsageError) {
      options = try Options(CommandLine.arguments.dropFirst())
    } catch {
      fail("harness: \(error.text)\n\(Options.usage)", code: 64)
    }
    if options.isHelp { return print(Options.usage) }
    if options.isList { return list() }
    refuseDebugBuild()
    do {
      try run(options)
    } catch {
      fail("harness: \(error)", code: 1)
    }
  }

  private static func list() {
    for suite in Suite.all { print("\(suite.name.padded(to: 10))\(suite.question)") }
  }

  private static func run(_ options: Options) throws {
    let directory = try TemporaryDirectory(under: options.directory)
    defer { directory.remove() }
    let session = Session(
      options: options, machine: Machine.current(directory: directory.path), directory: directory)
    session.begin()
    for suite in try options.selectedSuites() { try session.run(suite) }
    try session.end()
  }

  private static func refuseDebugBuild() {
    #if DEBUG
      fail("harness: a debug build measures nothing: swift run -c release harness", code: 64)
    #endif
  }

  private static func fail(_ text: String, code: CInt) -> Never {
    let line = Array((text + "\n").utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    exit(code)
  }
}
