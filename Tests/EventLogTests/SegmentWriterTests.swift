import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct SegmentWriterTests {
  @Test func `a commit says where its batch and each of its events are`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    let first = try log.append("a", "b")
    let second = try log.append("c")
    #expect(first.firstSequence == 1 && first.lastSequence == 2 && first.segment == 1)
    #expect(first.offset == 96 && first.sizeBytes == 24 + 24 + 72)
    #expect(second.offset == 96 + 120 && second.firstSequence == 3)
    #expect(first.location(ofEventAt: 24) == LogLocation(segment: 1, offset: 120))
    let head = log.writer.head
    #expect(head.chain == second.chain && head.lastSequence == 3 && first.chain != second.chain)
    let locations = try LogUnderTest(storage).events.map(\.location)
    #expect(locations.map(\.offset) == [96, 120, 216])
  }

  @Test func `an append is one write and one sync, and room comes in growing steps`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    var sizes: Set<Int> = []
    for _ in 1...300 {
      let writes = storage.count(of: .write)
      let syncs = storage.count(of: .sync)
      let sizeBefore = storage.usedBytes
      try log.append("an event of some size")
      #expect(storage.count(of: .sync) == syncs + 1)
      let isRoomMade = storage.usedBytes > sizeBefore
      #expect(storage.count(of: .write) == writes + (isRoomMade ? 2 : 1))
      sizes.insert(storage.usedBytes)
    }
    #expect(sizes.sorted() == [8192, 16384, 24576, 32768, 40960])
  }

  @Test func `rotation happens before the size is passed, and chains segments`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 1000))
    var expected: [String] = []
    for number in 1...200 {
      try log.append("event \(number)")
      expected.append("event \(number)")
    }
    let names = try storage.names()
    #expect(names.count > 20 && names.allSatisfy { $0.hasSuffix(".segment") })
    for name in names.dropLast() {
      let size = try #require(storage.content(of: name)).count
      #expect(size <= 1000 && size > 800, "sealed segments have no room left over")
    }
    var options = LogOptions()
    options.checksChain = true
    var seen: [SeenEvent] = []
    let overview = try LogReading.read(storage.imageAfterPowerLoss(), options: options) {
      seen.append(SeenEvent($0))
    }
    #expect(seen.map(\.text) == expected && overview.ending == .clean)
    let head = log.writer.head
    #expect(overview.head == head)
  }

  @Test func `a batch larger than a segment has one for itself`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 1000))
    let large = String(repeating: "x", count: 20_000)
    try log.append("a")
    let commit = try log.append(large)
    try log.append("b")
    #expect(commit.segment == 2)
    #expect(try texts(in: storage) == ["a", large, "b"] && storage.names().count == 3)
  }

  @Test func `short writes are continued`() throws {
    let storage = SimulatedStorage()
    storage.setTransferLimit(bytes: 7)
    var log = try LogUnderTest(storage)
    try log.append("a", "b")
    try log.append("c")
    #expect(try texts(in: storage.imageAfterPowerLoss()) == ["a", "b", "c"])
  }

  @Test func `a full disk refuses the batch, leaves the file, and heals`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    var accepted: [String] = []
    let large = String(repeating: "x", count: 1500)
    for _ in 1...40 {
      storage.setCapacity(bytes: storage.usedBytes)
      let before = storage.content(of: firstSegment)
      do throws(LogError) {
        try appendLogError(&log, large)
      } catch {
        #expect(error == .diskFull(file: firstSegment))
        #expect(storage.content(of: firstSegment) == before)
        storage.setCapacity(bytes: storage.usedBytes + 3000)
        try log.append(large)
      }
      accepted.append(large)
    }
    let isPoisoned = log.writer.isPoisoned
    #expect(!isPoisoned)
    #expect(try texts(in: storage.imageAfterPowerLoss()) == accepted)
  }

  @Test func `room that does not suffice is given back at once`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    let before = storage.usedBytes
    storage.setCapacity(bytes: before + 5000)
    #expect(throws: LogError.diskFull(file: firstSegment)) {
      try appendLogError(&log, String(repeating: "x", count: 20_000))
    }
    #expect(storage.usedBytes == before)
  }

  @Test func `a failed sync of a new segment is final, also on a full disk`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 500))
    try log.append("kept")
    // The first sync is the trailer's, the second the new segment's.
    storage.fail(.sync, number: 2, with: .noSpace)
    var failure: LogError?
    do throws(LogError) {
      try appendLogError(&log, String(repeating: "x", count: 400))
    } catch {
      failure = error
    }
    let name = "00000000000000000002.segment"
    #expect(failure == .writeFailed(SystemError(.fdatasync, .noSpace), file: name))
    #expect(try texts(in: storage.imageAfterPowerLoss()) == ["kept"])
  }

  @Test func `a disk that fills during rotation refuses, and heals at every point`() throws {
    for spare in stride(from: 0, through: 6000, by: 250) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage, .segments(of: 1000))
      var accepted: [String] = []
      for number in 1...30 {
        storage.setCapacity(bytes: storage.usedBytes + spare)
        do {
          try log.append("event \(number)")
        } catch LogError.diskFull {
          storage.setCapacity(bytes: .max)
          try log.append("event \(number)")
        }
        accepted.append("event \(number)")
      }
      #expect(try texts(in: storage.imageAfterPowerLoss()) == accepted)
    }
  }

  @Test func `a segment that finds no room leaves no file behind`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 600))
    for number in 1...3 { try log.append("event \(number)") }
    let before = try storage.names()
    storage.setCapacity(bytes: 0)
    let text = String(repeating: "x", count: 400)
    var refusal: LogError?
    do {
      try log.append(text)
    } catch {
      refusal = error as? LogError
    }
    guard case .diskFull = refusal else {
      Issue.record("not refused: \(String(describing: refusal))")
      return
    }
    #expect(try storage.names() == before)
    storage.setCapacity(bytes: .max)
    try log.append(text)
    #expect(try storage.names().count == before.count + 1)
  }

  @Test func `a refused batch is untouched and can be given again`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    var batch = LogBatch()
    try batch.append(facts: [UInt8](repeating: 1, count: 9000))
    storage.setCapacity(bytes: storage.usedBytes)
    var refusal: LogError?
    do throws(LogError) {
      _ = try log.writer.append(&batch, firstSequence: 1, nowMicroseconds: 0)
    } catch {
      refusal = error
    }
    #expect(refusal == .diskFull(file: firstSegment))
    storage.setCapacity(bytes: .max)
    let commit = try log.writer.append(&batch, firstSequence: 1, nowMicroseconds: 0)
    #expect(commit.lastSequence == 1)
  }

  @Test(arguments: [StorageCall.write, .sync])
  func `a failed write or sync poisons the writer`(call: StorageCall) throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("kept")
    storage.fail(call)
    var failure: LogError?
    do throws(LogError) {
      try appendLogError(&log, "lost")
    } catch {
      failure = error
    }
    let isPoisoned = log.writer.isPoisoned
    guard case .writeFailed(let error, let file) = failure else {
      Issue.record("not a failed write: \(String(describing: failure))")
      return
    }
    #expect(isPoisoned && error.code == .ioError && file == firstSegment)
    #expect(try texts(in: storage.imageAfterPowerLoss()) == ["kept"])
  }

  @Test func `the writer traps when it is used after it failed`() async {
    await #expect(processExitsWith: .failure) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      storage.fail(.sync)
      _ = try? log.append("lost")
      try log.append("traps")
    }
  }

  @Test func `the writer traps on a sequence that does not follow`() async {
    await #expect(processExitsWith: .failure) {
      var log = try LogUnderTest(SimulatedStorage())
      var batch = LogBatch()
      try batch.append(facts: [1])
      _ = try log.writer.append(&batch, firstSequence: 2, nowMicroseconds: 0)
    }
  }

  private func appendLogError(_ log: inout LogUnderTest, _ text: String) throws(LogError) {
    var batch = LogBatch()
    do throws(BatchLimit) {
      try batch.append(facts: Array(text.utf8))
    } catch {
      Issue.record("\(error)")
    }
    let sequence = log.writer.head.nextSequence
    _ = try log.writer.append(&batch, firstSequence: sequence, nowMicroseconds: 0)
  }
}
