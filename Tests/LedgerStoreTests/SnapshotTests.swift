// Starts from snapshots: the same ledger as from the whole log, whatever became of the snapshots.
// Invariant under test: a snapshot is a cache. None of these tests trusts one: each compares with a
// start that has none. schema/snapshot.md sections 5 and 6.

import EventLog
import Foundation
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

/// Snapshots on a simulated disk.
@Suite struct SnapshotTests {
  private let storage = SimulatedStorage()

  private func open(_ disk: SimulatedStorage, seed: UInt64 = 0) throws -> LedgerStore {
    var options = StoreOptions.small(segmentSizeBytes: 2000)
    options.seed = seed
    return try LedgerStore.open(disk, options, snapshots: disk)
  }

  /// Some tokens and refreshes over several segments.
  private func add(_ rounds: Int, to store: LedgerStore) throws {
    let id = try store.create(7, scopes: ["a", "b"], access: "first", refresh: "r")
    try store.commit()
    for round in 0..<rounds {
      try store.refresh(id, access: "access-\(round)", refresh: "refresh-\(round)")
      try store.commit()
    }
  }

  private func snapshots(_ disk: SimulatedStorage) -> [String] {
    disk.disk.contents.map(\.name).filter { $0.hasSuffix(".snapshot") }.sorted()
  }

  /// Opens the disk with its snapshots and without, and compares all that can be seen.
  ///
  /// - Returns: the event after which the snapshot was that the start used.
  @discardableResult
  private func compareStarts(_ storage: SimulatedStorage) throws -> UInt64 {
    let bare = storage.imageAfterKill()
    for name in snapshots(bare) { bare.removeContent(of: name) }
    let quick = try open(storage.imageAfterKill(), seed: 5)
    let slow = try open(bare)
    #expect(quick.digest == slow.digest)
    #expect(try quick.events().dropLast() == slow.events().dropLast())
    #expect(quick.head?.lastSequence == slow.head?.lastSequence)
    #expect(quick.segmentsSinceCompaction == slow.segmentsSinceCompaction)
    for id in slow.tokenIDs.map(TokenID.sample) {
      #expect(try quick.secrets(of: id) == slow.secrets(of: id))
    }
    for event in try slow.events().dropLast() {
      #expect(try quick.event(event.sequence) == event)
      #expect(try quick.firstSequence(atOrAfter: event.id) == event.sequence)
    }
    return quick.snapshotOfStart.rawValue
  }

  @Test func `a start from a snapshot is the start from the log`() throws {
    let store = try open(storage)
    for round in 0..<4 {
      try add(10 * round, to: store)
      let made = try store.makeSnapshot()
      #expect(made.sequence == store.state.lastSequence && made.sizeBytes > 0)
      #expect(try compareStarts(storage) == made.sequence.rawValue)
      try add(3, to: store)
      #expect(try compareStarts(storage) == made.sequence.rawValue)
    }
  }

  @Test func `the two latest snapshots are kept, and one that is there is not made again`() throws {
    let store = try open(storage)
    for _ in 0..<4 {
      try add(1, to: store)
      _ = try store.makeSnapshot()
    }
    #expect(snapshots(storage).count == 2)
    #expect(try store.makeSnapshot().sizeBytes == 0)
    #expect(snapshots(storage).count == 2)
  }

  @Test func `a damaged snapshot is passed over, wherever it is damaged`() throws {
    let store = try open(storage)
    try add(5, to: store)
    let first = try store.makeSnapshot().sequence.rawValue
    try add(5, to: store)
    _ = try store.makeSnapshot()
    let name = try #require(snapshots(storage).last)
    let size = try #require(storage.content(of: name)?.count)
    for bit in Campaign.spread(below: size * 8, sample: 200) {
      let damaged = storage.imageAfterKill()
      damaged.flipBit(bit, of: name)
      #expect(try compareStarts(damaged) == first)
    }
    for length in Campaign.spread(below: size, sample: 40) {
      let damaged = storage.imageAfterKill()
      damaged.setContent(of: name, to: Array((storage.content(of: name) ?? []).prefix(length)))
      #expect(try compareStarts(damaged) == first)
    }
  }

