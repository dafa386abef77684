// What a dying writer can leave behind the last commit, every shape of it: it is cut off, kept
// beside the log, and nothing that was committed is lost. The bug museum's cases about tails are
// here.

import EventLog
import TestSupport
import Testing

@Suite struct TornTailTests {
  /// A log of three batches and where each of them ends.
  private struct Sample {
    let bytes: [UInt8]
    let ends: [Int]
    let texts: [[String]]

    /// The texts of the batches that end at or before `length`.
    func committed(in length: Int) -> [String] {
      zip(ends, texts).filter { $0.0 <= length }.flatMap { $0.1 }
    }
  }

  private func sample(lastEvents: Int = 3) throws -> Sample {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    let texts = [
      ["first"], ["second", "third"], (0..<lastEvents).map { "of the last batch \($0)" },
    ]
    var ends: [Int] = []
    for batch in texts {
      let commit = try log.append(batch, sections: [[1, 2, 3]])
      ends.append(commit.offset + commit.sizeBytes)
    }
    let content = try #require(storage.content(of: firstSegment))
    return Sample(bytes: Array(content[..<(ends.last ?? 0)]), ends: ends, texts: texts)
  }

  /// Opens a log of these bytes, expects these texts, appends, and expects the new batch to stay.
  private func expectRecovery(
    of bytes: [UInt8], to expected: [String], cut: Bool?, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let storage = SimulatedStorage()
    storage.setContent(of: firstSegment, to: bytes)
    var log = try LogUnderTest(storage)
    let seen = log.events.map(\.text)
    #expect(seen == expected, comment, sourceLocation: sourceLocation)
    let recovery = log.recovery
    if let cut { #expect((recovery.cut != nil) == cut, comment, sourceLocation: sourceLocation) }
    if let tail = recovery.cut {
      let kept = storage.imageAfterPowerLoss().content(of: tail.file)
      let original = Array(bytes[tail.offset..<tail.offset + tail.sizeBytes])
      #expect(kept == original, comment, sourceLocation: sourceLocation)
      #expect(recovery.keptTails == [tail], comment, sourceLocation: sourceLocation)
    }
    try log.append("new")
    let again = try LogUnderTest(storage.imageAfterPowerLoss())
    let after = again.events.map(\.text)
    let secondCut = again.recovery.cut
    #expect(after == expected + ["new"], comment, sourceLocation: sourceLocation)
    #expect(secondCut == nil, comment, sourceLocation: sourceLocation)
  }

  @Test func `a log cut at any byte opens with the committed batches, and goes on`() throws {
    let sample = try sample()
    for length in LogFormat.headerSizeBytes...sample.bytes.count {
      let isWhole = length == LogFormat.headerSizeBytes || sample.ends.contains(length)
      try expectRecovery(
        of: Array(sample.bytes[..<length]), to: sample.committed(in: length), cut: !isWhole,
        "cut at \(length)")
    }
  }

  @Test func `a log whose only header is cut is made anew`() throws {
    let sample = try sample()
    for length in 0..<LogFormat.headerSizeBytes {
      try expectRecovery(
        of: Array(sample.bytes[..<length]), to: [], cut: false, "cut at \(length)")
    }
  }

  @Test(arguments: [8, 4096, 4 * 1024 * 1024])
  func `a write that stopped in zero-filled room is cut off`(room: Int) throws {
    let sample = try sample()
    let start = sample.ends[1]
    let step = room > 4096 ? 56 : 8
    for length in stride(from: start, to: sample.bytes.count, by: step) {
      // What was to be written later is zeros still, up to the end of the room.
      let zeros = [UInt8](repeating: 0, count: sample.bytes.count - length + room)
      let isClean = sample.bytes[start..<length].allSatisfy { $0 == 0 }
      try expectRecovery(
        of: sample.bytes[..<length] + zeros, to: sample.committed(in: start), cut: !isClean,
        "stopped at \(length)")
    }
  }

  @Test func `every run of lost sectors of the last batch is a torn tail`() throws {
    let sample = try sample(lastEvents: 60)
    let start = sample.ends[1]
    let sectors = start / 512...(sample.bytes.count - 1) / 512
    #expect(sectors.count > 5)
    for first in sectors {
      for last in first...sectors.upperBound {
        var bytes = sample.bytes + [UInt8](repeating: 0, count: 4096)
        for index in max(first * 512, start)..<min((last + 1) * 512, sample.bytes.count) {
          bytes[index] = 0
        }
        let isAll = first == sectors.lowerBound && last == sectors.upperBound
        try expectRecovery(
          of: bytes, to: sample.committed(in: start), cut: !isAll, "sectors \(first) to \(last)")
      }
    }
  }

  @Test func `every lost sector before the last batch is damage`() throws {
    let sample = try sample(lastEvents: 60)
    let storage = SimulatedStorage()
    storage.setContent(of: firstSegment, to: sample.bytes)
    var log = try LogUnderTest(storage)
    try log.append("acknowledged behind it")
    let content = try #require(storage.content(of: firstSegment))
    for sector in 0...(sample.bytes.count - 1) / 512 {
      var bytes = content
      for index in sector * 512..<min((sector + 1) * 512, sample.bytes.count) { bytes[index] = 0 }
      storage.setContent(of: firstSegment, to: bytes)
      guard case .damaged(let file, let offset, _) = openingError(storage) else {
        Issue.record("sector \(sector) was lost and not missed")
        continue
      }
      #expect(file == firstSegment && offset <= (sector + 1) * 512)
    }
  }

  @Test func `any subset of an unsynced write is a torn tail or a whole batch`() throws {
    for seed in 0..<150 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      try log.append("kept")
      let last = (0..<Int.random(in: 1...80, using: &generator)).map { "event \($0)" }
      storage.fail(.sync)
      _ = try? log.append(last)
      let image = storage.crashImage { _ in Bool.random(using: &generator) }
      let seen = try LogUnderTest(image).events.map(\.text)
      #expect(seen == ["kept"] || seen == ["kept"] + last, "seed \(seed)")
      var again = try LogUnderTest(image)
      try again.append("new")
      #expect(try texts(in: image.imageAfterPowerLoss()) == seen + ["new"], "seed \(seed)")
    }
  }

