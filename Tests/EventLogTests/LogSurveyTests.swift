// The survey beside the replay: what is good reads the same, what is not is listed in full, and
// nothing behind damage stays unseen.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct LogSurveyTests {
  @Test func `a good log has no finding, and each event, batch and segment is counted`() throws {
    let storage = try segmentedLog()
    let survey = try SurveyedLog(storage)
    let expected = try texts(in: storage)
    #expect(survey.texts == expected && expected.count == 20)
    #expect(survey.report.findings.isEmpty && survey.report.findingCount == 0)
    let names = try storage.segmentNames
    #expect(survey.report.segments.map(\.file) == names)
    #expect(survey.report.segments.reduce(0) { $0 + $1.batchCount } == 10)
    #expect(survey.report.segments.reduce(0) { $0 + $1.eventCount } == 20)
    let areSealed = survey.report.segments.dropLast().map(\.isSealed)
    #expect(!areSealed.contains(false))
    let overview = try LogReading.read(storage) { _ in }
    #expect(survey.report.head == overview.head)
  }

  @Test func `the pieces of a segment follow each other without a gap, also of a damaged one`()
    throws
  {
    let storage = try segmentedLog()
    try storage.flip(try storage.segmentNames[1], at: 150)
    let survey = try SurveyedLog(storage)
    for name in try storage.segmentNames {
      let pieces = survey.sightings.filter { $0.file == name }
      var offset = 0
      for piece in pieces {
        #expect(piece.offset == offset)
        offset += piece.sizeBytes
      }
      #expect(offset == storage.content(of: name)?.count)
    }
  }

  @Test func `every bit of a log that is flipped is found, and the rest is read`() throws {
    let storage = try segmentedLog(8)
    let whole = try SurveyedLog(storage).texts
    for name in try storage.segmentNames {
      let bytes = try #require(storage.content(of: name))
      let used = bytes.lastIndex { $0 != 0 } ?? 0
      for offset in 0...used {
        for mask in [UInt8(1), 0x80] {
          try storage.flip(name, at: offset, mask)
          let survey = try SurveyedLog(storage)
          // The last batch's commit may be taken for a torn one only where zeros explain it.
          #expect(!survey.report.findings.isEmpty, "\(name) \(offset)")
          let isHeader = offset < LogFormat.headerSizeBytes
          #expect(survey.texts.count >= whole.count - (isHeader ? 8 : 2), "\(name) \(offset)")
          storage.setContent(of: name, to: bytes)
        }
      }
    }
  }

  @Test func `a damaged event costs itself, and what can be read behind it is listed`() throws {
    let storage = try segmentedLog()
    let name = try storage.segmentNames[1]
    let pieces = try SurveyedLog(storage).sightings.filter { $0.file == name }
    let event = pieces[1]
    guard case .event(let seen) = event.content, let sequence = seen.sequence else {
      Issue.record("no event at the start of the segment")
      return
    }
    try storage.flip(name, at: event.offset + 17)
    let survey = try SurveyedLog(storage)
    #expect(survey.texts.count == 19)
    let finding = try #require(survey.damages.first)
    #expect(survey.damages.count == 1)
    #expect(finding.kind == .damage(.bodyCheck) && finding.file == name)
    #expect(finding.offset == event.offset && finding.sizeBytes == event.sizeBytes)
    #expect(finding.nextSequence == sequence && finding.lost == sequence..<sequence + 1)
    #expect(finding.readableThrough == 20)
    #expect(finding.readableCount == 20 - Int(sequence))
    #expect(survey.report.head == nil && survey.report.isDamaged)
  }

  @Test func `two damages in one log are two findings, each with what is readable behind it`()
    throws
  {
    let storage = try segmentedLog()
    for name in try storage.segmentNames.prefix(2) { try storage.flip(name, at: 113) }
    let survey = try SurveyedLog(storage)
    #expect(survey.damages.count == 2)
    #expect(survey.texts.count == 18)
  }

  @Test func `a missing segment is told with the sequences that it held`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    storage.removeContent(of: names[1])
    let survey = try SurveyedLog(storage)
    let finding = try #require(survey.damages.first)
    #expect(survey.damages.count == 1)
    #expect(finding.file == names[2] && finding.offset == 32)
    let lost = try #require(finding.lost)
    #expect(survey.texts.count + lost.count == 20)
  }

  @Test func `a segment without a trailer in the middle, and bytes behind one, are told`() throws {
    let storage = try segmentedLog()
    let name = try storage.segmentNames[0]
    let bytes = try #require(storage.content(of: name))
    storage.setContent(of: name, to: Array(bytes.dropLast(LogFormat.recordFrameSizeBytes)))
    #expect(try SurveyedLog(storage).damages.map(\.kind) == [.damage(.missingTrailer)])
    storage.setContent(of: name, to: bytes + [1, 2, 3])
    #expect(try SurveyedLog(storage).damages.map(\.kind) == [.damage(.dataBehindTrailer)])
  }

  @Test func `a header that cannot be read does not hide its frames`() throws {
    for offset in [0, 20, 41, 60, 93] {
      let storage = try segmentedLog()
      try storage.flip(try storage.segmentNames[1], at: offset)
      let survey = try SurveyedLog(storage)
      #expect(survey.texts.count == 20, "\(offset)")
      #expect(survey.damages.count == 1, "\(offset)")
    }
  }

  @Test func `a torn tail is no damage, and neither is an unfinished last segment`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("kept")
    storage.fail(.sync)
    _ = try? log.append((0..<40).map { "torn \($0)" })
    let image = storage.crashImage { $0.sector != 1 }
    let survey = try SurveyedLog(image)
    #expect(survey.report.findings.map(\.kind) == [.tornTail])
    #expect(!survey.report.isDamaged && survey.report.head?.lastSequence == 1)

    let rotated = try segmentedLog()
    let last = try #require(try rotated.segmentNames.last)
    rotated.setContent(of: last, to: [])
    let unfinished = try SurveyedLog(rotated)
    #expect(unfinished.report.findings.map(\.kind) == [.unfinishedSegment])
  }

  @Test func `kept tails and foreign files are listed`() throws {
    let storage = try segmentedLog()
    storage.setContent(of: "\(firstSegment).torn-96", to: [1, 2])
    storage.setContent(of: "notes.txt", to: [])
    let report = try SurveyedLog(storage).report
    #expect(report.keptTails.map(\.offset) == [96] && report.keptTails.map(\.sizeBytes) == [2])
    #expect(report.foreignNames == ["notes.txt"] && report.findings.isEmpty)
  }

  @Test func `a chain value that does not fit is told, though every check is right`() throws {
    let storage = try segmentedLog()
    let names = try storage.segmentNames
    let bytes = try #require(storage.content(of: names[1]))
    let header = try SegmentHeader(decoding: bytes.span.bytes)
    let other = SegmentHeader(
      ledger: header.ledger, number: header.number, firstSequence: header.firstSequence,
      createdMicroseconds: 0, chain: .start)
    storage.setContent(of: names[1], to: other.encode())
    let kinds = try SurveyedLog(storage).damages.map(\.kind)
    #expect(kinds.contains(.damage(.brokenChain)))
  }
}
