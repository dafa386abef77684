// Between the decision and the disk: what is in flight is known by token and by key, shown to
// nobody, and gone without a trace when it is refused.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct InFlightTests {
  private func store() throws -> LedgerStore {
    try LedgerStore.open(SimulatedStorage(), .small())
  }

  @Test func `what is in flight is not shown`() throws {
    let store = try store()
    let digest = store.digest
    let id = try store.create(key: "k")
    #expect(store.digest == digest && store.tokenIDs.isEmpty)
    #expect(store.eventCount == 1 && store.inFlightCount == 1 && store.pendingBytes > 0)
    #expect(try store.event(EventSequence(2)) == nil)
    #expect(store.inFlightEvent(of: id) == EventSequence(2))
    #expect(store.inFlightEvent(ofKey: .sample("k")) == EventSequence(2))
    #expect(store.inFlightEvent(of: .sample(2)) == nil)
    #expect(store.inFlightEvent(ofKey: .sample("K")) == nil)
    try store.commit()
    #expect(store.tokenIDs == [1] && store.inFlightCount == 0 && store.pendingBytes == 0)
    #expect(store.inFlightEvent(of: id) == nil)
    #expect(store.inFlightEvent(ofKey: .sample("k")) == nil)
  }

  @Test func `a free id is above every token, durable or in flight`() throws {
    let store = try store()
    #expect(store.freeTokenID == .sample(1))
    #expect(try store.create() == .sample(1))
    #expect(try store.create() == .sample(2))
    #expect(try store.create(id: 10) == .sample(10))
    #expect(try store.create(id: 5) == .sample(5))
    #expect(store.freeTokenID == .sample(11))
    try store.commit()
    #expect(store.freeTokenID == .sample(11))
    try store.create(id: 7)
    #expect(store.freeTokenID == .sample(11))
    try store.commit()
    #expect(store.tokenIDs == [1, 2, 5, 7, 10])
  }

  @Test func `when the highest id is in flight no id is free`() throws {
    let store = try store()
    try store.create(id: .max)
    #expect(store.freeTokenID == nil)
    #expect(throws: Rejection.identifiersExhausted) { try store.create() }
    #expect(try store.create(id: 3) == .sample(3))
    try store.commit()
    #expect(store.freeTokenID == nil)
    #expect(store.tokenIDs == [3, .max])
  }

  @Test func `a refused creation of the highest id gives the ids back`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    storage.setCapacity(bytes: storage.usedBytes)
    try store.create(access: String(repeating: "x", count: 20_000), id: .max)
    #expect(throws: StoreError.self) { try store.commit() }
    #expect(store.freeTokenID == .sample(1))
  }

  @Test func `the last event in flight of a token counts`() throws {
    let store = try store()
    let id = try store.create()
    try store.commit()
    try store.grant(id, "a")
    #expect(store.inFlightEvent(of: id) == EventSequence(3))
    try store.commit()
    #expect(store.state.token(id)?.version == 2)
  }

  @Test func `several events of one command become durable together`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    for number in 1...100 as ClosedRange<Int64> { try store.create(number) }
    try store.commit()
    let events = try store.state.decideDelete(all: Array(1...100))
    #expect(try store.append(events, origin: .test) == EventSequence(201))
    storage.fail(.sync)
    #expect(throws: StoreError.self) { try store.commit() }
    for image in [storage.imageAfterPowerLoss(), storage.imageAfterKill()] {
      let count = try LedgerStore.open(image, .small()).tokenIDs.count
      #expect(count == 0 || count == 100)
    }
  }

  @Test func `more events than a command may append are refused, and nothing is in flight`() throws
  {
    let store = try store()
    let id = try store.create()
    try store.commit()
    let event = try #require(try store.state.decideDelete(id))
    let events = Array(repeating: event, count: Limits.eventsPerCommand + 1)
    #expect(
      throws: Rejection.limit(
        what: "events of one command", maximum: Limits.eventsPerCommand)
    ) { try store.append(events, origin: .test) }
    #expect(store.inFlightCount == 0 && store.pendingBytes == 0)
  }

  @Test func `an event that no frame takes is refused, and nothing is in flight`() throws {
    let store = try store()
    let scopes = (0..<1100).map { "\($0)" + String(repeating: "x", count: 1000) }
    #expect(
      throws: Rejection.limit(
        what: "bytes of one event", maximum: LogFormat.maximumBodySizeBytes)
    ) { try store.create(scopes: scopes) }
    #expect(store.inFlightCount == 0 && store.pendingBytes == 0)
    try store.create()
    try store.commit()
    #expect(store.tokenIDs == [1])
  }

  @Test func `a commit of nothing is done at once`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    let before = storage.changeCount
    try store.commit()
    #expect(store.collect() == nil && storage.changeCount == before)
  }

  @Test func `appending nothing traps`() async {
    await #expect(processExitsWith: .failure) {
      let store = try LedgerStore.open(SimulatedStorage(), .small())
      _ = try store.append([], origin: .test)
    }
  }

  @Test func `event ids rise though the clock stands still`() throws {
    let store = try store()
    for number in 1...20 as ClosedRange<Int64> { try store.create(number) }
    try store.commit()
    let ids = try store.events().map(\.id)
    #expect(ids == (0...20).map { EventID(milliseconds: 1_700_000_000_000, counter: $0) })
  }
}
