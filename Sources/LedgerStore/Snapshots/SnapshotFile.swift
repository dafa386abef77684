// A snapshot as a file: which ledger it is of, after which commit, what a start must know besides
// the state, the state, and a digest over all of it. Layout: schema/snapshot.md section 5.
// Invariant: a file whose digest is right was written whole by this code; what is checked besides
// guards against files of other versions, and against a digest made anew.

import Bytes
import CryptoPrimitives
import EventLog
import TokenLedger

/// What a snapshot holds before the state.
struct SnapshotFile: Equatable {
  /// The commit after which the state is.
  var position: LogPosition
  /// The segment that the latest compaction began; 0 for none.
  var lastCompactionSegment: UInt64
  /// The first event of each segment up to the position, from segment 1 on.
  var firstEvents: [FirstEvent]
  /// The tails that a `recovered` event tells of.
  var toldTails: Set<ReplayedLedger.TailPlace>

  /// The first event of a segment.
  struct FirstEvent: Equatable {
    var sequence: EventSequence
    var id: EventID
  }

  static let magic: UInt64 = 0x0a31_5041_4e53_4c54  // "TLSNAP1\n"
  static let headSizeBytes = 80
  static let firstEventSizeBytes = 24
  static let tailSizeBytes = 12

  /// What is before the state.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.magic)
    bytes += position.ledger.bytes
    bytes.append(littleEndian: position.sequence)
    bytes += position.chain.bytes
    bytes.append(littleEndian: lastCompactionSegment)
    bytes.append(littleEndian: UInt32(firstEvents.count))
    bytes.append(littleEndian: UInt32(toldTails.count))
    for event in firstEvents {
      bytes.append(littleEndian: event.sequence.rawValue)
      bytes.append(littleEndian: event.id.milliseconds)
      bytes.append(littleEndian: event.id.counter)
    }
    for tail in toldTails.sorted(by: { ($0.segment, $0.offset) < ($1.segment, $1.offset) }) {
      bytes.append(littleEndian: tail.offset)
      bytes.append(littleEndian: UInt32(tail.segment.utf8.count))
      bytes += tail.segment.utf8
    }
    return bytes
  }

  /// Reads a whole file, or gives nil for one that is none or was changed.
  ///
  /// - Parameters:
  ///   - file: all of its bytes.
  ///   - bodyStart: where the state starts, which ends 32 bytes before the end.
  /// - Complexity: O(bytes).
  init?(_ file: RawSpan, bodyStart: inout Int) {
    let end = file.byteCount - SHA256Digest.sizeBytes
    guard end >= Self.headSizeBytes, file.integer(UInt64.self, at: 0) == Self.magic
    else { return nil }
    var digest = SHA256()
    digest.update(file.extracting(0..<end))
    guard ChainValue(digest.finalize()) == ChainValue(at: end, of: file) else { return nil }
    position = LogPosition(
      ledger: LedgerID(at: 8, of: file), sequence: file.integer(at: 24),
      chain: ChainValue(at: 32, of: file))
    lastCompactionSegment = file.integer(at: 64)
    let segmentCount = Int(file.integer(UInt32.self, at: 72))
    let tailCount = Int(file.integer(UInt32.self, at: 76))
    let tailsStart = Self.headSizeBytes + segmentCount * Self.firstEventSizeBytes
    guard tailsStart <= end else { return nil }
    firstEvents = (0..<segmentCount).map { FirstEvent(file, number: $0) }
    guard Self.areInOrder(firstEvents, through: position.sequence) else { return nil }
    toldTails = []
    var offset = tailsStart
    for _ in 0..<tailCount {
      guard let (tail, size) = Self.tail(in: file.extracting(offset..<end)) else { return nil }
      toldTails.insert(tail)
      offset += size
    }
    bodyStart = offset
  }

  /// Puts the contents together.
  init(_ replayed: borrowing ReplayedLedger, at position: LogPosition) {
    self.position = position
    lastCompactionSegment = replayed.lastCompactionSegment
    firstEvents = replayed.index.firstEvents.map { FirstEvent(sequence: $0.sequence, id: $0.id) }
    toldTails = replayed.toldTails
  }

  private static func areInOrder(_ events: [FirstEvent], through last: UInt64) -> Bool {
    guard events.first.map({ $0.sequence.rawValue == 1 }) ?? (last == 0),
      events.last.map({ $0.sequence.rawValue <= last }) ?? true
    else { return false }
    return zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence && $0.id < $1.id }
  }

  private static func tail(in bytes: RawSpan) -> (ReplayedLedger.TailPlace, size: Int)? {
    guard bytes.byteCount >= tailSizeBytes else { return nil }
    let size = Int(bytes.integer(UInt32.self, at: 8))
    guard bytes.byteCount - tailSizeBytes >= size else { return nil }
    var name: [UInt8] = []
    for index in 0..<size { name.append(bytes.byte(at: tailSizeBytes + index)) }
    let place = ReplayedLedger.TailPlace(
      segment: String(decoding: name, as: UTF8.self), offset: bytes.integer(at: 0))
    return (place, tailSizeBytes + size)
  }
}

extension SnapshotFile.FirstEvent {
  fileprivate init(_ file: RawSpan, number: Int) {
    let offset = SnapshotFile.headSizeBytes + number * SnapshotFile.firstEventSizeBytes
    sequence = EventSequence(file.integer(at: offset))
    id = EventID(
      milliseconds: file.integer(at: offset + 8), counter: file.integer(at: offset + 16))
  }
}
