// One run of the harness: measures contests, prints them as they end, keeps them for the JSON
// file. One thread; the subject and its rivals take turns within a round, so that the machine's
// moods hit all of them, and a ratio is taken from the two slices of one round.

import Glibc
import LinuxIO

/// A check that did not hold: the figures would be of something else.
struct CheckFailure: Error, CustomStringConvertible {
  let description: String
}

/// Runs suites and keeps what they found.
final class Session {
  let options: Options
  let machine: Machine
  let directory: TemporaryDirectory
  private var suites: [SuiteResult] = []
  private var failures = 0

  init(options: Options, machine: Machine, directory: TemporaryDirectory) {
    self.options = options
    self.machine = machine
    self.directory = directory
  }

  /// Names the machine and the seed.
  func begin() {
    print("machine: \(machine.line)")
    print("seed: 0x\(String(Random.fixedSeed, radix: 16)); load: \(Machine.loadAverage())")
    if options.isSmoke { print("smoke: sizes are tiny, only the checks count") }
  }

  func run(_ suite: Suite) throws {
    print("\n\(suite.name): \(suite.question)")
    suites.append(SuiteResult(name: suite.name, question: suite.question))
    try suite.run(self)
    print("  result hash \(suites[suites.count - 1].hash.text); load \(Machine.loadAverage())")
  }

  /// Writes the JSON file, if one is wanted.
  func end() throws {
    guard let path = options.jsonPath else { return }
    let document = SessionReport(options: options, machine: machine, suites: suites).json
    try TextFile.write(document.text + "\n", to: path)
  }

  // MARK: What suites call

  /// Takes an answer into the suite's result hash.
  func keep(_ answer: Int) { suites[suites.count - 1].hash.add(answer) }

  /// Takes a hash of answers into the suite's result hash.
  func keep(_ answers: Checksum) { suites[suites.count - 1].hash.add(answers.value) }

  /// Stops the run when two ways of computing one thing differ.
  func check(_ holds: Bool, _ claim: @autoclosure () -> String) throws {
    if !holds { throw CheckFailure(description: "wrong result: \(claim())") }
  }

  /// Says what could not be measured, so that nobody takes silence for a pass.
  func skip(_ reason: String) {
    print("  SKIPPED: \(reason)")
    suites[suites.count - 1].skips.append(reason)
  }

  /// Records one figure that has no rival.
  func figure(_ name: String, _ value: Double, _ unit: String, limit: Double? = nil) {
    let figure = Figure(
      name: name, value: value, unit: unit, limit: options.isSmoke ? nil : limit)
    print("  \(figure.line)")
    suites[suites.count - 1].figures.append(figure)
  }

  /// Measures `subjects` beside `rivals` in interleaved rounds.
  ///
  /// The ratio of the rates to those of the first rival should reach `target`.
  @discardableResult
  func contest(
    _ name: String, subjects: [Side], rivals: [Side], target: Double? = nil
  ) throws -> Contest {
    let sides = subjects + rivals
    var results = sides.map { SideResult(name: $0.name) }
    let slice = Int64(options.seconds * 1e9)
    for side in sides { try Self.warmUp(side, nanoseconds: slice / 4) }
    for _ in 0..<options.rounds {
      for (index, side) in sides.enumerated() {
        try results[index].measure(side, nanoseconds: slice)
      }
    }
    let contest = Contest(
      name: name, subjects: Array(results[..<subjects.count]),
      rivals: Array(results[subjects.count...]), target: options.isSmoke ? nil : target)
    for line in contest.lines { print("  \(line)") }
    _ = fflush(nil)
    suites[suites.count - 1].contests.append(contest)
    return contest
  }

  private static func warmUp(_ side: Side, nanoseconds: Int64) throws {
    var ignored = LatencyHistogram()
    _ = try side.work(SystemClock.monotonicNanoseconds() + nanoseconds, &ignored)
  }
}
