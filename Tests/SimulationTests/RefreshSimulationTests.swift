// Refreshing under seeds. A failure names its seed and the last steps; TOKENLEDGER_CAMPAIGN scales
// the number of seeds, as for SimulationTests:
//
//     TOKENLEDGER_SEED=17 swift test --filter RefreshSimulationTests

import Foundation
import Testing

@Suite struct RefreshSimulationTests {
  private static let environment = ProcessInfo.processInfo.environment

  private static var seeds: ClosedRange<UInt64> {
    if let seed = environment["TOKENLEDGER_SEED"].flatMap(UInt64.init) { return seed...seed }
    let campaign = environment["TOKENLEDGER_CAMPAIGN"].flatMap(Double.init) ?? 1
    return 1...UInt64(max(1, (200 * campaign).rounded()))
  }

  @Test func `no refresh token is spent twice unless a worker lost one`() throws {
    var spoiled = 0
    for seed in Self.seeds {
      let simulation = try RefreshSimulation(seed: seed)
      do {
        try simulation.run(steps: 400)
      } catch {
        Issue.record(
          """
          \(error)
          seed \(seed); the last steps:
          \(simulation.trace.lastSteps)
          """)
        return
      }
      spoiled += simulation.sso.spoiled.count
    }
    // Most tokens are never lost, or the above says nothing.
    #expect(spoiled < Self.seeds.count * Int(RefreshSimulation.tokenCount) / 2)
  }
}
