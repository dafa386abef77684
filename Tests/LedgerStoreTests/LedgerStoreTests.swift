// Open, append, commit, reopen: the same events give the same state, and every event and secret can
// be read back, whatever the segments are.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct LedgerStoreTests {
  /// A ledger of forty tokens with grants and deletions, one commit each.
  private func filled(_ storage: any LogStorage, _ options: StoreOptions) throws -> LedgerStore {
    let store = try LedgerStore.open(storage, options)
    for number in 1...40 as ClosedRange<Int64> {
      let id = try store.create(
        number % 7, scopes: ["a", "s\(number % 3)"], access: "access-\(number)",
        refresh: number.isMultiple(of: 4) ? "" : "refresh-\(number)",
        key: number.isMultiple(of: 5) ? "key-\(number)" : nil)
      try store.commit()
      if number.isMultiple(of: 2) { try store.grant(id, "extra", "a") }
      if number.isMultiple(of: 3) && !number.isMultiple(of: 2) { try store.delete(id) }
      try store.commit()
    }
    return store
  }

  @Test(arguments: [300, 1000, 4096, 1 << 20])
  func `a ledger that is opened again is the same`(segmentSizeBytes: Int) throws {
    let storage = SimulatedStorage()
    let options = StoreOptions.small(segmentSizeBytes: segmentSizeBytes)
    let store = try filled(storage, options)
    let before = try store.events()
    let again = try LedgerStore.open(storage.imageAfterPowerLoss(), options)
    #expect(again.digest == store.digest)
    #expect(again.tokenIDs == store.tokenIDs)
    let after = try again.events()
    #expect(Array(after.dropLast()) == before)
    #expect(after.last?.tag == .opened)
    #expect(try digest(folding: after) == store.digest)
    #expect(again.head?.ledger == store.head?.ledger)
  }

  @Test(arguments: [300, 1 << 20])
  func `every event is found by its sequence and by its id`(segmentSizeBytes: Int) throws {
    let options = StoreOptions.small(segmentSizeBytes: segmentSizeBytes)
    let storage = SimulatedStorage()
    let written = try filled(storage, options)
    for store in [written, try LedgerStore.open(storage.imageAfterKill(), options)] {
      let events = try store.events()
      #expect(events.map(\.sequence.rawValue) == Array(1...store.eventCount))
      for event in events {
        #expect(try store.event(event.sequence) == event)
        #expect(try store.firstSequence(atOrAfter: event.id) == event.sequence)
        let above = EventID(milliseconds: event.id.milliseconds, counter: event.id.counter + 1)
        #expect(try store.firstSequence(atOrAfter: above) == event.sequence.next)
      }
      #expect(try store.firstSequence(atOrAfter: .zero) == EventSequence(1))
      #expect(try store.firstSequence(atOrAfter: .maximum) == EventSequence(store.eventCount + 1))
      #expect(try store.event(.zero) == nil)
      #expect(try store.event(EventSequence(store.eventCount + 1)) == nil)
    }
  }

  @Test(arguments: [300, 1 << 20])
  func `the previous links lead through all of a token's events`(segmentSizeBytes: Int) throws {
    let storage = SimulatedStorage()
    let options = StoreOptions.small(segmentSizeBytes: segmentSizeBytes)
    let store = try filled(storage, options)
    let events = try store.events()
    for id in (1...40).map(TokenID.sample) {
      let token = try #require(store.token(id))
      var linked: [Event] = []
      var next: EventSequence? = token.lastEvent
      while let sequence = next, let event = try store.event(sequence) {
        linked.append(event)
        next = event.previous
      }
      #expect(Array(linked.reversed()) == events.filter { $0.token == id })
      #expect(linked.count == Int(token.version))
    }
  }

  @Test func `an event tells who asked, why, and under which key`() throws {
    let store = try LedgerStore.open(SimulatedStorage(), .small())
    try store.create(key: "k")
    try store.commit()
    let event = try #require(try store.event(EventSequence(2)))
    #expect(event.actor == Origin.test.actor && event.reason == .sample("because"))
    #expect(event.key == IdempotencyKey(name: .sample("k"), requestDigest: 1))
    #expect(try store.event(EventSequence(1))?.actor == .system)
  }

  @Test(arguments: [300, 1 << 20])
  func `secrets are read back as they were given`(segmentSizeBytes: Int) throws {
    let storage = SimulatedStorage()
    let options = StoreOptions.small(segmentSizeBytes: segmentSizeBytes)
    let store = try LedgerStore.open(storage, options)
    let long = String(repeating: "long", count: 16 * 1024)
    let both = try store.create(access: "access", refresh: "refresh")
    let one = try store.create(refresh: long)
    let none = try store.create()
    try store.commit()
    try store.grant(both, "more")
    try store.commit()
    for store in [store, try LedgerStore.open(storage.imageAfterPowerLoss(), options)] {
      #expect(try store.secrets(of: both) == ["access", "refresh"])
      #expect(try store.secrets(of: one) == [nil, long])
      #expect(try store.secrets(of: none) == [nil, nil])
    }
  }

  @Test func `a ledger in a directory is found again, and its files are its owner's only`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    var digest = try LedgerStore.open(path, .small()).digest
    for round in 1...3 as ClosedRange<Int64> {
      let store = try LedgerStore.open(path, .small(segmentSizeBytes: 300))
      #expect(store.digest == digest)
      let id = try store.create(round, access: "secret-\(round)")
      try store.commit()
      #expect(try store.secrets(of: id) == ["secret-\(round)", nil])
      digest = store.digest
    }
    #expect(try FileSystem.status(of: path)?.permissions == FilePermissions(rawValue: 0o700))
    let log = path + "/" + LedgerStore.logDirectoryName
    #expect(try FileSystem.status(of: log)?.permissions == FilePermissions(rawValue: 0o700))
    for name in try Directory.open(log).names() {
      let permissions = try FileSystem.status(of: log + "/" + name)?.permissions
      #expect(permissions == FilePermissions(rawValue: 0o600), "\(name)")
    }
  }

  @Test func `a second writer is refused and told who the first is`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    let store = try LedgerStore.open(path, .small())
    let expected = StoreError.log(.locked(holder: .current))
    #expect(throws: expected) { try LedgerStore.open(path, .small()) }
    #expect("\(expected)".contains("\(ProcessID.current)"))
    try store.create()
    try store.commit()
  }

  @Test func `a path that is no directory is refused without a change`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("file")
    _ = try FileDescriptor.open(path, .readWrite, [.create])
    do {
      _ = try LedgerStore.open(path, .small())
      Issue.record("a file was opened as a ledger")
    } catch {
      #expect(!error.isDamage && !error.isDiskFull)
    }
    #expect(throws: StoreError.self) { try LedgerStore.openForReading(directory.file("none")) }
    #expect(try FileSystem.status(of: directory.file("none")) == nil)
  }

  // MARK: Reading beside a writer

  @Test func `a reader sees what is committed, takes no lock and writes nothing`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    let writer = try LedgerStore.open(path, .small(segmentSizeBytes: 1000))
    for number in 1...30 as ClosedRange<Int64> {
      try writer.create(number, access: "a\(number)")
      try writer.create(number)
      let behind = try LedgerStore.openForReading(path, .small())
      #expect(behind.tokenIDs.count == Int(2 * number - 2))
      try writer.commit()
      let reader = try LedgerStore.openForReading(path, .small())
      #expect(reader.isReadOnly && reader.digest == writer.digest)
      #expect(reader.head?.lastSequence == writer.head?.lastSequence)
      #expect(try reader.events() == writer.events())
      #expect(try reader.secrets(of: .sample(2 * number - 1)) == ["a\(number)", nil])
    }
    #expect(writer.eventCount == 61)
  }

  @Test func `a writer that appends without pause never shows a reader half a batch`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    _ = try LedgerStore.open(path, .small())
    let thread = try SystemThread.start(name: "writer") {
      guard let store = try? LedgerStore.open(path, .small(segmentSizeBytes: 3000)) else { return }
      for _ in 1...100 {
        for number in 1...5 as ClosedRange<Int64> { _ = try? store.create(number, access: "x") }
        try? store.commit()
      }
    }
    var last = 0
    while last < 500 {
      let reader = try LedgerStore.openForReading(path, .small())
      let count = reader.tokenIDs.count
      #expect(count.isMultiple(of: 5) && count >= last)
      guard count.isMultiple(of: 5), count >= last else { break }
      last = count
    }
    thread.join()
  }

  @Test func `appending to a ledger that was opened for reading traps`() async {
    await #expect(processExitsWith: .failure) {
      let directory = try TemporaryDirectory()
      _ = try LedgerStore.open(directory.file("data"), .small())
      try LedgerStore.openForReading(directory.file("data"), .small()).create()
    }
  }
}
