// A start that finds a torn tail: what it keeps, what it tells, and what it does without room. That
// it may die at each of its calls is the crash explorer's.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct TornStartTests {
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

  @Test func `without room for the copy nothing is cut, and the error says what to free`() throws {
    let image = try torn()
    // The room behind the tail makes place for its copy: leave none.
    let end = try #require(image.content(of: segment)?.lastIndex { $0 != 0 }) + 1
    try image.open(segment, .readWrite).truncate(toSizeBytes: end)
    image.setCapacity(bytes: image.usedBytes + 100)
    let error = try #require(openingError(image))
    guard case .log(.noRoomForTail(segment, let offset, let size)) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(offset + size == end && image.content(of: segment)?.count == end)
    #expect(error.isDiskFull && error.description.contains("Free at least \(size) bytes"))
    image.setCapacity(bytes: image.usedBytes + size)
    #expect(try LedgerStore.open(image, .small()).tokenIDs == [1, 2])
  }

  private let segment = "00000000000000000001.segment"
}
