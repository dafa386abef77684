// Segments that a start from a snapshot did not read: their events are found before they are
// located and after, and a located segment is indexed as if it had been read.
// The work is done here at once; in the daemon a thread beside the loop does it.

import EventLog
import TestSupport
import Testing
import TokenLedger

@testable import LedgerStore

/// What becomes of an index that knows the first events alone.
@Suite struct SegmentLocatingTests {
  /// A ledger of several segments.
  private func ledger(_ storage: SimulatedStorage) throws -> LedgerStore {
    let store = try LedgerStore.open(storage, .small(segmentSizeBytes: 2000), snapshots: storage)
    for number in 1...120 {
      _ = try store.create(Int64(number), access: "access-\(number)")
      if number % 3 == 0 { try store.commit() }
    }
    return store
  }

  private func request(_ task: SnapshotTask, _ storage: SimulatedStorage) -> SnapshotRequest {
    SnapshotRequest(
      task: task, log: storage, directory: SnapshotDirectory(storage: storage), lowWaterBytes: 0,
      seed: 0)
  }

  private func located(
    _ first: EventIndex.Entry, _ last: EventSequence, in storage: SimulatedStorage
  ) throws -> [EventIndex.Entry] {
    let request = request(.locate(first, through: last, layout: 0), storage)
    guard
      case .located(let entries, first.location.segment, 0) = request.carriedOut(until: StopSign())
    else { throw CrashProblem("a segment was not located") }
    return entries
  }

  @Test func `a located segment is indexed as one that was read`() throws {
    let storage = SimulatedStorage()
    let store = try ledger(storage)
    let known = store.index.firstEvents
    #expect(known.count > 4)
    var index = EventIndex(firstEvents: known.map { ($0.sequence, $0.id) })
    // The last segment is always read by a start.
    try store.forEachEvent(from: try #require(known.last).sequence, through: .init(120)) {
      index.note($0.sequence, $0.id, at: $1)
      return true
    }
    var remaining = known.count - 1
    while let (first, last) = index.lastUnlocated {
      for sequence in first.sequence.rawValue...last.rawValue {
        let entry = index.entry(atOrBefore: EventSequence(sequence))
        #expect(entry?.sequence == first.sequence && entry?.location == first.location)
      }
      index.locate(try located(first, last, in: storage), inSegment: first.location.segment)
      remaining -= 1
      try #require(remaining >= 0)
    }
    #expect(remaining == 0)
    for sequence in 1...store.eventCount {
      let (got, wanted) = (
        index.entry(atOrBefore: EventSequence(sequence)),
        store.index.entry(atOrBefore: EventSequence(sequence))
      )
      #expect(got?.sequence == wanted?.sequence && got?.location == wanted?.location)
      #expect(got?.id == wanted?.id)
      #expect(
        index.entry(after: EventSequence(sequence))?.sequence
          == store.index.entry(after: EventSequence(sequence))?.sequence)
    }
  }

  @Test func `what was located before a segment was rewritten is not taken over`() throws {
    let storage = SimulatedStorage()
    var store: LedgerStore? = try ledger(storage)
    _ = try store?.makeSnapshot()
    store = nil
    let restarted = try LedgerStore.open(
      storage, .small(segmentSizeBytes: 2000), snapshots: storage)
    let (first, last) = try #require(restarted.index.lastUnlocated)
    let task = SnapshotTask.locate(first, through: last, layout: restarted.layout)
    restarted.snapshots?.work.begin(request(task, storage))
    for id in 1...120 as ClosedRange<Int64> {
      try restarted.refresh(.sample(id), access: "a much longer access token than before \(id)")
      try restarted.commit()
    }
    #expect(try restarted.compact(CompactionRequest(.dead, origin: .test)).rewrittenCount > 1)
    #expect(restarted.carryOnSnapshots() == nil)
    #expect(restarted.index.lastUnlocated?.first.sequence == first.sequence)
    let again = SnapshotTask.locate(first, through: last, layout: restarted.layout)
    restarted.snapshots?.work.begin(request(again, storage))
    #expect(restarted.carryOnSnapshots() == nil)
    #expect(restarted.index.lastUnlocated?.first.sequence != first.sequence)
    #expect(try restarted.events().count == Int(restarted.eventCount))
  }
}
