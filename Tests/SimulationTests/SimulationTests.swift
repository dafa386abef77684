// The whole node under seeds. A failure names its seed, its step and the last steps, and how to see
// it again:
//
//     TOKENLEDGER_SEED=17 swift test --filter SimulationTests        that seed alone
//     TOKENLEDGER_CAMPAIGN=100 swift test --filter SimulationTests   a hundred times as many seeds

import Foundation
import LinuxIO
import Testing

@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let stepsPerRun = 300
  private static let runsPerBlock = 25

  /// How much more than the usual is done.
  private static let campaign = environment["TOKENLEDGER_CAMPAIGN"].flatMap(Double.init) ?? 1

  /// Seeds in blocks, so that a long campaign is not as many tests.
  private static var blocks: [ClosedRange<UInt64>] {
    if let seed = environment["TOKENLEDGER_SEED"].flatMap(UInt64.init) { return [seed...seed] }
    let count = max(1, Int((16 * campaign).rounded()))
    return (0..<UInt64(count)).map { block in
      block * UInt64(runsPerBlock) + 1...(block + 1) * UInt64(runsPerBlock)
    }
  }

  @Test(arguments: blocks)
  func `nothing acknowledged is lost, and nothing is shown that is not so`(
    seeds: ClosedRange<UInt64>
  ) throws {
    for seed in seeds { _ = try Self.run(seed) }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `the same seed does the same, byte for byte`(seed: UInt64) throws {
    #expect(try Self.run(seed) == Self.run(seed))
  }

  /// Hashes differ from process to process; nothing may follow their order.
  @Test func `the same seed does the same in another process`() async throws {
    let here = try Self.run(4)
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      try StandardStream.output.writeAll(Array("trace \(Self.run(4)) ".utf8).span)
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    #expect(output.contains("trace \(here) "))
  }

  /// Runs a seed, and gives its trace.
  @discardableResult
  private static func run(_ seed: UInt64) throws -> UInt64 {
    let simulation = try Simulation(seed: seed)
    do {
      try simulation.run(steps: stepsPerRun)
    } catch {
      Issue.record(
        """
        \(error)
        seed \(seed), step \(simulation.trace.step); the last steps:
        \(simulation.trace.lastSteps)
        again: TOKENLEDGER_SEED=\(seed) swift test --filter SimulationTests
        """)
    }
    return simulation.trace.hash
  }
}
