// The bounds of what is kept of logins under way.

import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct LoginDeskTests {
  private func visit(_ session: Text?, end: Int64 = 100) -> LoginDesk.Visit {
    LoginDesk.Visit(session: session, endMicroseconds: end)
  }

  @Test func `only so many are on the way, and old ones make room`() throws {
    var desk = LoginDesk()
    for number in 0..<LoginDesk.maximumVisits {
      try desk.begin(visit(nil), under: .sample("s\(number)"), now: 0)
    }
    let limit = Rejection.limit(what: "logins under way", maximum: LoginDesk.maximumVisits)
    #expect(throws: limit) { try desk.begin(visit(nil), under: .sample("more"), now: 99) }
    #expect(!desk.expects(.sample("more"), of: nil, now: 99))
    try desk.begin(visit(nil, end: 200), under: .sample("more"), now: 100)
    #expect(desk.visitCount == 1 && desk.expects(.sample("more"), of: nil, now: 199))
  }

  @Test func `a session has one login under way, however often it begins`() throws {
    var desk = LoginDesk()
    for number in 0..<1000 {
      try desk.begin(visit(.sample("k")), under: .sample("s\(number)"), now: 0)
    }
    #expect(desk.visitCount == 1)
    #expect(desk.expects(.sample("s999"), of: .sample("k"), now: 0))
    #expect(!desk.expects(.sample("s998"), of: .sample("k"), now: 0))
  }
}
