// What no interrupted writer can leave: the ledger does not start, and the error names the place.
// Never a silently wrong answer.

import Bytes
import EventLog
import TestSupport
import Testing

@Suite struct DamageTests {
  /// A log of two batches, without room behind.
  private func sample() throws -> (bytes: [UInt8], lastBatch: Int, texts: [String]) {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("first", "second", sections: [[1, 2, 3]])
    let commit = try log.append("third")
    let content = try #require(storage.content(of: firstSegment))
    let end = commit.offset + commit.sizeBytes
    return (Array(content[..<end]), commit.offset, ["first", "second", "third"])
  }

  /// A log of several sealed segments.
  private func segments() throws -> SimulatedStorage {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 700))
    for number in 1...20 { try log.append("event \(number)") }
    return storage
  }

  @Test func `every flipped bit of a committed log is told, with file and offset`() throws {
    let sample = try sample()
    let storage = SimulatedStorage()
    for bit in 0..<sample.bytes.count * 8 {
      var bytes = sample.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      storage.setContent(of: firstSegment, to: bytes)
      guard case .damaged(let file, let offset, let kind) = openingError(storage) else {
        Issue.record("bit \(bit) was flipped and not told")
        continue
      }
      #expect(file == firstSegment && offset <= bit / 8, "bit \(bit), \(kind)")
      #expect(storage.content(of: firstSegment) == bytes, "a damaged file is left alone")
    }
  }

  @Test func `a flipped bit in the room never changes what was committed`() throws {
    let sample = try sample()
    let room = 1024
    for bit in 0..<room * 8 where bit % 7 == 0 {
      let storage = SimulatedStorage()
      var bytes = sample.bytes + [UInt8](repeating: 0, count: room)
      let place = sample.bytes.count + bit / 8
      bytes[place] ^= 1 << (bit % 8)
      storage.setContent(of: firstSegment, to: bytes)
      do {
        let log = try LogUnderTest(storage)
        let seen = log.events.map(\.text)
        let isKept = log.recovery.cut != nil
        #expect(seen == sample.texts && isKept, "bit \(bit)")
      } catch ReplayError<Never>.log(.damaged(_, let offset, .missingFrame)) {
        // In the sector of the last commit, behind where a head would begin: no write does that.
        #expect(offset == sample.bytes.count && place / 512 == offset / 512, "bit \(bit)")
      }
    }
  }

  @Test func `garbage behind the last commit is damage`() throws {
    let sample = try sample()
    var generator = SeededGenerator(seed: 1)
    let storage = SimulatedStorage()
    storage.setContent(of: firstSegment, to: sample.bytes + generator.bytes(count: 2000))
    let error = openingError(storage)
    #expect(error == .damaged(file: firstSegment, offset: sample.bytes.count, .headCheck))
  }

  @Test(arguments: [0, 1, 5, 56, 57, 1_048_576, 1_048_577, UInt32.max])
  func `a wrong size is never followed`(size: UInt32) throws {
    let sample = try sample()
    let storage = SimulatedStorage()
    for frame in [96, sample.lastBatch] {
      var bytes = sample.bytes
      let isSame = bytes[frame] == UInt8(truncatingIfNeeded: size) && size < 256
      for index in 0..<4 { bytes[frame + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
      storage.setContent(of: firstSegment, to: bytes)
      let error = openingError(storage)
      #expect(
        error == (isSame ? nil : .damaged(file: firstSegment, offset: frame, .headCheck)))
    }
  }

  @Test func `a missing segment is told`() throws {
    let names = try segments().names()
    #expect(names.count == 4)
    for (index, name) in names.enumerated().dropLast() {
      let storage = try segments()
      storage.removeContent(of: name)
      let error = openingError(storage, .segments(of: 700))
      let expected = UInt64(index + 1)
      #expect(
        error
          == .damaged(
            file: names[index + 1], offset: 32,
            .segmentNumber(expected: expected, found: expected + 1)))
    }
  }

  @Test func `a segment without its trailer is damage unless it is the last`() throws {
    let storage = try segments()
    let name = try storage.names()[1]
    let content = try #require(storage.content(of: name))
    storage.setContent(of: name, to: Array(content.dropLast(LogFormat.recordFrameSizeBytes)))
    let error = openingError(storage)
    let offset = content.count - LogFormat.recordFrameSizeBytes
    #expect(error == .damaged(file: name, offset: offset, .missingTrailer))
  }

  @Test func `every cut of a segment that is not the last is damage`() throws {
    let storage = try segments()
    let name = try storage.names()[1]
    let content = try #require(storage.content(of: name))
    for length in 0..<content.count {
      storage.setContent(of: name, to: Array(content[..<length]))
      guard case .damaged(let file, let offset, _) = openingError(storage) else {
        Issue.record("cut at \(length) and not told")
        continue
      }
      #expect(file == name && offset <= length)
    }
  }

  @Test func `bytes behind a trailer are damage, zeros are not`() throws {
    let storage = try segments()
    for name in [try storage.names()[1], try storage.names()[0]] {
      let content = try #require(storage.content(of: name))
      storage.setContent(of: name, to: content + [0, 0, 0, 0, 0])
      #expect(openingError(storage) == nil)
      storage.setContent(of: name, to: content + [0, 0, 0, 1, 0])
      let error = openingError(storage)
      #expect(error == .damaged(file: name, offset: content.count, .dataBehindTrailer))
      storage.setContent(of: name, to: content)
    }
  }

  @Test func `a copied or moved frame is no frame`() throws {
    let sample = try sample()
    let storage = SimulatedStorage()
    // The first batch's first frame, once more behind the last commit.
    storage.setContent(of: firstSegment, to: sample.bytes + sample.bytes[96..<136])
    let copied = openingError(storage)
    #expect(copied == .damaged(file: firstSegment, offset: sample.bytes.count, .headCheck))
    // The last batch, in the place of the first.
    storage.setContent(
      of: firstSegment, to: Array(sample.bytes[..<96]) + sample.bytes[sample.lastBatch...])
    #expect(openingError(storage) == .damaged(file: firstSegment, offset: 96, .headCheck))
  }

  @Test func `a segment under another's name, and one of another ledger, are told`() throws {
    let storage = try segments()
    let names = try storage.names()
    let content = try #require(storage.content(of: names[1]))
    storage.setContent(of: names[2], to: content)
    guard case .damaged(let file, 32, .segmentNumber) = openingError(storage) else {
      Issue.record("a doubled segment was not told")
      return
    }
    #expect(file == names[2])

    let foreign = SegmentHeader(
      ledger: try LedgerID.random(), number: 2, firstSequence: 5, createdMicroseconds: 0,
      chain: .start)
    storage.setContent(of: names[1], to: foreign.encode())
    let error = openingError(storage)
    #expect(error == .damaged(file: names[1], offset: 16, .foreignLedger(foreign.ledger)))
  }

  @Test func `a segment whose chain does not continue the last one's is told`() throws {
    let storage = try segments()
    let names = try storage.names()
    let content = try #require(storage.content(of: names[1]))
    let header = try SegmentHeader(decoding: content.span.bytes)
    let other = SegmentHeader(
      ledger: header.ledger, number: header.number, firstSequence: header.firstSequence,
      createdMicroseconds: 0, chain: .start)
    storage.setContent(of: names[1], to: other.encode())
    #expect(openingError(storage) == .damaged(file: names[1], offset: 56, .brokenChain))
  }

  @Test func `an unfinished last segment is removed, and a damaged one is not`() throws {
    let storage = try segments()
    let names = try storage.names()
    let last = try #require(names.last)
    let before = try texts(in: storage)
    let content = try #require(storage.content(of: last))
    var header = Array(content[..<LogFormat.headerSizeBytes])
    header[40] ^= 1

    storage.setContent(of: last, to: header + content[LogFormat.headerSizeBytes...])
    #expect(openingError(storage) == .damaged(file: last, offset: 0, .headerCheck))

    storage.setContent(of: last, to: header + [UInt8](repeating: 0, count: 4096))
    var log = try LogUnderTest(storage)
    let seen = log.events.map(\.text)
    #expect(seen == Array(before.prefix(seen.count)) && seen.count < before.count)
    try log.append("new")
    #expect(try texts(in: storage.imageAfterPowerLoss()) == seen + ["new"])
  }

  @Test(arguments: [(8, DamageKind.unsupportedVersion(2)), (12, .unsupportedFeatures(2))])
  func `an unknown version or feature is refused as such`(
    offset: Int, expected: DamageKind
  ) throws {
    let storage = SimulatedStorage()
    var header = try SegmentHeader(
      ledger: testLedger(), number: 1, firstSequence: 1, createdMicroseconds: 0, chain: .start
    ).encode()
    header[offset] = 2
    var crc = CRC32C()
    crc.update(header.span.extracting(0..<92))
    header.store(littleEndian: crc.value, at: 92)
    storage.setContent(of: firstSegment, to: header)
    #expect(openingError(storage) == .damaged(file: firstSegment, offset: 0, expected))
  }

  @Test func `the chain is checked by those who ask for it`() throws {
    let storage = try segments()
    var options = LogOptions()
    options.checksChain = true
    var count = 0
    let overview = try LogReading.read(storage, options: options) { _ in count += 1 }
    #expect(count == 20 && overview.ending == .clean)
  }

  @Test func `no description holds a byte of a payload`() throws {
    let secret = "planted-secret"
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append(secret, sections: [Array(secret.utf8)])
    try log.append("later")
    let content = try #require(storage.content(of: firstSegment))
    for index in 96..<200 {
      var bytes = content
      bytes[index] ^= 0xff
      storage.setContent(of: firstSegment, to: bytes)
      let error = try #require(openingError(storage))
      #expect(!"\(error)".contains(secret) && "\(error)".contains(firstSegment))
      #expect("\(error)".contains("offset") && "\(error)".contains("tokenledger verify"))
    }
  }
}
