// The low-water mark: the log takes room from the disk only while enough is left for others. What
// is refused is as on a full disk, and heals as it does; what has its room is written.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct LowWaterTests {
  private let mark = 50_000

  private func options(segmentSizeBytes: Int = 1 << 20) -> LogOptions {
    var options = LogOptions.segments(of: segmentSizeBytes)
    options.lowWaterBytes = mark
    return options
  }

  private func setFree(_ bytes: Int, _ storage: SimulatedStorage) {
    storage.setCapacity(bytes: storage.usedBytes + bytes)
  }

  private func appendError(_ log: inout LogUnderTest, _ text: String) -> LogError? {
    do {
      try log.append(text)
      return nil
    } catch {
      return error as? LogError
    }
  }

  @Test func `room is made down to the mark and no further, and writes go on when it rises`() throws
  {
    let storage = SimulatedStorage()
    storage.setCapacity(bytes: mark + 30_000)
    var log = try LogUnderTest(storage, options())
    var accepted: [String] = []
    let text = String(repeating: "x", count: 1000)
    var refusal: LogError?
    while refusal == nil {
      refusal = appendError(&log, text)
      if refusal == nil { accepted.append(text) }
      #expect(try storage.freeBytes() >= mark)
    }
    #expect(refusal == .belowLowWater(file: firstSegment, lowWaterBytes: mark))
    #expect(accepted.count > 20 && storage.usedBytes > 29_000)
    #expect(try texts(in: storage) == accepted)
    setFree(mark + 9000, storage)
    try log.append("there is room again")
    #expect(try texts(in: storage.imageAfterPowerLoss()) == accepted + ["there is room again"])
  }

  @Test func `what has its room is written below the mark`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, options())
    setFree(10, storage)
    let writes = storage.count(of: .write)
    try log.append("small")
    #expect(storage.count(of: .write) == writes + 1)
    let looks = storage.count(of: .freeBytes)
    try log.append("small")
    #expect(storage.count(of: .freeBytes) == looks)
    #expect(try texts(in: storage) == ["small", "small"])
  }

  @Test(arguments: 0...3)
  func `the mark is kept to the byte`(spare: Int) throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, options())
    let room = storage.usedBytes
    // A header, a frame of 16 + 8,000 bytes, a commit and a trailer of 72 each.
    let needed = 96 + 8016 + 72 + 72
    setFree(mark + needed - room + spare - 2, storage)
    let error = appendError(&log, String(repeating: "x", count: 8000))
    #expect((error == nil) == (spare >= 2), "room \(room)")
  }

  @Test func `below the mark no segment is made, and nothing is left of the attempt`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, options(segmentSizeBytes: 500))
    try log.append("first")
    setFree(0, storage)
    let large = String(repeating: "y", count: 20_000)
    let error = appendError(&log, large)
    #expect(error == .belowLowWater(file: "00000000000000000002.segment", lowWaterBytes: mark))
    #expect(try storage.names() == [firstSegment])
    setFree(mark + 30_000, storage)
    try log.append(large)
    #expect(try texts(in: storage.imageAfterPowerLoss()) == ["first", large])
  }

  @Test func `a first start below the mark is refused and changes nothing`() throws {
    let storage = SimulatedStorage()
    storage.setCapacity(bytes: mark + 100)
    let error = openingError(storage, options())
    #expect(error == .belowLowWater(file: firstSegment, lowWaterBytes: mark))
    #expect(try storage.names().isEmpty && storage.changeCount == 0)
    #expect(error?.description.contains("\(mark) bytes, the low-water mark") == true)
    storage.setCapacity(bytes: mark + 9000)
    _ = try LogUnderTest(storage, options())
  }

  @Test func `a torn tail is kept below the mark`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, options())
    try log.append("kept")
    storage.fail(.sync)
    _ = try? log.append((0..<40).map { "torn \($0)" })
    let image = storage.crashImage { $0.sector != 1 }
    image.setCapacity(bytes: image.usedBytes + 2000)
    let again = try LogUnderTest(image, options())
    let (seen, cut) = (again.events.map(\.text), again.recovery.cut)
    #expect(seen == ["kept"] && cut != nil)
  }

  @Test func `a disk that does not say how much is free ends the log`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, options())
    storage.fail(.freeBytes)
    let error = appendError(&log, String(repeating: "x", count: 20_000))
    #expect(error == .writeFailed(SystemError(.fstatvfs, .ioError), file: firstSegment))
  }
}
