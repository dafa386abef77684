// Repairs: what a single flipped bit did is undone, whatever bit it was; what cannot be undone is
// cut at the last good commit and kept; and a repair may die at each of its calls.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct RepairTests {
  /// Plans and carries out; gives the plan and where the copies went.
  private func repair(
    _ storage: SimulatedStorage
  ) throws -> (plan: RepairPlan, aside: SimulatedStorage) {
    let plan = try RepairPlanning.plan(storage)
    let aside = SimulatedStorage()
    try RepairRun.apply(plan, to: storage, aside: aside)
    return (plan, aside)
  }

  /// The texts of a log that starts, takes an event, and starts again without it being lost.
  private func textsAfterStarts(_ storage: SimulatedStorage) throws -> [String] {
    var log = try LogUnderTest(storage, .segments(of: 500))
    let seen = log.events.map(\.text)
    try log.append("new")
    #expect(try texts(in: storage.imageAfterPowerLoss()) == seen + ["new"])
    return seen
  }

  @Test func `a good log needs no repair`() throws {
    let storage = try segmentedLog()
    let plan = try RepairPlanning.plan(storage)
    #expect(plan.isEmpty && plan.changedFiles.isEmpty)
  }

  @Test func `every flipped bit of heads, bodies, padding and headers is mended without loss`()
    throws
  {
    let storage = try segmentedLog(8)
    let whole = try texts(in: storage)
    for name in try storage.segmentNames {
      let bytes = try #require(storage.content(of: name))
      let used = bytes.lastIndex { $0 != 0 } ?? 0
      for offset in 0...used {
        let mask = UInt8(1) << UInt8(offset % 8)
        try storage.flip(name, at: offset, mask)
        let plan = try RepairPlanning.plan(storage)
        #expect(plan.mends.count == 1 && plan.cut == nil, "\(name) \(offset)")
        try RepairRun.apply(plan, to: storage, aside: SimulatedStorage())
        #expect(storage.content(of: name) == bytes, "\(name) \(offset)")
        storage.setContent(of: name, to: bytes)
      }
    }
    #expect(try texts(in: storage) == whole)
  }

  @Test func `a flipped bit in each frame of a batch is mended, more than the bound are not`()
    throws
  {
    for count in [RepairPlanning.mendsPerBatch, RepairPlanning.mendsPerBatch + 1] {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      try log.append((0..<12).map { "event \($0)" })
      try log.append("later")
      for number in 0..<count { try storage.flip(firstSegment, at: 96 + 24 * number + 17) }
      let plan = try RepairPlanning.plan(storage)
      if count == RepairPlanning.mendsPerBatch {
        #expect(plan.mends.count == count && plan.cut == nil)
      } else {
        #expect(plan.mends.isEmpty && plan.cut?.lastSequence == 0)
      }
    }
  }

  @Test func `two bits of a body are given up, with the batch and all that follows`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    let before = try #require(storage.content(of: names[1]))
    try storage.flip(names[1], at: 96 + 16, 0x11)
    let damaged = try #require(storage.content(of: names[1]))
    let survey = try SurveyedLog(storage)
    let finding = try #require(survey.damages.first)
    let (plan, aside) = try repair(storage)
    let cut = try #require(plan.cut)
    #expect(cut.file == names[1] && cut.offset == 96 && cut.damage == .bodyCheck)
    #expect(cut.lastSequence == finding.nextSequence - 1)
    #expect(cut.tail?.offset == 96 && cut.segments.map(\.file) == Array(names.dropFirst(2)))
    #expect(aside.content(of: names[1]) == damaged && damaged != before)
    #expect(storage.content(of: "\(names[1]).torn-96")?.count == cut.tail.map { $0.end - 96 })
    #expect(try !SurveyedLog(storage).report.isDamaged)
    let seen = try textsAfterStarts(storage)
    #expect(seen == (1...Int(cut.lastSequence)).map { "e\($0)" })
  }

  @Test func `the next start is told of every piece that was given up`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    try storage.flip(names[1], at: 96 + 16, 0x11)
    _ = try repair(storage)
    let tails = try LogUnderTest(storage, .segments(of: 500)).recovery.keptTails
    #expect(tails.map(\.segment) == Array(names.dropFirst(1)))
    #expect(tails.map(\.offset) == [96] + names.dropFirst(2).map { _ in 0 })
  }

  @Test func `a missing segment ends the log before it`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    let kept = try SurveyedLog(storage).report.segments[0].eventCount
    storage.removeContent(of: names[1])
    let (plan, _) = try repair(storage)
    #expect(plan.cut?.tail == nil && plan.cut?.segments.count == names.count - 2)
    #expect(try textsAfterStarts(storage).count == kept)
  }

  @Test func `a trailer that is gone or spoiled is written again`() throws {
    let storage = try segmentedLog()
    let name = try storage.segmentNames[0]
    let bytes = try #require(storage.content(of: name))
    let size = LogFormat.recordFrameSizeBytes
    let body = Array(bytes.dropLast(size))
    let zeros = [UInt8](repeating: 0, count: size)
    let junk = [UInt8](repeating: 7, count: size)
    for spoiled in [body, body + zeros, body + junk, body + zeros + zeros] {
      storage.setContent(of: name, to: spoiled)
      let (plan, _) = try repair(storage)
      #expect(plan.mends.map(\.way) == [.trailer] && plan.cut == nil)
      #expect(storage.content(of: name)?.prefix(bytes.count) == bytes[...])
      #expect(try SurveyedLog(storage).report.findings.isEmpty)
    }
  }

  @Test func `bytes behind a trailer are cut off, and nothing else`() throws {
    let storage = try segmentedLog()
    let name = try storage.segmentNames[0]
    let bytes = try #require(storage.content(of: name))
    storage.setContent(of: name, to: bytes + [1, 2, 3])
    let (plan, aside) = try repair(storage)
    #expect(plan.mends.map(\.way) == [.excess] && storage.content(of: name) == bytes)
    #expect(aside.content(of: name) == bytes + [1, 2, 3])
  }

  @Test func `without a readable start there is no plan, and nothing is changed`() throws {
    let storage = try segmentedLog()
    try storage.flip(firstSegment, at: 20, 0x11)
    let before = storage.changeCount
    let plan = try RepairPlanning.plan(storage)
    guard case .noStart(firstSegment, 0, .headerCheck) = plan.obstacle else {
      Issue.record("a log without a start was not told")
      return
    }
    #expect(plan.cut == nil && plan.mends.isEmpty && storage.changeCount == before)
  }

  @Test func `a flip that fits its frame but not the hash chain is not taken`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    let bytes = try #require(storage.content(of: names[1]))
    let header = try SegmentHeader(decoding: bytes.span.bytes)
    let other = SegmentHeader(
      ledger: header.ledger, number: header.number, firstSequence: header.firstSequence,
      createdMicroseconds: 0, chain: .start)
    var spoiled = other.encode() + bytes[LogFormat.headerSizeBytes...]
    spoiled[20] ^= 1
    storage.setContent(of: names[1], to: spoiled)
    let plan = try RepairPlanning.plan(storage)
    #expect(plan.mends.isEmpty && plan.cut?.segments.first?.file == names[1])
  }

  /// Flipped bits in the pattern of the polynomial cannot be seen by the checksum.
  ///
  /// With one of them left out, flipping it makes every check right, and the body wrong.
  @Test func `a mend that makes every check right and the hash chain wrong is not taken`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("a body with room for a pattern of bits")
    try log.append("later")
    var bytes = try #require(storage.content(of: firstSegment))
    let polynomial: UInt64 = 0x1_1edc_6f41
    for bit in 1...32 where polynomial >> UInt64(32 - bit) & 1 == 1 {
      let place = 8 * (96 + 16 + 4) + bit
      bytes[place / 8] ^= 1 << UInt8(place % 8)
    }
    storage.setContent(of: firstSegment, to: bytes)
    let plan = try RepairPlanning.plan(storage)
    #expect(plan.mends.isEmpty && plan.cut?.lastSequence == 0)
  }

  @Test func `no description of a plan holds a byte of a payload`() throws {
    let secret = "planted-secret"
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append(secret, sections: [Array(secret.utf8)])
    let bytes = try #require(storage.content(of: firstSegment))
    let place = try #require(bytes.firstIndex(of: UInt8(ascii: "p")))
    try storage.flip(firstSegment, at: place)
    let plan = try RepairPlanning.plan(storage)
    var dumped = ""
    dump(plan, to: &dumped)
    #expect(plan.mends.count == 1)
    #expect(!dumped.contains("\(UInt8(ascii: "p"))") && !"\(plan.mends)".contains("112"))
  }
}
