// The events of a ledger that has been in use: a quarter creations, then mostly refreshes (a
// lease and its outcome), some grants, some deletions undone later. Valid by construction; the
// same every time. Invariant: each event names the predecessor of its token, as the fold demands.
// Every lease is answered by the next event.

import TokenLedger

/// A stream of events, each following from the ones before it.
struct EventMix {
  private let population: Population
  private let creationCount: Int
  private var random = Random(seed: Random.fixedSeed &+ 17)
  private var lastEvents: [EventSequence] = []
  private var leases: [EventSequence?] = []
  private var isDeleted: [Bool] = []
  private var sequence = EventSequence.zero
  private var id = EventID.zero
  /// The token whose lease is to be answered next.
  private var leased: Int?

  init(eventCount: Int) {
    creationCount = max(1, eventCount / 4)
    population = Population(tokenCount: creationCount)
  }

  /// The next event.
  mutating func next() -> Event {
    guard lastEvents.count >= creationCount else { return create() }
    if let token = leased { return answer(token) }
    let token = random.below(lastEvents.count)
    if isDeleted[token] { return restore(token) }
    switch random.below(20) {
    case 0: return delete(token)
    case 1: return make(token, .scopesGranted([.of("granted-\(sequence.rawValue)")]))
    default: return lease(token)
    }
  }

  private mutating func create() -> Event {
    let index = lastEvents.count
    let event = make(nil, .created(population.creation(index)), newToken: index)
    lastEvents.append(event.sequence)
    isDeleted.append(false)
    leases.append(nil)
    return event
  }

  private mutating func lease(_ token: Int) -> Event {
    leased = token
    let event = make(token, .refreshStarted(Lease(end: Population.now, attempt: 1)))
    leases[token] = event.sequence
    return event
  }

  private mutating func answer(_ token: Int) -> Event {
    leased = nil
    let digest = SecretDigest(sequence.rawValue)
    let created = UnixTime(
      clampingMicroseconds: Population.now.microseconds + Int64(sequence.rawValue) * 1000)
    return make(
      token,
      .refreshed(
        Refresh(
          fence: leases[token], created: created, access: .empty, refresh: .present(digest),
          isUnverified: false)))
  }

  private mutating func delete(_ token: Int) -> Event {
    isDeleted[token] = true
    return make(token, .deleted)
  }

  private mutating func restore(_ token: Int) -> Event {
    isDeleted[token] = false
    return make(token, .restored)
  }

  private mutating func make(
    _ token: Int?, _ body: Event.Body, newToken: Int? = nil
  ) -> Event {
    sequence = sequence.next
    id = id.following(
      at: UnixTime(clampingMicroseconds: Population.now.microseconds + Int64(sequence.rawValue)))
    let event = Event(
      sequence: sequence, id: id, token: TokenID(Int64((token ?? newToken ?? 0) + 1)),
      previous: token.map { lastEvents[$0] },
      actor: .peer(uid: 1000, pid: 4242, clientName: nil), body: body)
    if let token { lastEvents[token] = sequence }
    return event
  }
}
