import LedgerClient
import Testing

@testable import tokenledger_refresher

/// How a run begins and ends.
@Suite struct EndTests {
  private let fine: ScriptedSSO.Script = { url, _ in
    url == "token" ? ScriptedSSO.tokens(access: "a") : ScriptedSSO.noKeys
  }

  @Test func `it is ready once, after the ledger knows that there is a worker`() async throws {
    let ledger = try ScriptedLedger()
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    try #require(await refresher.readyCount.wait { $0 == 1 })
    #expect(ledger.state.value.takes.first == 8)
    try #require(await ledger.state.wait { $0.takes.count > 3 })
    #expect(refresher.readyCount.value == 1)
    #expect(ledger.state.value.names == ["tokenledger-refresher"])
  }

  @Test func `jobs in hand are finished and told, and no more are taken`() async throws {
    let ledger = try ScriptedLedger()
    let sso = ScriptedSSO(isHeld: true, fine)
    let refresher = try RefresherUnderTest(ledger, sso) { $0.concurrency = 2 }
    ledger.give(ScriptedLedger.refresh(1), ScriptedLedger.refresh(2))
    try #require(await sso.state.wait { $0.runningCount == 2 })
    refresher.stop()
    ledger.give(ScriptedLedger.refresh(3))
    sso.release()
    #expect(try await refresher.end() == .stopped)
    #expect(Set(ledger.state.value.outcomes.map { $0[1] }) == ["1", "2"])
    #expect(ledger.state.value.jobs.count == 1)
  }

  @Test func `the take connection stays open while its jobs are in hand`() async throws {
    let ledger = try ScriptedLedger()
    let sso = ScriptedSSO(isHeld: true, fine)
    let refresher = try RefresherUnderTest(ledger, sso) { $0.concurrency = 1 }
    ledger.give(ScriptedLedger.refresh(1))
    try #require(await sso.state.wait { $0.runningCount == 1 })
    refresher.stop()
    sso.release()
    #expect(try await refresher.end() == .stopped)
    #expect(ledger.state.value.endedAtOutcomes == [0])
    #expect(await ledger.state.wait { $0.endedCount == 2 })
  }

  @Test func `an outcome is given up when the ledger stays away after the stop`() async throws {
    let ledger = try ScriptedLedger(outcomes: { _, _ in .close })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) {
      $0.farewellMilliseconds = 20
    }
    ledger.give(ScriptedLedger.refresh(1))
    try #require(await ledger.state.wait { $0.outcomes.count > 2 })
    refresher.stop()
    #expect(try await refresher.end() == .stopped)
    #expect(refresher.lines.contains("level=error msg=\"the outcome is lost"))
  }

  @Test(arguments: ["DENIED this user may not", "ERR unknown keyword"])
  func `a ledger that does not let it take ends it at once`(refusal: String) async throws {
    let ledger = try ScriptedLedger(takes: { _ in .error(refusal) })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    guard case .neverAdmitted(let error) = try await refresher.end() else {
      Issue.record("it was admitted")
      return
    }
    #expect(error.description == refusal)
    #expect(StartError.neverAdmitted(error).code == 69)
    #expect(refresher.readyCount.value == 0)
  }

  @Test func `a ledger that lets it take no more is asked again`() async throws {
    let ledger = try ScriptedLedger(takes: { (1...3).contains($0) ? .error("DENIED") : nil })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    try #require(await ledger.state.wait { $0.takes.count > 4 })
    ledger.give(ScriptedLedger.refresh(7))
    #expect(try await refresher.outcomes(1).count == 1)
  }

  @Test func `a ledger that is loading is waited for`() async throws {
    let ledger = try ScriptedLedger(takes: { $0 < 3 ? .error("LOADING") : nil })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    #expect(await refresher.readyCount.wait { $0 == 1 })
  }

  @Test func `a ledger that goes away for longer than wanted ends it`() async throws {
    let ledger = try ScriptedLedger()
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) {
      $0.giveUpMilliseconds = 20
      $0.farewellMilliseconds = 20
    }
    try #require(await refresher.readyCount.wait { $0 == 1 })
    ledger.close()
    guard case .ledgerGone(let error) = try await refresher.end() else {
      Issue.record("it went on")
      return
    }
    #expect(StartError.ledgerGone(error).code == 69)
  }

  @Test func `a ledger that is not there is waited for, but not for ever`() async throws {
    let ledger = try ScriptedLedger()
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) {
      $0.socketPath += "-elsewhere"
      $0.startMilliseconds = 30
    }
    guard case .neverAdmitted(.unreachable) = try await refresher.end() else {
      Issue.record("it was admitted")
      return
    }
    #expect(refresher.log.value.count > 1)
  }
}

@Suite struct BackOffTests {
  @Test func `the waits double up to the longest, and half of each is chance`() {
    var backOff = BackOff(BackOff.Bounds(first: 100, longest: 500))
    #expect((0..<5).map { _ in backOff.nextMilliseconds(chance: 1) } == [100, 200, 400, 500, 500])
    #expect(backOff.nextMilliseconds(chance: 0) == 250)
    backOff.reset()
    #expect(backOff.nextMilliseconds(chance: 0.5) == 75)
  }
}
