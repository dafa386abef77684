// The tests' own writer and the product's make the same bytes; and the product reads what it does
// not write itself: erased sections.

import EventLog
import TestSupport
import Testing

@Suite struct DraftLogTests {
  private let batches: [[DraftEvent]] = [
    [DraftEvent(facts: [1]), DraftEvent(facts: [2, 3], sections: [[4, 5, 6]])],
    [DraftEvent(facts: Array(1...200), sections: [[], Array(0..<32), Array(0..<99)])],
    [DraftEvent(facts: [9], sections: Array(repeating: [7], count: 8))],
  ]

  private func draft(_ segments: [DraftSegment]) -> DraftLog {
    DraftLog(ledger: Array(0..<16), times: (0, 0), segments)
  }

  private func storage(_ log: DraftLog) -> SimulatedStorage {
    let storage = SimulatedStorage()
    for file in log.files() { storage.setContent(of: file.name, to: file.bytes) }
    return storage
  }

  private func options(checkingChain checksChain: Bool = true) -> LogOptions {
    var options = LogOptions.segments(of: 600)
    options.checksChain = checksChain
    return options
  }

  /// The batches with every section erased that `isErased` picks, counted through the log.
  private func erasing(_ isErased: (Int) -> Bool) -> [[DraftEvent]] {
    var number = 0
    return batches.map { batch in
      batch.map { event in
        var event = event
        for index in event.sections.indices {
          if isErased(number) { event.erased.insert(index) }
          number += 1
        }
        return event
      }
    }
  }

  @Test func `a second writer made from the format page makes the same bytes`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 760))
    for events in batches {
      var batch = LogBatch()
      for event in events { try batch.append(facts: event.facts, sections: event.sections) }
      let sequence = log.writer.head.nextSequence
      _ = try log.writer.append(&batch, firstSequence: sequence, nowMicroseconds: 0)
    }
    let drafted = draft([
      DraftSegment(Array(batches[..<2]), isSealed: true),
      DraftSegment(Array(batches[2...]), isSealed: false),
    ])
    #expect(try storage.names() == drafted.files().map(\.name))
    for file in drafted.files() {
      let written = try #require(storage.content(of: file.name))
      #expect(Array(written.prefix(file.bytes.count)) == file.bytes)
      #expect(written.dropFirst(file.bytes.count).allSatisfy { $0 == 0 })
    }
  }

  @Test func `any set of erased sections leaves the chain as it was, and the other bytes`() throws {
    let kept = draft([DraftSegment(batches, isSealed: false)])
    let chain = try LogReading.read(storage(kept), options: options()) { _ in }.head?.chain
    for set in Campaign.spread(below: 1 << 12, sample: 300) {
      let erased = erasing { set >> $0 & 1 == 1 }
      let storage = storage(draft([DraftSegment(erased, isSealed: set % 2 == 0)]))
      var seen: [SeenEvent] = []
      let overview = try LogReading.read(storage, options: options()) { seen.append(SeenEvent($0)) }
      #expect(overview.head?.chain == chain && overview.ending == .clean)
      #expect(seen.map(\.sections) == erased.flatMap { $0 }.map(\.storedSections))
      #expect(seen.map(\.facts) == batches.flatMap { $0 }.map(\.facts))
    }
  }

  @Test func `an erased section says so, one by one and in a row`() throws {
    let erased = erasing { $0 % 2 == 0 }
    let storage = storage(draft([DraftSegment(erased, isSealed: false)]))
    let events = try LogUnderTest(storage).events
    var reader = LogReader(storage: storage)
    for (event, drafted) in zip(events, erased.flatMap { $0 }) {
      let marks = try reader.read(at: event.location, sequence: event.sequence) { read in
        (0..<read.sectionCount).map { read.section(at: $0).isErased }
      }
      #expect(marks == drafted.sections.indices.map(drafted.erased.contains))
    }
  }

  @Test func `a log with erased sections is continued, and every flipped bit in it is told`() throws
  {
    let log = draft([DraftSegment(erasing { _ in true }, isSealed: false)])
    let file = try #require(log.files().first)
    let storage = storage(log)
    var opened = try LogUnderTest(storage, options())
    try opened.append("more")
    #expect(try texts(in: storage.imageAfterPowerLoss()).last == "more")
    for bit in Campaign.spread(below: file.bytes.count * 8, sample: 600) {
      var bytes = file.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      let changed = SimulatedStorage()
      changed.setContent(of: file.name, to: bytes)
      guard case .damaged = openingError(changed) else {
        Issue.record("bit \(bit) was flipped and not told")
        continue
      }
    }
  }

  @Test func `another digest, a wrong size or a lost mark of an erased section is told`() throws {
    let log = draft([DraftSegment(erasing { _ in true }, isSealed: true)])
    let file = try #require(log.files().first)
    let frame = SegmentBytes(file.bytes).frames[1]
    let changes: [(offset: Int, value: UInt8)] = [
      (frame.body.upperBound - 1, 0xaa), (frame.body.lowerBound, 31), (frame.body.lowerBound, 33),
      (frame.body.lowerBound + 3, 0),
    ]
    for change in changes {
      var made = SegmentBytes(file.bytes)
      made.bytes[change.offset] = change.value
      made.mendFrame(at: frame.offset)
      let changed = SimulatedStorage()
      changed.setContent(of: file.name, to: made.bytes)
      guard case .damaged(file.name, _, _) = openingError(changed, options()) else {
        Issue.record("\(change) was not told")
        continue
      }
    }
  }
}
