// The format page's worked example, byte for byte. An independent program, written from the page
// alone, made the same bytes.

import Bytes
import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct LogFormatTests {
  @Test func `the example on the format page is what the writer writes`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    let commit = try log.append("hello")
    let content = try #require(storage.content(of: firstSegment))
    #expect(Array(content[..<(commit.offset + commit.sizeBytes)]) == (try exampleBytes()))
    #expect(content[(commit.offset + commit.sizeBytes)...].allSatisfy { $0 == 0 })
  }

  @Test func `the example on the format page is read as it says`() throws {
    let storage = SimulatedStorage()
    storage.setContent(of: firstSegment, to: try exampleBytes())
    let log = try LogUnderTest(storage)
    let head = log.writer.head
    let events = log.events
    #expect(head.ledger == (try testLedger()) && head.segment == 1 && head.lastSequence == 1)
    #expect(events.map(\.text) == ["hello"] && events.map(\.sequence) == [1])
    #expect(events.map(\.location) == [LogLocation(segment: 1, offset: 96)])
    #expect("\(head.chain)".hasPrefix("3347508772e9b01b"))
  }

  @Test func `a header comes back as it was written`() throws {
    let header = SegmentHeader(
      ledger: try testLedger(), number: 7, firstSequence: 4711, createdMicroseconds: -3,
      chain: .start)
    let bytes = header.encode()
    #expect(bytes.count == LogFormat.headerSizeBytes)
    #expect(try SegmentHeader(decoding: bytes.span.bytes) == header)
  }

  @Test func `every truncation and every flipped bit of a header is told`() throws {
    let bytes = Array(try exampleBytes()[..<LogFormat.headerSizeBytes])
    for length in bytes.indices {
      let cut = Array(bytes[..<length])
      #expect(throws: DamageKind.headerCut) { try SegmentHeader(decoding: cut.span.bytes) }
    }
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      let damaged = flipped
      #expect(throws: DamageKind.self) { try SegmentHeader(decoding: damaged.span.bytes) }
    }
  }

  @Test func `ids are shown as hexadecimal digits`() throws {
    #expect("\(try testLedger())" == "000102030405060708090a0b0c0d0e0f")
    #expect("\(ChainValue.start)" == String(repeating: "0", count: 64))
    #expect(LedgerID(Array(0..<15)) == nil && LedgerID(Array(0..<17)) == nil)
    #expect(try LedgerID.random() != LedgerID.random())
  }

  /// The bytes of the example in `schema/log.md` section 8: in each line, what stands between the
  /// offset and the words.
  private func exampleBytes() throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let file = try FileDescriptor.open("\(root)/schema/log.md", .readOnly)
    let page = String(
      decoding: try file.bytes(at: 0, count: Int(file.sizeBytes())), as: UTF8.self)
    let section = try #require(page.components(after: "## 8.", before: "## 9."))
    var bytes: [UInt8] = []
    for line in section.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let offset = words.first, offset.count == 4, Int(offset, radix: 16) == bytes.count
      else { continue }
      for word in words.dropFirst().prefix(16) {
        bytes.append(try #require(UInt8(word, radix: 16)))
      }
    }
    return bytes
  }
}

extension String {
  /// What stands between two marks.
  fileprivate func components(after start: String, before end: String) -> Substring? {
    guard let first = firstRange(of: start)?.upperBound,
      let last = firstRange(of: end)?.lowerBound
    else { return nil }
    return self[first..<last]
  }

  private func firstRange(of text: String) -> Range<Index>? {
    indices.lazy.filter { self[$0...].hasPrefix(text) }.first.map {
      $0..<self.index($0, offsetBy: text.count)
    }
  }
}
