// The recovery table of `schema/log.md` section 4, row by row, on logs that the tests' own writer
// laid out. The exhaustive cases are in `TornTailTests`, `DamageTests` and `ByteAttackTests`; here
// each row has its name.

import EventLog
import TestSupport
import Testing

@Suite struct RecoveryTableTests {
  private let event = DraftEvent(facts: Array(1...40), sections: [[7, 7]])
  private let large = DraftEvent(facts: [UInt8](repeating: 5, count: 3000))
  private let zeros = [UInt8](repeating: 0, count: 4096)

  /// The files of a log of these segments.
  private func files(_ segments: [DraftSegment]) -> [(name: String, bytes: [UInt8])] {
    DraftLog(ledger: Array(0..<16), times: (0, 1), segments).files()
  }

  private func disk(_ files: [(name: String, bytes: [UInt8])]) -> SimulatedStorage {
    let storage = SimulatedStorage()
    for file in files { storage.setContent(of: file.name, to: file.bytes) }
    return storage
  }

  /// Opens, and expects so many events and a cut or none; then appends and reopens.
  private func expectOpens(
    _ storage: SimulatedStorage, events: Int, cut: Int?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var log = try LogUnderTest(storage)
    let seen = log.events.count
    let offset = log.recovery.cut?.offset
    #expect(seen == events && offset == cut, sourceLocation: sourceLocation)
    try log.append("new")
    let again = try LogUnderTest(storage.imageAfterPowerLoss())
    let (after, isCut) = (again.events.count, again.recovery.cut != nil)
    #expect(after == events + 1 && !isCut, sourceLocation: sourceLocation)
  }

  @Test func `row 1: good frames, then only zeros or the end of the file: clean`() throws {
    for room in [0, 1, 7, 512, 4096] {
      var files = files([DraftSegment([[event], [event]], isSealed: false)])
      files[0].bytes += zeros[..<room]
      try expectOpens(disk(files), events: 2, cut: nil)
    }
  }

  @Test func `row 2: a good trailer and no newer segment: clean, the next batch makes one`() throws
  {
    let storage = disk(files([DraftSegment([[event], [event]], isSealed: true)]))
    try expectOpens(storage, events: 2, cut: nil)
    #expect(try storage.names() == [firstSegment, "00000000000000000003.segment"])
  }

  @Test func `row 3: a temporary file is an unfinished rotation, and removed`() throws {
    let sealed = files([DraftSegment([[event]], isSealed: true)])
    for content in [[], Array("TKNL".utf8), sealed[0].bytes, zeros] {
      let storage = disk(sealed)
      storage.setContent(of: "00000000000000000002.segment.tmp", to: content)
      try expectOpens(storage, events: 1, cut: nil)
      #expect(try storage.names() == [firstSegment, "00000000000000000002.segment"])
    }
    let storage = disk(sealed)
    storage.setContent(of: "00000000000000000009.segment.tmp", to: zeros)
    try expectOpens(storage, events: 1, cut: nil)
    #expect(try storage.names() == [firstSegment, "00000000000000000002.segment"])
  }

  @Test func `row 4: a last header that is not whole, with zeros behind it: removed`() throws {
    let both = files([
      DraftSegment([[event]], isSealed: true), DraftSegment([[event]], isSealed: false),
    ])
    for length in 0..<96 {
      for room in [0, 4096] {
        var files = both
        files[1].bytes = Array(both[1].bytes[..<length] + zeros[..<room])
        try expectOpens(disk(files), events: 1, cut: nil)
        try expectOpens(
          disk([(firstSegment, Array(both[0].bytes[..<length] + zeros[..<room]))]), events: 0,
          cut: nil)
      }
    }
  }

