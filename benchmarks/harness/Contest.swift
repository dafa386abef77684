// What a contest found: a rate in every round and all latencies of each side, and the ratios of
// the rates round by round. A ratio above 1 means that the subject did more per second than the
// rival. Nothing here measures; SideResult.measure reads the clocks around one slice of a side.
// Targets and limits come from the house plan, section 7.

import LinuxIO

/// What one side did.
struct SideResult {
  let name: String
  /// Operations per second, round by round.
  var rates: [Double] = []
  /// Nanoseconds of processor time an operation, round by round.
  var processorTimes: [Double] = []
  var latencies = LatencyHistogram()

  init(name: String) {
    self.name = name
  }

  /// Runs one slice.
  mutating func measure(_ side: Side, nanoseconds: Int64) throws {
    let processorStart = side.processorTime()
    let start = SystemClock.monotonicNanoseconds()
    let count = try side.work(start + nanoseconds, &latencies)
    let end = SystemClock.monotonicNanoseconds()
    processorTimes.append(Double(side.processorTime() - processorStart) / Double(max(1, count)))
    rates.append(Double(count) * 1e9 / Double(max(1, end - start)))
  }

  /// The median rate as a line: rate, time of one operation at that rate, latencies.
  var line: String {
    let (p50, p99) = (latencies.nanoseconds(at: 0.5), latencies.nanoseconds(at: 0.99))
    return name.padded(to: 34) + "\(rates.median.scaledText)/s".aligned(to: 11)
      + (1e9 / rates.median).durationText.aligned(to: 10)
      + "  CPU \(processorTimes.median.durationText)"
      + "  p50 \(p50.durationText)  p99 \(p99.durationText)"
      + "  max \(latencies.maximumNanoseconds.durationText)"
  }
}

/// The subject's rates over the rival's.
struct Ratio {
  let subject: String
  let rival: String
  let rounds: [Double]
  /// The rival's processor time over the subject's, round by round: above 1 the subject needs less.
  let processorRounds: [Double]

  init(_ subject: SideResult, _ rival: SideResult) {
    self.subject = subject.name
    self.rival = rival.name
    rounds = zip(subject.rates, rival.rates).map { $0 / $1 }
    processorRounds = zip(rival.processorTimes, subject.processorTimes).map { $0 / max($1, 0.001) }
  }

  func line(target: Double?) -> String {
    let spread = "\((rounds.min() ?? .nan).ratioText)–\((rounds.max() ?? .nan).ratioText)"
    let goal = target.map { rounds.median >= $0 ? ", target \($0) met" : ", target \($0) SHORT" }
    return "\(subject) / \(rival): \(rounds.median.ratioText) × (\(spread)\(goal ?? "")), "
      + "by CPU time \(processorRounds.median.ratioText) ×"
  }
}

/// Some subjects beside some rivals.
struct Contest {
  let name: String
  let subjects: [SideResult]
  let rivals: [SideResult]
  /// What the ratio to the first rival should reach at least.
  let target: Double?

  /// Every subject beside every rival.
  var ratios: [Ratio] {
    subjects.flatMap { subject in rivals.map { Ratio(subject, $0) } }
  }

  /// For people.
  var lines: [String] {
    ["\(name)"] + (subjects + rivals).map { "  \($0.line)" }
      + ratios.map { "    \($0.line(target: $0.rival == rivals.first?.name ? target : nil))" }
  }
}

/// One figure without a rival.
struct Figure {
  let name: String
  let value: Double
  let unit: String
  /// What it should not exceed.
  let limit: Double?

  var line: String {
    let goal = limit.map { value <= $0 ? ", limit \($0) kept" : ", limit \($0) EXCEEDED" } ?? ""
    return "\(name): \(value.fixed(value < 100 ? 2 : 0)) \(unit)\(goal)"
  }
}

/// What one suite found.
struct SuiteResult {
  let name: String
  let question: String
  var contests: [Contest] = []
  var figures: [Figure] = []
  var skips: [String] = []
  var hash = Checksum()
}
