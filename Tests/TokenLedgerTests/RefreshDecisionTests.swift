import TestSupport
import Testing

@testable import TokenLedger

/// Who may refresh, what an outcome changes, and what brings a token back.
@Suite struct RefreshDecisionTests {
  private static func moment(_ seconds: Int64) -> UnixTime {
    UnixTime(clampingMicroseconds: seconds * 1_000_000)
  }

  private static func secret(_ number: UInt64) -> SecretInput {
    .secret(Secret(bytes: [UInt8(truncatingIfNeeded: number)], digest: SecretDigest(number)))
  }

  private static func recorded(_ number: UInt64) -> RecordedSecret {
    .present(SecretDigest(number))
  }

  private static func report(
    refresh: SecretInput? = nil, owner: String? = nil, isUnverified: Bool = false
  ) -> RefreshReport {
    var report = RefreshReport(access: secret(70))
    report.refresh = refresh
    report.ownerHash = owner.map(Text.sample)
    report.isUnverified = isUnverified
    return report
  }

  /// Token 1 refreshable (event 1), 2 without a refresh token, 3 with an empty one, 4 deleted.
  private static func ledger() throws -> LedgerBuilder {
    var builder = LedgerBuilder()
    let good = Creation.sample(owner: "owner", access: recorded(1), refresh: recorded(2))
    try builder.append(.created(good), token: .sample(1))
    try builder.append(.created(.sample(refresh: .null)), token: .sample(2))
    try builder.append(.created(.sample(refresh: .empty)), token: .sample(3))
    try builder.append(.created(good), token: .sample(4))
    try builder.append(.deleted, token: .sample(4))
    return builder
  }

  /// The same with a lease of token 1 from second 0 to 30: fence 6.
  private static func leased() throws -> LedgerBuilder {
    var builder = try ledger()
    try builder.append(.refreshStarted(Lease(end: moment(30), attempt: 1)), token: .sample(1))
    return builder
  }

  private static let fence = EventSequence(6)

  private static func lease(
    _ id: Int64, in state: borrowing LedgerState, at seconds: Int64 = 0, attempt: UInt32 = 1
  ) throws(Rejection) -> LeaseDecision {
    try state.decideLease(
      .sample(id), now: moment(seconds), durationMicroseconds: 30_000_000, attempt: attempt)
  }

  private static func apply(
    _ decision: OutcomeDecision, to builder: inout LedgerBuilder
  ) throws -> Token? {
    for event in decision.events { try builder.append(event.body, token: event.token) }
    return builder.state.tokenEvenIfDeleted(.sample(1))
  }

  // MARK: Leases

  @Test func `a lease is granted once until it ends, and then under a new fence`() throws {
    var builder = try Self.ledger()
    guard case .propose(let event) = try Self.lease(1, in: builder.state) else {
      Issue.record("not granted")
      return
    }
    #expect(event.body == .refreshStarted(Lease(end: Self.moment(30), attempt: 1)))
    try builder.append(event.body, token: event.token)
    guard case .held(let held) = try Self.lease(1, in: builder.state, at: 29) else {
      Issue.record("granted twice")
      return
    }
    #expect(held.fence == Self.fence && held.lease.end == Self.moment(30))
    guard case .propose(let second) = try Self.lease(1, in: builder.state, at: 30) else {
      Issue.record("a lease that ended is not granted again")
      return
    }
    #expect(second.body == .refreshStarted(Lease(end: Self.moment(60), attempt: 2)))
    guard case .propose(let third) = try Self.lease(1, in: builder.state, at: 30, attempt: 7)
    else {
      Issue.record("not granted")
      return
    }
    #expect(third.body == .refreshStarted(Lease(end: Self.moment(60), attempt: 7)))
  }

  static let unrefreshable: [(Int64, Rejection)] = [
    (2, .notRefreshable(.sample(2))), (3, .notRefreshable(.sample(3))),
    (4, .tokenNotFound(.sample(4))), (9, .tokenNotFound(.sample(9))),
  ]

  @Test(arguments: unrefreshable)
  func `tokens that cannot be refreshed have no lease`(id: Int64, rejection: Rejection) throws {
    let builder = try Self.ledger()
    #expect(throws: rejection) { try Self.lease(id, in: builder.state) }
  }

