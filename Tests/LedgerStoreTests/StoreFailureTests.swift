// A disk without room refuses and heals; a disk that fails ends all writing. In both cases what was
// shown before stays right, and the next start finds every acknowledged event.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct StoreFailureTests {
  private let large = String(repeating: "x", count: 20_000)

  // MARK: Disk full

  @Test func `a batch that finds no room leaves no trace, and numbering goes on without a gap`()
    throws
  {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    try store.create(1)
    try store.commit()
    let digest = store.digest
    let head = store.head
    for _ in 1...3 {
      storage.setCapacity(bytes: storage.usedBytes)
      try store.create(2, access: large, key: "k")
      store.submit()
      guard case .refused = store.collect() else {
        Issue.record("not refused")
        return
      }
      #expect(store.inFlightCount == 0 && store.pendingBytes == 0)
      #expect(store.inFlightEvent(of: .sample(2)) == nil)
      #expect(store.inFlightEvent(ofKey: .sample("k")) == nil)
      #expect(store.digest == digest && store.head == head)
      #expect(store.freeTokenID == .sample(2))
    }
    storage.setCapacity(bytes: .max)
    #expect(try store.create(2, access: large, key: "k") == .sample(2))
    try store.commit()
    #expect(try store.secrets(of: .sample(2)) == [large, nil])
    let again = try LedgerStore.open(storage.imageAfterPowerLoss(), .small())
    #expect(again.digest == store.digest)
    #expect(try again.events().map(\.sequence.rawValue) == [1, 2, 3, 4])
  }

  @Test func `what was decided behind a refused batch is refused with it`() throws {
    let storage = SimulatedStorage()
    let gate = GatedStorage(storage)
    let store = try LedgerStore.open(gate, .small())
    try store.startCommitThread()
    defer { store.stopCommitThread() }
    storage.setCapacity(bytes: storage.usedBytes)
    gate.shut()
    defer { gate.open() }
    try store.create(1)
    store.submit()
    #expect(gate.waitForCall())
    try store.create(2, access: large)
    gate.open()
    #expect(store.collectNext() == .durable(EventSequence(2)))
    store.submit()
    try store.create(3)
    guard case .refused = store.collectNext() else {
      Issue.record("not refused")
      return
    }
    #expect(store.inFlightCount == 0 && store.tokenIDs == [1])
    storage.setCapacity(bytes: .max)
    #expect(try store.create(4) == .sample(2))
    store.submit()
    #expect(store.collectNext() == .durable(EventSequence(3)))
    #expect(store.tokenIDs == [1, 2])
    let digest = store.digest
    let again = try LedgerStore.open(storage.imageAfterPowerLoss(), .small())
    #expect(again.tokenIDs == [1, 2] && again.digest == digest)
  }

  @Test func `a ledger opens on a full disk, answers, and is written to once there is room`() throws
  {
    let storage = SimulatedStorage()
    var options = StoreOptions.small()
    // The start's event is larger than the room that the small ones below leave.
    options.programVersion = .sample(String(repeating: "v", count: 500))
    let first = try LedgerStore.open(storage, options)
    try first.create(1, access: "secret")
    try first.commit()
    storage.setCapacity(bytes: storage.usedBytes)
    while (try? first.create(2)) != nil, (try? first.commit()) != nil {}
    let store = try LedgerStore.open(storage, options)
    #expect(store.digest == first.digest && store.eventCount == first.eventCount)
    #expect(try store.secrets(of: .sample(1)) == ["secret", nil])
    try store.create(3, access: large)
    #expect(throws: StoreError.self) { try store.commit() }
    storage.setCapacity(bytes: .max)
    let id = try store.create(3, access: large)
    try store.commit()
    #expect(try store.secrets(of: id) == [large, nil])
    let again = try LedgerStore.open(storage.imageAfterPowerLoss(), options)
    #expect(again.digest == store.digest && again.eventCount == store.eventCount + 1)
  }

  @Test func `a new ledger on a full disk is refused, and made once there is room`() throws {
    let storage = SimulatedStorage()
    storage.setCapacity(bytes: 10)
    #expect(openingError(storage)?.isDiskFull == true)
    storage.setCapacity(bytes: .max)
    #expect(try LedgerStore.open(storage, .small()).eventCount == 1)
  }

  // MARK: A failed sync

  @Test(arguments: [false, true])
  func `after a failed sync nothing is shown and nothing is written`(isThreaded: Bool) throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    try store.create(1)
    try store.commit()
    if isThreaded { try store.startCommitThread() }
    defer { store.stopCommitThread() }
    let digest = store.digest
    storage.fail(.sync)
    try store.create(2, key: "k")
    store.submit()
    guard case .failed(.writeFailed(let error, _)) = store.collectNext() else {
      Issue.record("not failed")
      return
    }
    #expect(error.code == .ioError)
    #expect(store.digest == digest && store.inFlightCount == 0 && store.tokenIDs == [1])
    let changes = storage.changeCount
    for _ in 1...3 {
      try store.create(3)
      store.submit()
      #expect(store.collectNext() == .failed(.poisoned))
      #expect(store.digest == digest && store.inFlightCount == 0)
    }
    #expect(storage.changeCount == changes)
    #expect(try store.events().count == 2)
    #expect(try LedgerStore.open(storage.imageAfterPowerLoss(), .small()).tokenIDs == [1])
  }

  @Test func `a commit says what went wrong`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    storage.fail(.sync)
    try store.create()
    do {
      try store.commit()
      Issue.record("committed")
    } catch {
      #expect(!error.isDiskFull && !error.isDamage)
    }
    try store.create()
    #expect(throws: StoreError.log(.poisoned)) { try store.commit() }
  }

  @Test func `an event that cannot be read is an error, and the next one can`() throws {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    let id = try store.create(access: "secret")
    try store.commit()
    storage.fail(.read)
    #expect(throws: StoreError.self) { try store.event(EventSequence(2)) }
    storage.fail(.read)
    #expect(throws: StoreError.self) { try store.secrets(of: id) }
    #expect(try store.secrets(of: id) == ["secret", nil])
    #expect(try store.event(EventSequence(2))?.token == id)
  }
}

extension LedgerStore {
  /// Waits for the submitted batch; nil when it does not come back within ten seconds.
  func collectNext() -> CommitReport? {
    if let report = collect() { return report }
    guard let descriptor = commitDescriptor, let poll = try? EventPoll(),
      (try? poll.add(EventWord(descriptor: descriptor, generation: 1), for: .readable)) != nil
    else { return nil }
    var events = EventBuffer(capacity: 1)
    while (try? poll.wait(timeoutMilliseconds: 10_000, into: &events)) != nil, events.count > 0 {
      if let report = collect() { return report }
    }
    return nil
  }
}