  @Test func `a snapshot of another ledger, or of another past, is passed over`() throws {
    let store = try open(storage)
    try add(5, to: store)
    _ = try store.makeSnapshot()
    let name = try #require(snapshots(storage).first)
    let other = SimulatedStorage()
    var options = StoreOptions.small(segmentSizeBytes: 2000)
    options.newLedgerID = store.head?.ledger
    let stranger = try LedgerStore.open(other, options, snapshots: other)
    try add(2, to: stranger)
    try add(7, to: stranger)
    other.setContent(of: name, to: storage.content(of: name) ?? [])
    #expect(try compareStarts(other) == 0)
  }

  @Test func `a snapshot of a longer past does not stand in the way of new ones`() throws {
    let store = try open(storage)
    try add(5, to: store)
    _ = try store.makeSnapshot()
    let bytes = storage.content(of: try #require(snapshots(storage).first)) ?? []
    for number in 7...9 {
      storage.setContent(of: "0000000000000099999\(number).snapshot", to: bytes)
    }
    try add(5, to: store)
    let made = try store.makeSnapshot().sequence.rawValue
    #expect(try compareStarts(storage) == made)
    #expect(snapshots(storage).count == 2)
  }

  @Test func `a snapshot from before a compaction still leads to every secret`() throws {
    let store = try open(storage)
    try add(30, to: store)
    _ = try store.makeSnapshot()
    let summary = try store.compact(CompactionRequest(.dead, origin: .test))
    #expect(summary.rewrittenCount > 0)
    #expect(try compareStarts(storage) > 0)
    // The index of a start from a snapshot does not know of the old places.
    let restarted = try open(storage.imageAfterKill())
    try add(10, to: restarted)
    #expect(try restarted.compact(CompactionRequest(.dead, origin: .test)).rewrittenCount > 0)
    #expect(try restarted.events().count == Int(restarted.eventCount))
  }

  @Test func `a snapshot holds no byte of a secret`() throws {
    let store = try open(storage)
    _ = try store.create(7, access: "pl4nted-access", refresh: "pl4nted-refresh")
    try store.commit()
    _ = try store.makeSnapshot()
    let name = try #require(snapshots(storage).first)
    let text = String(decoding: storage.content(of: name) ?? [], as: Unicode.ASCII.self)
    #expect(!text.contains("pl4nted"))
  }

  @Test func `a place for snapshots that is none is no reason not to start`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("ledger")
    try LedgerStore.open(path).commit()
    let place = path + "/" + LedgerStore.snapshotDirectoryName
    try FileManager.default.removeItem(atPath: place)
    #expect(FileManager.default.createFile(atPath: place, contents: nil))
    let store = try LedgerStore.open(path)
    #expect(!store.keepsSnapshots && store.eventCount == 2)
    #expect(try LedgerStore.openForReading(path).eventCount == 2)
  }

  @Test func `where there is no room there is no snapshot, and the ledger goes on`() throws {
    let store = try open(storage)
    try add(5, to: store)
    storage.setCapacity(bytes: storage.usedBytes + 100)
    #expect(throws: StoreError.self) { try store.makeSnapshot() }
    #expect(storage.disk.contents.allSatisfy { !$0.name.contains("snapshot") })
    storage.setCapacity(bytes: .max)
    _ = try store.makeSnapshot()
    try add(1, to: store)
    #expect(try compareStarts(storage) > 0)
  }

  @Test(arguments: [StorageCall.create, .write, .sync, .rename, .syncDirectory])
  func `a call that fails leaves the snapshots that there were`(call: StorageCall) throws {
    let store = try open(storage)
    try add(5, to: store)
    _ = try store.makeSnapshot()
    let before = snapshots(storage)
    try add(5, to: store)
    storage.fail(call)
    #expect(throws: StoreError.self) { try store.makeSnapshot() }
    #expect(Set(snapshots(storage)).isSuperset(of: before))
    #expect(storage.disk.contents.allSatisfy { !$0.name.hasSuffix(".tmp") })
    try compareStarts(storage)
  }
}