  @Test func `row 4: without a trailer before it, or with data behind it, it is damage`() throws {
    var open = files([
      DraftSegment([[event]], isSealed: false), DraftSegment([[event]], isSealed: false),
    ])
    open[1].bytes = Array(zeros[..<512])
    let error = openingError(disk(open))
    #expect(error == .damaged(file: open[0].name, offset: open[0].bytes.count, .missingTrailer))

    var data = files([
      DraftSegment([[event]], isSealed: true), DraftSegment([[event]], isSealed: false),
    ])
    for index in 0..<96 { data[1].bytes[index] = 0 }
    #expect(openingError(disk(data)) == .damaged(file: data[1].name, offset: 0, .notASegment))

    let later = files([
      DraftSegment([[event]], isSealed: true), DraftSegment([[event]], isSealed: false),
    ])
    #expect(
      openingError(disk([(later[1].name, zeros)]))
        == .damaged(file: later[1].name, offset: 0, .notASegment))
  }

  @Test func `row 5: events without their commit, up to the end of the data: torn`() throws {
    let whole = files([DraftSegment([[event], [event, event]], isSealed: false)])[0].bytes
    let end = SegmentBytes(whole).frames[1].range.upperBound
    for room in [0, 4096] {
      let bytes = whole[..<(whole.count - LogFormat.recordFrameSizeBytes)] + zeros[..<room]
      try expectOpens(disk([(firstSegment, Array(bytes))]), events: 1, cut: end)
    }
  }

  @Test func `row 6: a frame past the end of the file, or into the rest of zeros: torn`() throws {
    let whole = files([DraftSegment([[event], [large]], isSealed: false)])[0].bytes
    let frame = SegmentBytes(whole).frames[2]
    for length in [8, 16, 24, 1000, 3000] {
      for room in [0, 4096] {
        let bytes = whole[..<(frame.offset + length)] + zeros[..<room]
        try expectOpens(disk([(firstSegment, Array(bytes))]), events: 1, cut: frame.offset)
      }
    }
  }

  @Test func `row 7: a bad frame with a zeroed sector inside: torn`() throws {
    let whole = files([DraftSegment([[event], [large]], isSealed: false)])[0].bytes
    let frame = SegmentBytes(whole).frames[2]
    for sector in 1..<6 {
      var bytes = whole
      for index in sector * 512..<(sector + 1) * 512 { bytes[index] = 0 }
      try expectOpens(disk([(firstSegment, bytes)]), events: 1, cut: frame.offset)
      bytes[sector * 512 + 100] = 1
      guard
        case .damaged(firstSegment, frame.offset, .bodyCheck) = openingError(
          disk([(firstSegment, bytes)]))
      else {
        Issue.record("sector \(sector) is not all zeros, and passed for lost")
        continue
      }
    }
  }

  @Test func `row 8: any of the three with a later write behind it: damage`() throws {
    let whole = files([DraftSegment([[event], [large], [event]], isSealed: false)])[0].bytes
    let frames = SegmentBytes(whole).frames
    var zeroed = whole
    for index in 1024..<1536 { zeroed[index] = 0 }
    let lost = openingError(disk([(firstSegment, zeroed)]))
    #expect(lost == .damaged(file: firstSegment, offset: frames[2].offset, .bodyCheck))
    // The commit of the second batch: its events end at the third batch's first frame.
    var uncommitted = whole
    for index in frames[3].range { uncommitted[index] = 0 }
    let gap = openingError(disk([(firstSegment, uncommitted)]))
    #expect(gap == .damaged(file: firstSegment, offset: frames[3].offset, .missingFrame))
  }

  @Test func `row 8: what stands behind the batch's own commit is a later write`() throws {
    let whole = files([DraftSegment([[event], [large], [event]], isSealed: false)])[0].bytes
    let frames = SegmentBytes(whole).frames
    let next = frames[4].range
    for length in [8, 16, next.count - 8, next.count] {
      var bytes = Array(whole[..<(next.lowerBound + length)])
      for index in 1024..<1536 { bytes[index] = 0 }
      let error = openingError(disk([(firstSegment, bytes)]))
      #expect(
        error == .damaged(file: firstSegment, offset: frames[2].offset, .bodyCheck), "\(length)")
    }
  }

  @Test func `row 8: a trailer proves the batch before it, also without its commit`() throws {
    // 96 header, 16 head, 840 facts, 72 commit: the trailer starts with a sector of its own.
    let facts = DraftEvent(facts: [UInt8](repeating: 5, count: 840))
    var bytes = files([DraftSegment([[facts]], isSealed: true)])[0].bytes
    #expect(bytes.count == 1024 + LogFormat.recordFrameSizeBytes)
    for index in 512..<1024 { bytes[index] = 0 }
    let error = openingError(disk([(firstSegment, bytes)]))
    #expect(error == .damaged(file: firstSegment, offset: 96, .bodyCheck))
  }

  @Test func `row 9: a segment that starts elsewhere than its name or the log says is damage`()
    throws
  {
    let short = files([
      DraftSegment([[event]], isSealed: true), DraftSegment([[event]], isSealed: false),
    ])
    let long = files([
      DraftSegment([[event], [event]], isSealed: true), DraftSegment([[event]], isSealed: false),
    ])
    let ahead = DamageKind.firstSequence(expected: 2, found: 3)
    #expect(
      openingError(disk([short[0], long[1]]))
        == .damaged(file: long[1].name, offset: 40, ahead))
    let renamed = "00000000000000000005.segment"
    let misnamed = DamageKind.firstSequence(expected: 2, found: 5)
    #expect(
      openingError(disk([short[0], (renamed, short[1].bytes)]))
        == .damaged(file: renamed, offset: 40, misnamed))
  }

  @Test func `row 9: a batch without events is damage`() throws {
    let whole = files([DraftSegment([[event], []], isSealed: false)])[0].bytes
    let commit = SegmentBytes(whole).frames[2].offset
    let error = openingError(disk([(firstSegment, whole)]))
    let kind = DamageKind.commitMismatch(expectedSequence: 2, foundSequence: 2)
    #expect(error == .damaged(file: firstSegment, offset: commit, kind))
  }

  @Test func `row 9: what no write leaves is damage`() throws {
    let whole = files([DraftSegment([[event], [event]], isSealed: false)])[0].bytes
    let frames = SegmentBytes(whole).frames
    let last = frames[2].offset
    /// Changes the last batch's event frame, with its checks mended.
    func error(_ change: (inout SegmentBytes) -> Void) -> LogError? {
      var made = SegmentBytes(whole)
      change(&made)
      made.mendFrame(at: last)
      return openingError(disk([(firstSegment, made.bytes)]))
    }
    func damaged(_ kind: DamageKind) -> LogError {
      .damaged(file: firstSegment, offset: last, kind)
    }
    #expect(error { $0.bytes[last + 4] = 9 } == damaged(.unknownFrameKind(9)))
    #expect(error { $0.bytes[last + 5] = 1 } == damaged(.malformedHead))
    #expect(error { $0.put(9, at: last + 6, size: 2) } == damaged(.malformedHead))
    #expect(error { $0.put(0, at: last, size: 4) } == damaged(.bodySize(0)))
    #expect(error { $0.put(1 << 20 | 1, at: last, size: 4) } == damaged(.bodySize(1 << 20 | 1)))
    #expect(error { $0.bytes[last + 16] = 200 } == damaged(.malformedSections))
    #expect(error { $0.bytes[frames[3].offset - 1] = 1 } == damaged(.padding))
    let repeated = openingError(
      disk([(firstSegment, whole + whole[frames[2].range.lowerBound...])]))
    #expect(repeated == .damaged(file: firstSegment, offset: whole.count, .headCheck))
  }
}
