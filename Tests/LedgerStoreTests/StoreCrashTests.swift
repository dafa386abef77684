// The process dies at every call that changes something, and the power may fail with it. After
// each, the ledger opens, has every committed token and nothing invented, and goes on.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct StoreCrashTests {
  /// What a run was told before it died.
  private struct Witness {
    /// Version and access token of each live token that was acknowledged.
    var acknowledged: [Int64: String] = [:]
    /// The same if the commit in flight is counted.
    var undecided: [Int64: String] = [:]
    var digests: [String] = []
  }

  private let options = StoreOptions.small(segmentSizeBytes: 700)

  /// A script of commits that rotates segments, until one of them fails.
  private func run(_ storage: SimulatedStorage) -> Witness {
    var witness = Witness()
    do {
      let store = try LedgerStore.open(storage, options)
      witness.digests = ["\(store.digest)"]
      for step in 1...9 as ClosedRange<Int64> {
        let id = try store.create(step, access: "a\(step)")
        let other = try store.create(step)
        witness.undecided[id.rawValue] = "1 a\(step)"
        witness.undecided[other.rawValue] = "1 -"
        if step.isMultiple(of: 3) {
          try store.delete(.sample(step - 2))
          witness.undecided[step - 2] = nil
        }
        try store.commit()
        witness.acknowledged = witness.undecided
        witness.digests.append("\(store.digest)")
      }
    } catch {
      // The process died here.
    }
    return witness
  }

  private func tokens(_ store: LedgerStore) throws -> [Int64: String] {
    var tokens: [Int64: String] = [:]
    for id in store.tokenIDs {
      let access = try store.secrets(of: .sample(id)).first.flatMap { $0 } ?? "-"
      tokens[id] = "\(store.state.token(.sample(id))?.version ?? 0) \(access)"
    }
    return tokens
  }

  private func images(of storage: SimulatedStorage, seed: UInt64) -> [SimulatedStorage] {
    var generator = SeededGenerator(seed: seed)
    let mixed = storage.crashImage(namesKept: storage.unsyncedNameCount) { _ in
      Bool.random(using: &generator)
    }
    return [storage.imageAfterPowerLoss(), storage.imageAfterKill(), mixed]
  }

  @Test func `every committed token is there after a crash at any call`() throws {
    let whole = SimulatedStorage()
    let digests = run(whole).digests
    for change in 1...whole.changeCount {
      let storage = SimulatedStorage()
      storage.crash(atChange: change)
      let witness = run(storage)
      for (number, image) in images(of: storage, seed: UInt64(change)).enumerated() {
        let comment: Comment = "change \(change), image \(number)"
        let store = try LedgerStore.open(image, options)
        let found = try tokens(store)
        #expect(found == witness.acknowledged || found == witness.undecided, comment)
        #expect(digests.contains("\(store.digest)"), comment)
        #expect(try digest(folding: store.events()) == store.digest, comment)
        let id = try store.create(99, access: "new")
        try store.commit()
        let again = try LedgerStore.open(image.imageAfterPowerLoss(), options)
        #expect(again.digest == store.digest, comment)
        #expect(try again.secrets(of: id) == ["new", nil], comment)
      }
    }
  }

  // MARK: Torn tails

  /// A disk with two tokens and a third in a torn batch.
  private func torn() throws -> SimulatedStorage {
    let storage = SimulatedStorage()
    let store = try LedgerStore.open(storage, .small())
    try store.create(1)
    try store.create(2)
    try store.commit()
    storage.fail(.sync)
    for number in 3...30 as ClosedRange<Int64> { try store.create(number, access: "torn") }
    #expect(throws: StoreError.self) { try store.commit() }
    return storage.crashImage { $0.sector.isMultiple(of: 2) }
  }

  private func recoveries(_ store: LedgerStore) throws -> [TailCut] {
    try store.events().compactMap {
      guard case .recovered(let cut) = $0.body else { return nil }
      return cut
    }
  }

  @Test func `a torn tail is cut, kept and told of, once`() throws {
    let storage = try torn()
    let store = try LedgerStore.open(storage, .small())
    #expect(store.tokenIDs == [1, 2])
    let cuts = try recoveries(store)
    #expect(cuts.count == 1)
    let cut = try #require(cuts.first)
    let kept = "\(cut.segment.string).torn-\(cut.offset)"
    #expect(storage.content(of: kept)?.count == Int(cut.bytesCut))
    for _ in 1...2 {
      #expect(try recoveries(LedgerStore.open(storage, .small())) == cuts)
    }
  }

  @Test func `a start that dies after the cut leaves the telling to the next, which tells once`()
    throws
  {
    let probe = try torn()
    let before = probe.changeCount
    _ = try LedgerStore.open(probe, .small())
    for change in 1...(probe.changeCount - before) {
      let storage = try torn()
      storage.crash(atChange: change)
      _ = openingError(storage)
      for (number, image) in images(of: storage, seed: UInt64(change)).enumerated() {
        let comment: Comment = "change \(change), image \(number)"
        let store = try LedgerStore.open(image, .small())
        #expect(store.tokenIDs == [1, 2], comment)
        #expect(try recoveries(store).count == 1, comment)
        let again = try LedgerStore.open(image.imageAfterPowerLoss(), .small())
        #expect(try recoveries(again).count == 1, comment)
      }
    }
  }

  @Test func `a tail that was cut on a full disk is told of by a later start`() throws {
    let storage = try torn()
    let probe = storage.imageAfterKill()
    _ = try LedgerStore.open(probe, .small())
    for room in [0, 100, 1000, 5000, 20_000] {
      let image = storage.imageAfterKill()
      image.setCapacity(bytes: image.usedBytes + room)
      if let error = openingError(image) { #expect(error.isDiskFull, "room \(room)") }
      image.setCapacity(bytes: .max)
      let store = try LedgerStore.open(image, .small())
      #expect(store.tokenIDs == [1, 2], "room \(room)")
      #expect(try recoveries(store).count == 1, "room \(room)")
    }
  }
}
