import TestSupport
import Testing

@testable import TokenLedger

/// Random histories held against a dictionary.
@Suite struct LedgerHistoryTests {
  private static let validity = RandomHistory.validity

  @Test(arguments: 0..<4)
  func `a random history gives what a dictionary gives`(seed: UInt64) throws {
    var history = RandomHistory(seed: seed, tableSeed: seed &* 77)
    for step in 0..<1200 {
      try history.step()
      guard step % 150 == 149 else { continue }
      try Self.compare(history.builder.state, history.model, "seed \(seed), step \(step)")
    }
  }

  @Test(arguments: 0..<4)
  func `every kind of query gives what looking at each token gives`(seed: UInt64) throws {
    var history = RandomHistory(seed: seed + 100)
    for round in 0..<6 {
      for _ in 0..<120 { try history.step() }
      for _ in 0..<120 {
        let question = RandomQuery(history.pick(4), from: &history)
        let after = history.oneIn(2) ? 0 : Int64(history.pick(450) - 3)
        let limit = history.oneIn(2) ? Int.max : history.pick(20)
        try Self.compare(
          question, answeredIn: history.builder.state,
          expecting: question.answer(in: history.model), after, limit,
          "seed \(seed), round \(round): \(question.words)")
      }
    }
  }

  @Test func `the seed of the tables changes nothing that can be seen`() throws {
    let images = try CatalogTests.seeds.map { tableSeed in
      var history = RandomHistory(seed: 9, tableSeed: tableSeed)
      for _ in 0..<800 { try history.step() }
      return StateImage(history.builder.state)
    }
    #expect(images.dropFirst().allSatisfy { $0 == images[0] })
  }

  @Test func `tokens created in another order give the same digest and answers`() throws {
    var generator = SeededGenerator(seed: 4)
    let ascending = Array(1...120)
    let orders = [ascending, ascending.reversed(), ascending.shuffled(using: &generator)]
    let images = try orders.map { StateImage(try Self.create(inOrder: $0)) }
    for image in images.dropFirst() {
      #expect(image.canonicalBytes == images[0].canonicalBytes)
      #expect(image.answers == images[0].answers)
      #expect(image.counts == images[0].counts && image.nextTokenID == images[0].nextTokenID)
    }
  }

  @Test func `events of the ledger leave no trace in the digest`() throws {
    var history = RandomHistory(seed: 2)
    for _ in 0..<60 { try history.step() }
    let before = StateImage(history.builder.state)
    let cut = TailCut(segment: .sample("0"), offset: 1, bytesCut: 1)
    let key = IdempotencyKey(name: .sample("ledger's"), requestDigest: 1)
    try history.builder.append(.recovered(cut), token: nil, key: key)
    let after = StateImage(history.builder.state)
    #expect(after.canonicalBytes == before.canonicalBytes && after.tokens == before.tokens)
    #expect(after.lastSequence == before.lastSequence.next)
  }

  @Test func `replaying the events gives the same state`() throws {
    var history = RandomHistory(seed: 8)
    for _ in 0..<600 { try history.step() }
    var replayed = LedgerState(seed: 5)
    for event in history.builder.events {
      let again = try decode(event.facts, at: event.sequence).get()
      #expect(again == event)
      try replayed.apply(again)
    }
    #expect(StateImage(replayed) == StateImage(history.builder.state))
  }

  @Test func `deleting and restoring brings a token back whole, but for its lease`() throws {
    var builder = LedgerBuilder()
    let creation = Creation.sample(
      user: "u1", scopes: ["s0", "s1"], created: 7, refresh: .present(SecretDigest(1)))
    try builder.append(.created(creation), token: .first)
    try builder.append(
      .refreshFailed(
        RefreshFailure(
          fence: nil, failureClass: .incomplete, code: .empty, retryAfterMilliseconds: 0,
          rotated: .present(SecretDigest(2)))), token: .first)
    let whole = builder.state.token(.first)
    let before = try #require(whole)
    try builder.append(
      .refreshStarted(Lease(end: .epoch, attempt: 1)), token: .first)
    #expect(builder.state.leaseCount == 1)
    try builder.append(.deleted, token: .first)
    #expect(builder.state.token(.first) == nil && builder.state.leaseCount == 0)
    #expect(builder.state.tokenEvenIfDeleted(.first)?.isDeleted == true)
    try builder.append(.restored, token: .first)
    let restored = builder.state.token(.first)
    var after = try #require(restored)
    #expect(after.version == before.version + 3)
    (after.version, after.lastEvent) = (before.version, before.lastEvent)
    #expect(after == before)
  }

  private static func create(inOrder numbers: [Int]) throws -> LedgerState {
    var builder = LedgerBuilder()
    for number in numbers {
      let scopes: [String] = (0..<number % 5).map { scope in "s\((scope * number) % 9)" }
      let creation = Creation.sample(
        character: Int64(number % 7), name: "n\(number % 5)", owner: "o\(number % 3)",
        user: number % 4 == 0 ? nil : "u\(number % 6)", scopes: scopes,
        created: Int64(number % 11))
      let key = IdempotencyKey(name: .sample("k\(number)"), requestDigest: UInt64(number))
      try builder.append(.created(creation), token: .sample(Int64(number)), key: key)
    }
    return builder.takeState()
  }

  // MARK: Comparing

  private static func compare(
    _ state: borrowing LedgerState, _ model: LedgerModel, _ place: String
  ) throws {
    #expect(StateImage(state).canonicalBytes == model.canonicalBytes, "\(place)")
    #expect(state.tokenCount == model.live.count, "\(place)")
    #expect(state.deletedCount == model.tokens.count - model.live.count, "\(place)")
    #expect(state.leaseCount == model.tokens.values.count { $0.fence != nil }, "\(place)")
    #expect(state.nextTokenID == model.tokens.keys.max().flatMap { TokenID($0 + 1) }, "\(place)")
    for entry in model.tokens.values {
      let id = TokenID.sample(entry.id)
      let stored = state.tokenEvenIfDeleted(id)
      let token = try #require(stored, "\(place)")
      #expect(token.lastEvent == entry.lastEvent && token.version == entry.version, "\(place)")
      #expect((state.token(id) == nil) == entry.isDeleted, "\(place)")
      #expect(token.canRefresh == (entry.facts.refresh.digest != nil), "\(place)")
    }
  }

  private static func compare(
    _ question: RandomQuery, answeredIn state: borrowing LedgerState, expecting expected: [Int64],
    _ after: Int64, _ limit: Int, _ place: String
  ) throws {
    let filter = try state.filter(question.query)
    var page: [Int64] = [-9]
    state.appendIDs(filter, validity, after: after, limit: limit, to: &page)
    let expectedPage = [-9] + expected.filter { $0 > after }.prefix(limit)
    let ids = try state.ids(of: question.query, at: validity).map(\.rawValue)
    #expect(ids == expected, "\(place)")
    #expect(page == expectedPage, "\(place), after \(after), limit \(limit)")
    #expect(state.count(filter, validity) == expected.count, "\(place)")
    #expect(state.exists(filter, validity) == !expected.isEmpty, "\(place)")
    let first = state.first(filter, validity, after: after)?.rawValue
    #expect(first == expected.first { $0 > after }, "\(place), after \(after)")
  }
}
