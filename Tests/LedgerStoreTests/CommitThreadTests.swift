// The commit thread from its owner's side: it acknowledges in order, it never holds up a read, and
// what is in flight stays hidden until it is durable.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct CommitThreadTests {
  @Test func `batches are acknowledged in order, each with all that was decided before it`() throws
  {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small(segmentSizeBytes: 2000))
    try store.startCommitThread()
    defer { store.stopCommitThread() }
    for round in 1...30 as ClosedRange<UInt64> {
      for number in 1...3 as ClosedRange<Int64> { try store.create(number, access: "x\(number)") }
      store.submit()
      #expect(store.isCommitting)
      #expect(store.collectNext() == .durable(EventSequence(1 + 3 * round)))
      #expect(!store.isCommitting && store.tokenIDs.count == Int(3 * round))
      let image = try LedgerStore.open(storage.imageAfterPowerLoss(), .small())
      #expect(image.digest == store.digest)
    }
  }

  @Test func `while a sync is blocked the state answers without what is in flight`() throws {
    let gate = GatedStorage(SimulatedStorage())
    let store = try LedgerStore.open(gate, .small())
    let first = try store.create(1, access: "secret")
    try store.commit()
    try store.startCommitThread()
    defer { store.stopCommitThread() }
    gate.shut()
    defer { gate.open() }
    let second = try store.create(2)
    store.submit()
    #expect(gate.waitForCall())
    #expect(store.collect() == nil && store.isCommitting)
    #expect(store.tokenIDs == [1] && store.state.token(second) == nil)
    #expect(try store.secrets(of: first) == ["secret", nil])
    #expect(try store.events().count == 2)
    let third = try store.create(3)
    store.submit()
    #expect(third == .sample(3) && store.inFlightCount == 2)
    gate.open()
    #expect(store.collectNext() == .durable(EventSequence(3)))
    #expect(store.tokenIDs == [1, 2] && store.inFlightEvent(of: third) == EventSequence(4))
    store.submit()
    #expect(store.collectNext() == .durable(EventSequence(4)))
    #expect(store.tokenIDs == [1, 2, 3])
  }

  @Test func `ids and keys in flight are known across two batches`() throws {
    let gate = GatedStorage(SimulatedStorage())
    let store = try LedgerStore.open(gate, .small())
    try store.startCommitThread()
    defer { store.stopCommitThread() }
    gate.shut()
    defer { gate.open() }
    try store.create(id: 50, key: "first")
    store.submit()
    #expect(gate.waitForCall())
    #expect(try store.create(key: "second") == .sample(51))
    gate.open()
    #expect(store.collectNext() == .durable(EventSequence(2)))
    #expect(store.inFlightEvent(ofKey: .sample("first")) == nil)
    #expect(store.inFlightEvent(ofKey: .sample("second")) == EventSequence(3))
    #expect(store.freeTokenID == .sample(52))
    store.submit()
    #expect(store.collectNext() == .durable(EventSequence(3)))
    #expect(store.freeTokenID == .sample(52))
  }

  @Test func `stopping finishes what was submitted`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    try store.startCommitThread()
    try store.create()
    store.submit()
    store.stopCommitThread()
    #expect(store.collect() == .durable(EventSequence(2)))
    #expect(try LedgerStore.open(storage.imageAfterPowerLoss(), .small()).tokenIDs == [1])
  }
}
