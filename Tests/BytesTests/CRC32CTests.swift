// CRC-32C against the vectors of RFC 3720 B.4, and the instruction against the tables.

import Bytes
import Testing

/// The checksum of an array, in one step.
private func crc(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
  var crc = CRC32C(seed: seed)
  crc.update(bytes.span)
  return crc.value
}

/// The checksum of an array by the table method.
private func softwareCRC(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
  var crc = CRC32C(seed: seed)
  crc.updateInSoftware(bytes.span.bytes)
  return crc.value
}

/// Bytes without a pattern that a shifted table would survive; the same ones in every run.
private func mixedBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
}

@Suite struct CRC32CTests {
  /// The read command of RFC 3720 B.4.
  private static let iSCSIRead: [UInt8] = [
    0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18,
    0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  ]

  private static let published: [(bytes: [UInt8], crc: UInt32)] = [
    ([], 0),
    (Array("123456789".utf8), 0xE306_9283),
    ([UInt8](repeating: 0x00, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (iSCSIRead, 0xD996_3A56),
  ]

  @Test(arguments: published)
  func `the published vectors come out, by the instruction and by the tables`(
    bytes: [UInt8], expected: UInt32
  ) {
    #expect(crc(bytes) == expected)
    #expect(softwareCRC(bytes) == expected)
  }

  @Test func `the instruction equals the tables at every length and alignment up to 80 bytes`() {
    let bytes = mixedBytes(96)
    for start in 0..<8 {
      for count in 0...80 {
        let piece = Array(bytes[start..<start + count])
        #expect(crc(piece, seed: 0xDEAD_BEEF) == softwareCRC(piece, seed: 0xDEAD_BEEF))
      }
    }
  }

  @Test func `a checksum given in two pieces is the same at every split point`() {
    let bytes = mixedBytes(100)
    let whole = crc(bytes)
    for split in 0...bytes.count {
      var pieces = CRC32C()
      pieces.update(bytes.span.extracting(first: split))
      pieces.update(bytes.span.extracting(droppingFirst: split))
      #expect(pieces.value == whole)
    }
  }

  @Test func `a finished value seeds the checksum that goes on from it`() {
    let bytes = mixedBytes(100)
    for split in 0...bytes.count {
      let front = crc(Array(bytes[..<split]))
      #expect(crc(Array(bytes[split...]), seed: front) == crc(bytes))
    }
  }

  @Test func `every single flipped bit changes the value`() {
    var bytes = mixedBytes(40)
    let whole = crc(bytes)
    for bit in 0..<8 * bytes.count {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(crc(bytes) != whole)
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func `typed and raw spans are the same bytes`() {
    let bytes = mixedBytes(33)
    var raw = CRC32C()
    raw.update(bytes.span.bytes)
    #expect(raw.value == crc(bytes))
  }
}