  // MARK: Success

  @Test func `a success renews the token, and the lease ends`() throws {
    for (given, expected) in [
      (nil, Self.recorded(2)), (SecretInput.null, .null), (.empty, .empty),
      (Self.secret(71), Self.recorded(71)),
    ] as [(SecretInput?, RecordedSecret)] {
      for fence in [Self.fence, nil] {
        var builder = try Self.leased()
        let decision = try builder.state.decideRefreshed(
          .sample(1), under: fence, Self.report(refresh: given, owner: "owner"),
          now: Self.moment(10), isEndingAllowed: true)
        guard case .refreshed = decision else {
          Issue.record("\(decision)")
          return
        }
        let token = try #require(try Self.apply(decision, to: &builder))
        #expect(token.access.recorded == Self.recorded(70))
        #expect(token.refresh.recorded == expected)
        #expect(token.created == Self.moment(10) && token.lease == nil && token.ssoVersion == 2)
        let secrets = decision.events.flatMap(\.secrets).map(\.digest.rawValue)
        #expect(secrets == (expected == Self.recorded(71) ? [70, 71] : [70]))
      }
    }
  }

  @Test func `another owner is a definite failure, and the rotated refresh token is kept`() throws {
    var builder = try Self.leased()
    let decision = try builder.state.decideRefreshed(
      .sample(1), under: Self.fence, Self.report(refresh: Self.secret(71), owner: "somebody"),
      now: Self.moment(10), isEndingAllowed: true)
    guard case .ended(let events) = decision, events.count == 2,
      case .refreshFailed(let failure) = events[0].body
    else {
      Issue.record("\(decision)")
      return
    }
    #expect(failure.failureClass == .definite && failure.code == .sample("owner_changed"))
    #expect(failure.rotated == Self.recorded(71) && events[1].body == .deleted)
    let token = try #require(try Self.apply(decision, to: &builder))
    #expect(token.isDeleted && token.access.recorded == Self.recorded(1))
  }

