// The crash explorer over all scripts. `TOKENLEDGER_CAMPAIGN` multiplies the sampled part of the
// search; the minimum that each script names is what a campaign of 1 reaches at least.

import TestSupport
import Testing

@Suite struct CrashExplorerTests {
  @Test(arguments: CrashScript.all)
  func `every crash and every failing call leaves a ledger that opens whole and goes on`(
    script: CrashScript
  ) throws {
    let campaign = Campaign.size
    var explorer = CrashExplorer(script, campaign: campaign)
    try explorer.exploreCrashes()
    explorer.exploreFaults()
    for problem in explorer.problems {
      Issue.record("script \(script.name), campaign \(campaign): \(problem)")
    }
    guard campaign >= 1 else { return }
    #expect(explorer.states.count >= script.minimumStates, "distinct states of the disk")
  }
}
