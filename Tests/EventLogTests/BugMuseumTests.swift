// Bugs that other logs had, each as a case of ours. The larger ones have suites of their own: zeros
// at page edges and after a cut tail are in `TornTailTests`, lengths beyond the file in
// `FieldBoundaryTests`, half-made directories in the crash tests.

import EventLog
import TestSupport
import Testing

@Suite struct BugMuseumTests {
  /// etcd 6378: parts of a write reached the disk out of order.
  @Test func `any sectors of a batch may be lost while later ones are kept`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("kept")
    storage.setTransferLimit(bytes: 104)
    storage.fail(.sync)
    _ = try? log.append((1...120).map { "event \($0)" })
    let sectors = Set(storage.unsyncedSectors.map(\.sector)).sorted()
    #expect(sectors.count > 5)
    for first in sectors {
      for last in sectors where first <= last {
        let image = storage.crashImage { !(first...last).contains($0.sector) }
        var again = try LogUnderTest(image)
        let seen = again.events.map(\.text)
        #expect(seen == ["kept"], "without sectors \(first) to \(last)")
        try again.append("new")
        #expect(try texts(in: image.imageAfterPowerLoss()) == ["kept", "new"])
      }
    }
  }

  /// etcd 4930: what was left of a cut tail swallowed the records written over it.
  @Test func `records over a cut tail are kept, however long they are`() throws {
    for size in stride(from: 1, to: 900, by: 13) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      try log.append("kept")
      storage.fail(.sync)
      _ = try? log.append((1...20).map { "lost \($0)" })
      let image = storage.crashImage { $0.sector != 1 }
      var again = try LogUnderTest(image)
      let text = String(repeating: "x", count: size)
      try again.append(text)
      #expect(try texts(in: image.imageAfterPowerLoss()) == ["kept", text])
    }
  }

  /// Pebble 111 and 567: a record of a recycled file looked valid in its new place.
  @Test func `a whole batch of an older or another segment is no batch at the same place`() throws {
    let batches = [[DraftEvent(facts: [1, 2, 3])], [DraftEvent(facts: [4, 5, 6])]]
    let log = DraftLog(
      ledger: Array(0..<16), times: (0, 0),
      [DraftSegment(batches, isSealed: true), DraftSegment(batches, isSealed: false)])
    let files = log.files()
    let storage = SimulatedStorage()
    storage.setContent(of: files[0].name, to: files[0].bytes)
    // Same length, same offset: only the segment differs, which seeds every check.
    let grafted = Array(files[1].bytes[..<96] + files[0].bytes[96..<files[1].bytes.count])
    storage.setContent(of: files[1].name, to: grafted)
    #expect(openingError(storage) == .damaged(file: files[1].name, offset: 96, .headCheck))
  }

  /// etcd 5230, 6515, 11488: a write torn at a page's edge was taken for damage.
  @Test func `a write torn at any page edge is a torn tail, with any room behind it`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("kept")
    let commit = try log.append((1...9).map { String(repeating: "\($0)", count: 2000) })
    let content = try #require(storage.content(of: firstSegment))
    let end = commit.offset + commit.sizeBytes
    for edge in stride(from: 4096, to: end, by: 4096) {
      for room in [0, 4096, 4 * 1024 * 1024] {
        let image = SimulatedStorage()
        let zeros = [UInt8](repeating: 0, count: room)
        image.setContent(of: firstSegment, to: content[..<edge] + zeros)
        var again = try LogUnderTest(image)
        let (seen, cut) = (again.events.map(\.text), again.recovery.cut?.offset)
        #expect(seen == ["kept"] && cut == commit.offset)
        try again.append("new")
        #expect(try texts(in: image.imageAfterPowerLoss()) == ["kept", "new"])
      }
    }
  }

  /// NATS 7549: a cut at the first bad checksum threw acknowledged records away.
  @Test func `a bad record with acknowledged ones behind it is never cut`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    for number in 1...30 { try log.append("event \(number)") }
    let content = try #require(storage.content(of: firstSegment))
    let frames = SegmentBytes(content).frames
    for frame in frames.dropLast(2) {
      var bytes = content
      for index in frame.range { bytes[index] ^= 0xff }
      storage.setContent(of: firstSegment, to: bytes)
      guard case .damaged(firstSegment, frame.offset, _) = openingError(storage) else {
        Issue.record("the frame at \(frame.offset) was passed over")
        continue
      }
      #expect(storage.content(of: firstSegment) == bytes)
    }
  }
}