  @Test func `an expected version that is not the token's is a conflict`() throws {
    let builder = try Self.leased()
    #expect(throws: Rejection.versionConflict(current: 2, expected: 1)) {
      try builder.state.decideRefreshed(
        .sample(1), under: nil, Self.report(), expected: 1, now: Self.moment(1),
        isEndingAllowed: true)
    }
  }

  // MARK: Failure

  @Test(arguments: [RefreshFailure.Class.configuration, .incomplete, .unavailable])
  func `a failure that is not definite ends the lease and nothing else`(
    failureClass: RefreshFailure.Class
  ) throws {
    var builder = try Self.leased()
    var report = FailureReport(failureClass, code: .sample("why"))
    report.retryAfterMilliseconds = 5000
    let decision = try builder.state.decideRefreshFailed(
      .sample(1), under: Self.fence, report, isEndingAllowed: true)
    guard case .failed(let events) = decision else {
      Issue.record("\(decision)")
      return
    }
    #expect(events.count == 1)
    let token = try #require(try Self.apply(decision, to: &builder))
    #expect(!token.isDeleted && token.heldBack == nil && token.lease == nil)
    #expect(token.refresh.recorded == Self.recorded(2) && token.access.recorded == Self.recorded(1))
  }

  @Test func `a definite failure ends the token, or holds it back where that is not allowed`()
    throws
  {
    for isAllowed in [true, false] {
      var builder = try Self.leased()
      let decision = try builder.state.decideRefreshFailed(
        .sample(1), under: Self.fence, FailureReport(.definite, code: .sample("invalid_grant")),
        isEndingAllowed: isAllowed)
      let token = try #require(try Self.apply(decision, to: &builder))
      #expect(token.isDeleted == isAllowed)
      let held = builder.state.heldBackIDs()
      #expect(held == (isAllowed ? [] : [.sample(1)]))
      #expect(token.heldBack == (isAllowed ? nil : EventSequence(7)))
      let count = builder.state.tokenCount
      #expect(count == (isAllowed ? 2 : 3))
    }
  }

  // MARK: Late outcomes

  @Test func `an outcome under an older fence is only told, and the new lease stays`() throws {
    var builder = try Self.leased()
    try builder.append(
      .refreshStarted(Lease(end: Self.moment(60), attempt: 2)), token: .sample(1))
    let success = try builder.state.decideRefreshed(
      .sample(1), under: Self.fence, Self.report(refresh: Self.secret(71)), now: Self.moment(40),
      isEndingAllowed: true)
    let failure = try builder.state.decideRefreshFailed(
      .sample(1), under: Self.fence, FailureReport(.definite, code: .sample("invalid_grant")),
      isEndingAllowed: true)
    for decision in [success, failure] {
      guard case .late(let events) = decision, events.count == 1 else {
        Issue.record("\(decision)")
        return
      }
      let token = try #require(try Self.apply(decision, to: &builder))
      #expect(token.lease?.fence == EventSequence(7) && !token.isDeleted)
      #expect(token.heldBack == nil && token.refresh.recorded == Self.recorded(2))
    }
    guard case .refreshFailed(let told) = success.events[0].body else {
      Issue.record("not told")
      return
    }
    #expect(told.code == .sample("late") && told.rotated == Self.recorded(71))
    #expect(success.events[0].secrets.map(\.digest.rawValue) == [71])
  }

  @Test func `an outcome is late when the lease has ended with another outcome`() throws {
    var builder = try Self.leased()
    let first = try builder.state.decideRefreshed(
      .sample(1), under: Self.fence, Self.report(), now: Self.moment(5), isEndingAllowed: true)
    _ = try Self.apply(first, to: &builder)
    let again = try builder.state.decideRefreshed(
      .sample(1), under: Self.fence, Self.report(), now: Self.moment(6), isEndingAllowed: true)
    guard case .late = again else {
      Issue.record("\(again)")
      return
    }
  }

  @Test func `an outcome that comes after the lease's end counts while nobody else has one`()
    throws
  {
    let builder = try Self.leased()
    let decision = try builder.state.decideRefreshed(
      .sample(1), under: Self.fence, Self.report(), now: Self.moment(300), isEndingAllowed: true)
    guard case .refreshed = decision else {
      Issue.record("\(decision)")
      return
    }
  }

  // MARK: Back again

  @Test func `a deleted token comes back, one held back is let go, others are not touched`() throws
  {
    var builder = try Self.leased()
    let held = try builder.state.decideRefreshFailed(
      .sample(1), under: Self.fence, FailureReport(.definite, code: .sample("invalid_grant")),
      isEndingAllowed: false)
    _ = try Self.apply(held, to: &builder)
    #expect(throws: Rejection.tokenHeldBack(.sample(1))) { try Self.lease(1, in: builder.state) }
    for id in [1, 4] as [Int64] {
      let event = try builder.state.decideRestore(.sample(id))
      try builder.append(event.body, token: event.token)
      #expect(throws: Rejection.nothingToRestore(.sample(id))) {
        try builder.state.decideRestore(.sample(id))
      }
      guard case .propose = try Self.lease(id, in: builder.state) else {
        Issue.record("\(id) is not back")
        return
      }
    }
    #expect(throws: Rejection.tokenNotFound(.sample(9))) {
      try builder.state.decideRestore(.sample(9))
    }
  }

  // MARK: Limits

  @Test func `what is told of a refresh has its limits`() throws {
    let builder = try Self.leased()
    let long = Text.sample(String(repeating: "x", count: 256))
    func failed(_ report: FailureReport) throws {
      _ = try builder.state.decideRefreshFailed(
        .sample(1), under: Self.fence, report, isEndingAllowed: true)
    }
    #expect(throws: Rejection.limit(what: "bytes of a failure's code", maximum: 255)) {
      try failed(FailureReport(.incomplete, code: long))
    }
    var waiting = FailureReport(.unavailable, code: .sample("x"))
    waiting.retryAfterMilliseconds = UInt64(Limits.retryAfterMilliseconds) + 1
    let maximum = Limits.retryAfterMilliseconds
    #expect(throws: Rejection.limit(what: "milliseconds to wait", maximum: maximum)) {
      try failed(waiting)
    }
    var owned = Self.report()
    owned.ownerHash = long
    #expect(throws: Rejection.limit(what: "bytes of an owner hash", maximum: 255)) {
      try builder.state.decideRefreshed(
        .sample(1), under: nil, owned, now: Self.moment(0), isEndingAllowed: true)
    }
  }
}
