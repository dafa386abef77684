// The first 96 bytes of a segment, `schema/log.md` section 1: whose it is, where it stands in the
// log, and the check that binds each of its frames to it. Encoder and decoder stand together, and
// a header never changes once its file has its name.

internal import Bytes

/// The header of a segment.
public struct SegmentHeader: Equatable, Sendable {
  /// The ledger that the segment belongs to.
  public let ledger: LedgerID
  /// The number of the segment, from 1.
  public let number: UInt64
  /// The sequence of the segment's first event, from 1.
  public let firstSequence: UInt64
  /// When the segment was made, in microseconds since 1970.
  public let createdMicroseconds: Int64
  /// The chain value before the segment's first batch.
  public let chain: ChainValue

  /// Describes a segment to be made.
  public init(
    ledger: LedgerID, number: UInt64, firstSequence: UInt64, createdMicroseconds: Int64,
    chain: ChainValue
  ) {
    self.ledger = ledger
    self.number = number
    self.firstSequence = firstSequence
    self.createdMicroseconds = createdMicroseconds
    self.chain = chain
  }

  /// The name of the segment's file.
  var fileName: String { SegmentName.segment(firstSequence: firstSequence) }

  /// The check that seeds those of the segment's frames.
  var check: SegmentCheck { SegmentCheck(value: Self.check(of: fields)) }

  /// The 96 bytes.
  public func encode() -> [UInt8] {
    var bytes = fields
    bytes.append(littleEndian: Self.check(of: bytes))
    assert(bytes.count == LogFormat.headerSizeBytes)
    return bytes
  }

  /// The bytes that the check covers.
  private var fields: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(LogFormat.headerSizeBytes)
    bytes.append(littleEndian: LogFormat.magic)
    bytes.append(littleEndian: LogFormat.version)
    bytes.append(littleEndian: UInt16(LogFormat.headerSizeBytes))
    bytes.append(littleEndian: UInt32(0))
    bytes.append(contentsOf: ledger.bytes)
    bytes.append(littleEndian: number)
    bytes.append(littleEndian: firstSequence)
    bytes.append(littleEndian: createdMicroseconds)
    chain.append(to: &bytes)
    bytes.append(littleEndian: UInt32(0))
    return bytes
  }

  private static func check(of fields: [UInt8]) -> UInt32 {
    var crc = CRC32C()
    crc.update(fields.span)
    return crc.value
  }
}

extension SegmentHeader {
  /// Reads a header from the first bytes of a segment.
  ///
  /// - Throws: what is wrong with it, the first thing in the order of a reader's doubts: is it a
  ///   segment, is it whole, can this version read it, are its numbers possible.
  public init(decoding span: RawSpan) throws(DamageKind) {
    guard span.byteCount >= LogFormat.headerSizeBytes else { throw .headerCut }
    guard span.integer(UInt64.self, at: 0) == LogFormat.magic else { throw .notASegment }
    var crc = CRC32C()
    crc.update(span.extracting(0..<92))
    guard crc.value == span.integer(UInt32.self, at: 92) else { throw .headerCheck }
    let version = span.integer(UInt16.self, at: 8)
    let features = span.integer(UInt32.self, at: 12)
    guard version == LogFormat.version else { throw .unsupportedVersion(version) }
    guard features == 0 else { throw .unsupportedFeatures(features) }
    guard span.integer(UInt16.self, at: 10) == UInt16(LogFormat.headerSizeBytes),
      span.integer(UInt32.self, at: 88) == 0
    else { throw .malformedHeader }
    self.init(
      ledger: LedgerID(at: 16, of: span), number: span.integer(at: 32),
      firstSequence: span.integer(at: 40), createdMicroseconds: span.integer(at: 48),
      chain: ChainValue(at: 56, of: span))
    guard number >= 1, firstSequence >= 1 else { throw .malformedHeader }
  }
}

extension SegmentHeader {
  /// What keeps a header from being the next one of its log, and where it says so.
  ///
  /// - Parameters:
  ///   - name: The segment's file name.
  ///   - number: The number that comes next.
  ///   - nextSequence: The sequence that comes next; nil where it is not known.
  ///   - ledger: The ledger of the segments before; nil for the first.
  ///   - chain: The chain value before; nil where it is not known.
  /// - Returns: the first problem; nil for none.
  func problem(
    named name: String, number: UInt64, nextSequence: UInt64?, ledger: LedgerID?,
    chain: ChainValue?
  ) -> (offset: Int, kind: DamageKind)? {
    if let ledger, self.ledger != ledger { return (16, .foreignLedger(self.ledger)) }
    guard self.number == number else {
      return (32, .segmentNumber(expected: number, found: self.number))
    }
    if let nextSequence, firstSequence != nextSequence {
      return (40, .firstSequence(expected: nextSequence, found: firstSequence))
    }
    if let named = SegmentName.firstSequence(of: name), named != firstSequence {
      return (40, .firstSequence(expected: firstSequence, found: named))
    }
    if let chain, self.chain != chain { return (56, .brokenChain) }
    return nil
  }
}