  @Test func `what is shown after a start is on the disk`() throws {
    // The last writer died between its write and its sync: only the kernel's memory has the batch.
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    storage.fail(.sync)
    _ = try? log.append("never acknowledged")
    let again = try LogUnderTest(storage)
    let seen = again.events.map(\.text)
    #expect(seen == ["never acknowledged"])
    #expect(try texts(in: storage.imageAfterPowerLoss()) == seen)
  }

  @Test func `a torn tail is kept on a full disk, in the place of the room behind it`() throws {
    let sample = try sample()
    let storage = SimulatedStorage()
    let room = [UInt8](repeating: 0, count: 4096)
    storage.setContent(of: firstSegment, to: Array(sample.bytes.dropLast(16)) + room)
    storage.setCapacity(bytes: storage.usedBytes)
    let log = try LogUnderTest(storage)
    let seen = log.events.map(\.text)
    let cut = log.recovery.cut
    #expect(seen == sample.committed(in: sample.ends[1]) && cut != nil)
  }

  @Test func `a torn tail of an earlier start is still told of`() throws {
    let sample = try sample()
    let storage = SimulatedStorage()
    storage.setContent(of: firstSegment, to: Array(sample.bytes.dropLast(10)))
    let first = try LogUnderTest(storage).recovery
    let second = try LogUnderTest(storage).recovery
    #expect(first.cut != nil && second.cut == nil && second.keptTails == first.keptTails)
    let tail = try #require(first.cut)
    #expect(tail.file == "\(firstSegment).torn-\(sample.ends[1])")
  }
}
