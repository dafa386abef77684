import TestSupport
import Testing

@testable import TokenLedger

/// Events that do not fit: refused, and nothing has changed.
@Suite struct MisfitTests {
  /// Token 1 live with key `k`, token 2 deleted, token 3 leased; events 1 to 5.
  private static func state() throws -> LedgerState {
    var builder = LedgerBuilder()
    let key = IdempotencyKey(name: .sample("k"), requestDigest: 1)
    let creation = Creation.sample(character: 1, user: "u1", scopes: ["s0"])
    try builder.append(.created(creation), token: .sample(1), key: key)
    try builder.append(.created(.sample(scopes: ["s0", "s1"])), token: .sample(2))
    try builder.append(.created(.sample(character: 2)), token: .sample(3))
    try builder.append(.deleted, token: .sample(2))
    try builder.append(.refreshStarted(Lease(end: .epoch, attempt: 1)), token: .sample(3))
    return builder.takeState()
  }

  /// An event that would fit, but for what a test changes.
  private static func event(
    _ body: Event.Body, token: Int64?, previous: UInt64?, sequence: UInt64 = 6,
    id: EventID = EventID(milliseconds: 9, counter: 0), key: String? = nil
  ) -> Event {
    Event(
      sequence: EventSequence(sequence), id: id, token: token.map(TokenID.sample),
      previous: previous.map(EventSequence.init), actor: .system,
      key: key.map { IdempotencyKey(name: .sample($0), requestDigest: 1) }, body: body)
  }

  private static let created = Event.Body.created(
    .sample(character: 99, name: "new", user: "new", scopes: ["new"]))
  private static let granted = Event.Body.scopesGranted([.sample("new")])
  private static func refreshed(under fence: UInt64) -> Event.Body {
    .refreshed(
      Refresh(
        fence: EventSequence(fence), created: .epoch, access: .empty, refresh: nil,
        isUnverified: false))
  }
  private static let opened = Event.Body.opened(Opening(formatVersion: 1, programVersion: .empty))

  static let misfits: [(Event, MisfitEvent.Problem)] = [
    (event(granted, token: 1, previous: 1, sequence: 5), .gap(after: EventSequence(5))),
    (event(granted, token: 1, previous: 1, sequence: 7), .gap(after: EventSequence(5))),
    (event(created, token: 4, previous: nil, sequence: 0), .gap(after: EventSequence(5))),
    (event(granted, token: 1, previous: 1, id: .zero), .idNotRising),
    (event(granted, token: 1, previous: 1, id: EventID(milliseconds: 0, counter: 5)), .idNotRising),
    (
      event(opened, token: nil, previous: nil, id: EventID(milliseconds: 0, counter: 5)),
      .idNotRising
    ),
    (event(granted, token: nil, previous: 1), .wrongSubject),
    (event(opened, token: 1, previous: 1), .wrongSubject),
    (event(opened, token: nil, previous: 1), .wrongPrevious),
    (event(created, token: 4, previous: nil, key: "k"), .keyExists),
    (event(created, token: 1, previous: nil), .tokenExists),
    (event(created, token: 1, previous: 1), .tokenExists),
    (event(created, token: 2, previous: nil), .tokenExists),
    (event(created, token: 4, previous: 5), .wrongPrevious),
    (event(granted, token: 4, previous: nil), .tokenMissing),
    (event(.deleted, token: 4, previous: 5), .tokenMissing),
    (event(.restored, token: 4, previous: nil), .tokenMissing),
    (event(granted, token: 1, previous: nil), .wrongPrevious),
    (event(granted, token: 1, previous: 5), .wrongPrevious),
    (event(.deleted, token: 3, previous: 3), .wrongPrevious),
    (event(.restored, token: 2, previous: 2), .wrongPrevious),
    (event(.restored, token: 1, previous: 1), .nothingToRestore),
    (event(refreshed(under: 4), token: 3, previous: 5), .staleFence),
    (event(refreshed(under: 5), token: 1, previous: 1), .staleFence),
    (event(refreshed(under: 5), token: 2, previous: 4), .tokenMissing),
    (event(.deleted, token: 2, previous: 4), .tokenMissing),
    (event(granted, token: 2, previous: 4), .tokenMissing),
    (event(.refreshStarted(Lease(end: .epoch, attempt: 1)), token: 2, previous: 4), .tokenMissing),
  ]

  @Test(arguments: misfits)
  func `an event that does not fit is refused and changes nothing`(
    event: Event, problem: MisfitEvent.Problem
  ) throws {
    var state = try Self.state()
    let before = StateImage(state)
    #expect(throws: MisfitEvent(sequence: event.sequence, problem: problem)) {
      try state.apply(event)
    }
    #expect(StateImage(state) == before)
    let fitting = Self.event(Self.created, token: 4, previous: nil)
    try state.apply(fitting)
    var undisturbed = try Self.state()
    try undisturbed.apply(fitting)
    #expect(StateImage(state) == StateImage(undisturbed))
  }

  @Test func `the first event may have the lowest id, the second may not`() throws {
    var state = LedgerState()
    try state.apply(Self.event(Self.opened, token: nil, previous: nil, sequence: 1, id: .zero))
    #expect(throws: MisfitEvent(sequence: EventSequence(2), problem: .idNotRising)) {
      try state.apply(Self.event(Self.opened, token: nil, previous: nil, sequence: 2, id: .zero))
    }
  }
}
