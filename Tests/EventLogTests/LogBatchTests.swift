import Bytes
import EventLog
import TestSupport
import Testing

@Suite struct LogBatchTests {
  @Test func `each event has its place in the batch`() throws {
    var batch = LogBatch()
    try batch.append(facts: [1])
    try batch.append(facts: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    try batch.append(facts: [1], sections: [[7, 7], []])
    let offsets = (0..<3).map { batch.offset(ofEvent: $0) }
    let size = batch.sizeBytes
    #expect(offsets == [0, 24, 56] && size == 88)
  }

  @Test func `an event beyond a limit is refused and leaves the batch as it was`() throws {
    var batch = LogBatch()
    try batch.append(facts: [1])
    let most = LogFormat.maximumBodySizeBytes
    let error = limit(&batch, facts: [UInt8](repeating: 1, count: most + 1))
    let section = [UInt8](repeating: 1, count: most - 4)
    let sectionsError = limit(&batch, facts: [1], sections: [section])
    let countError = limit(&batch, facts: [1], sections: Array(repeating: [], count: 9))
    let count = batch.eventCount
    let size = batch.sizeBytes
    #expect(error == .bodySize(most + 1) && sectionsError == .bodySize(most + 1))
    #expect(countError == .sectionCount(9))
    #expect(count == 1 && size == 24)
  }

  @Test func `a batch takes events up to its limit, and the largest one is kept whole`() throws {
    var batch = LogBatch()
    let body = [UInt8](repeating: 1, count: LogFormat.maximumBodySizeBytes)
    for _ in 0..<63 { try batch.append(facts: body) }
    let error = limit(&batch, facts: body)
    let expected = 64 * (LogFormat.maximumBodySizeBytes + LogFormat.frameHeadSizeBytes)
    let count = batch.eventCount
    #expect(error == .batchSize(expected) && count == 63)
  }

  @Test func `facts and sections come back as they went in`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    let sections: [[UInt8]] = [[], [1], Array(0..<200)]
    try log.append("facts", "more facts", sections: sections)
    let again = try LogUnderTest(storage.imageAfterPowerLoss())
    let events = again.events
    #expect(events.map(\.text) == ["facts", "more facts"])
    #expect(events.map(\.sections) == [sections, sections])
  }

  @Test func `an emptied batch is filled again`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    var batch = LogBatch()
    for number in 1...3 as ClosedRange<UInt8> {
      batch.removeAll()
      try batch.append(facts: [number])
      _ = try log.writer.append(&batch, firstSequence: UInt64(number), nowMicroseconds: 0)
    }
    let facts = try LogUnderTest(storage).events.map(\.facts)
    #expect(facts == [[1], [2], [3]])
  }

  @Test func `an event without facts traps`() async {
    await #expect(processExitsWith: .failure) {
      var batch = LogBatch()
      try batch.append(facts: [])
    }
  }

  /// Why `batch` does not take an event, or `nil` when it does.
  private func limit(
    _ batch: inout LogBatch, facts: [UInt8], sections: [[UInt8]] = []
  ) -> BatchLimit? {
    do throws(BatchLimit) {
      try batch.append(facts: facts, sections: sections)
      return nil
    } catch {
      return error
    }
  }
}
