import LedgerClient
import Testing

@testable import tokenledger_refresher

/// What a refresher does when the ledger is busy, away, or of another opinion.
@Suite struct LedgerTroubleTests {
  private let fine: ScriptedSSO.Script = { url, _ in
    url == "token" ? ScriptedSSO.tokens(access: "a", refresh: "next") : ScriptedSSO.noKeys
  }

  @Test func `an outcome whose answer is lost is told again over a new connection`() async throws {
    let ledger = try ScriptedLedger(outcomes: { number, _ in number < 2 ? .close : .taken })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    ledger.give(ScriptedLedger.refresh(7, fence: 41))
    let outcomes = try await refresher.outcomes(3)
    #expect(outcomes.count == 3)
    #expect(Set(outcomes).count == 1)
    #expect(refresher.sso.state.value.requests.count == 2)
    let names = ledger.state.value.names
    #expect(names == [String](repeating: "tokenledger-refresher", count: 4))
  }

  @Test(arguments: ["DISKFULL no room", "READONLY the log failed", "LOADING", "DENIED no role"])
  func `an outcome that cannot be taken yet is told again`(refusal: String) async throws {
    let ledger = try ScriptedLedger(outcomes: { number, _ in
      number < 3 ? .error(refusal) : .taken
    })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    ledger.give(ScriptedLedger.refresh(7))
    #expect(try await refresher.outcomes(4).count == 4)
    #expect(refresher.lines.contains("msg=done job=refresh token=7"))
  }

  @Test(arguments: ["CONFLICT the lease has moved on", "NOTFOUND no token 7", "GONE"])
  func `an outcome that comes too late is told once`(refusal: String) async throws {
    let ledger = try ScriptedLedger(outcomes: { number, _ in
      number == 0 ? .error(refusal) : .taken
    })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) { $0.concurrency = 1 }
    ledger.give(ScriptedLedger.refresh(7), ScriptedLedger.refresh(8))
    #expect(try await refresher.outcomes(2).map { $0[1] } == ["7", "8"])
    #expect(refresher.lines.contains("too late"))
  }

  @Test func `an outcome that the ledger does not take keeps its refresh token`() async throws {
    let ledger = try ScriptedLedger(outcomes: { number, _ in
      number == 0 ? .error("ERR the owner is too long") : .taken
    })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine))
    ledger.give(ScriptedLedger.refresh(7))
    let outcomes = try await refresher.outcomes(2)
    #expect(
      outcomes[1] == [
        "REFRESH.FAIL", "7", "40", "CLASS", "incomplete", "CODE", "refused", "REFRESH", "next",
      ])
  }

  @Test func `jobs of a take connection that broke are done and told`() async throws {
    // take 0: the job   take 1: closed   take 2 …: over a new connection
    let ledger = try ScriptedLedger(takes: { $0 == 1 ? .close : nil })
    ledger.give(ScriptedLedger.refresh(7))
    let sso = ScriptedSSO(isHeld: true, fine)
    let refresher = try RefresherUnderTest(ledger, sso)
    try #require(await ledger.state.wait { $0.takes.count > 2 })
    sso.release()
    #expect(try await refresher.outcomes(1).map { $0[1] } == ["7"])
    #expect(refresher.lines.contains("no jobs could be taken"))
  }

  @Test func `a take that is not answered in time is given up with its connection`() async throws {
    let ledger = try ScriptedLedger(takes: { $0 == 1 ? .bytes("") : nil })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) {
      $0.callTimeout = .milliseconds(50)
    }
    try #require(await ledger.state.wait { $0.takes.count > 2 })
    ledger.give(ScriptedLedger.refresh(7))
    #expect(try await refresher.outcomes(1).count == 1)
    #expect(refresher.lines.contains("did not answer in time"))
  }

  @Test func `never more jobs are in hand than asked for`() async throws {
    let ledger = try ScriptedLedger()
    let sso = ScriptedSSO(isHeld: true, fine)
    let refresher = try RefresherUnderTest(ledger, sso) { $0.concurrency = 3 }
    for token in 0..<20 { ledger.give(ScriptedLedger.refresh(token)) }
    try #require(await sso.state.wait { $0.runningCount == 3 })
    #expect(ledger.state.value.jobs.count == 17)
    sso.release()
    #expect(try await refresher.outcomes(20).count == 20)
    #expect(ledger.state.value.takes.allSatisfy { (1...3).contains($0) })
    #expect(sso.state.value.mostAtOnce <= 3)
  }

  @Test func `an outcome that is not told keeps its slot`() async throws {
    let ledger = try ScriptedLedger(outcomes: { number, _ in
      number < 20 ? .error("DISKFULL") : .taken
    })
    let refresher = try RefresherUnderTest(ledger, ScriptedSSO(fine)) { $0.concurrency = 1 }
    ledger.give(ScriptedLedger.refresh(1), ScriptedLedger.refresh(2))
    let outcomes = try await refresher.outcomes(22)
    #expect(outcomes.map { $0[1] } == [String](repeating: "1", count: 21) + ["2"])
  }
}
