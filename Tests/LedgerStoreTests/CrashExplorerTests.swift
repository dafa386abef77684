// The crash explorer over all scripts. `TOKENLEDGER_CAMPAIGN` multiplies the sampled part of the
// search; the minimum that each script names is what a campaign of 1 reaches.

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
    let minimum = Int(Double(script.minimumStates) * min(1, campaign))
    #expect(explorer.states.count >= minimum, "distinct states of the disk")
  }
}
