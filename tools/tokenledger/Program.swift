// The operator's command line. This file ties it to the process: its words, its environment, its
// outputs and its exit code. What happens in between is in Commands/CommandLineRun.swift.
// Runs on the main thread alone.

import Foundation
import LinuxIO

@main
enum Program {
  static func main() {
    let surroundings = Surroundings(
      console: .standard(), environment: ProcessInfo.processInfo.environment,
      now: SystemClock.realtimeMicroseconds, open: LedgerOpening.open,
      readInput: { FileHandle.standardInput.readDataToEndOfFile() }, readLine: { readLine() })
    let words = Array(CommandLine.arguments.dropFirst())
    exit(CommandLineRun(in: surroundings).run(words).rawValue)
  }
}
