import Bytes
import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct LogReaderTests {
  /// A log of several segments, and all its events.
  private func log(_ count: Int) throws -> (SimulatedStorage, [SeenEvent]) {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 900))
    for number in 1...count {
      try log.append("event \(number)", "its twin", sections: [[UInt8(number % 256)]])
    }
    return (storage, try LogUnderTest(storage, .segments(of: 900)).events)
  }

  @Test func `every event is read again at its place`() throws {
    let (storage, events) = try log(60)
    var reader = LogReader(storage: storage)
    for event in events.reversed() {
      let seen = try reader.read(at: event.location, sequence: event.sequence) { SeenEvent($0) }
      #expect(seen == event)
    }
    #expect(try storage.names().count > LogReader.openSegmentLimit)
  }

  @Test func `a single event costs one read once its segment is open`() throws {
    let (storage, events) = try log(1)
    var reader = LogReader(storage: storage)
    _ = try reader.read(at: events[0].location, sequence: 1) { $0.sequence }
    let reads = storage.count(of: .read)
    _ = try reader.read(at: events[1].location, sequence: 2) { $0.sequence }
    #expect(storage.count(of: .read) == reads + 1)
  }

  @Test func `events are read in a row from any of them, across segments, up to any`() throws {
    let (storage, events) = try log(20)
    var reader = LogReader(storage: storage)
    for start in stride(from: 0, to: events.count, by: 3) {
      for end in stride(from: start, to: events.count, by: 7) {
        var seen: [SeenEvent] = []
        let first = events[start]
        try reader.read(
          from: first.location, sequence: first.sequence, through: events[end].sequence
        ) {
          seen.append(SeenEvent($0))
          return true
        }
        #expect(seen == Array(events[start...end]))
      }
    }
  }

  @Test func `reading in a row ends when enough was seen`() throws {
    let (storage, events) = try log(5)
    var reader = LogReader(storage: storage)
    var seen = 0
    try reader.read(from: events[0].location, sequence: 1, through: 10) { _ in
      seen += 1
      return seen < 3
    }
    #expect(seen == 3)
  }

  @Test func `the largest event is read`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    var batch = LogBatch()
    let facts = [UInt8](repeating: 7, count: LogFormat.maximumBodySizeBytes)
    try batch.append(facts: facts)
    let commit = try log.writer.append(&batch, firstSequence: 1, nowMicroseconds: 0)
    var reader = LogReader(storage: storage)
    let read = try reader.read(at: commit.location(ofEventAt: 0), sequence: 1) {
      [UInt8](copying: $0.facts)
    }
    #expect(read == facts)
  }

  @Test func `a frame that the disk changed is told, and so is a wrong place`() throws {
    let (storage, events) = try log(1)
    var content = try #require(storage.content(of: firstSegment))
    content[Int(events[0].location.offset) + 20] ^= 1
    storage.setContent(of: firstSegment, to: content)
    var reader = LogReader(storage: storage)
    let damaged = failure(&reader, at: events[0].location)
    #expect(
      damaged
        == .damaged(file: firstSegment, offset: Int(events[0].location.offset), .bodyCheck))
    let wrong = LogLocation(segment: 1, offset: events[1].location.offset + 8)
    let misplaced = failure(&reader, at: wrong)
    #expect(
      misplaced == .damaged(file: firstSegment, offset: Int(wrong.offset), .headCheck))
    let absent = failure(&reader, at: LogLocation(segment: 9, offset: 96))
    #expect(absent == .system(SystemError(.open, .noSuchFile), file: ""))
  }

  @Test func `a sequence that does not belong to the place is told at the next commit`() throws {
    let (storage, events) = try log(5)
    var reader = LogReader(storage: storage)
    var failure: LogError?
    do throws(LogError) {
      try reader.read(from: events[2].location, sequence: 1, through: 9) { _ in true }
    } catch {
      failure = error
    }
    let kind = DamageKind.commitMismatch(expectedSequence: 1, foundSequence: 3)
    guard case .damaged(_, _, kind) = failure else {
      Issue.record("not told: \(String(describing: failure))")
      return
    }
  }

  private func failure(_ reader: inout LogReader, at location: LogLocation) -> LogError? {
    do throws(LogError) {
      _ = try reader.read(at: location, sequence: 1) { $0.sequence }
      return nil
    } catch {
      return error
    }
  }
}
