// Logs made by the format page alone, `schema/log.md` sections 1 and 2: a second writer, which also
// makes what the product does not write yet (erased sections). The same events give the same bytes
// as the product's writer; `DraftLogTests` holds the two against each other.

import Bytes
import CryptoPrimitives

/// An event to be laid out.
public struct DraftEvent: Sendable {
  /// What never changes.
  public var facts: [UInt8]
  /// The secrets.
  public var sections: [[UInt8]]
  /// Which of them are erased.
  public var erased: Set<Int>

  /// Describes an event.
  public init(facts: [UInt8], sections: [[UInt8]] = [], erased: Set<Int> = []) {
    self.facts = facts
    self.sections = sections
    self.erased = erased
  }

  /// The sections as they stand in the file: an erased one is its digest.
  public var storedSections: [[UInt8]] {
    sections.enumerated().map { erased.contains($0) ? digest($1) : $1 }
  }

  /// What the chain takes in of the event, erased or not.
  fileprivate var commitment: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(facts.count))
    bytes.append(littleEndian: UInt32(sections.count))
    return digest(bytes + facts + sections.flatMap(digest))
  }

  fileprivate var body: [UInt8] {
    var bytes: [UInt8] = []
    for (index, section) in storedSections.enumerated() {
      let mark: UInt32 = erased.contains(index) ? 1 << 31 : 0
      bytes.append(littleEndian: UInt32(section.count) | mark)
    }
    return bytes + facts + storedSections.joined()
  }
}

/// A segment to be laid out: batches of events.
public struct DraftSegment: Sendable {
  /// The events of each batch.
  public var batches: [[DraftEvent]]
  /// Whether there is a trailer.
  public var isSealed: Bool

  /// Describes a segment.
  public init(_ batches: [[DraftEvent]], isSealed: Bool) {
    self.batches = batches
    self.isSealed = isSealed
  }
}

/// A log to be laid out.
public struct DraftLog: Sendable {
  /// The 16 bytes of the ledger's id.
  public var ledger: [UInt8]
  /// The segments in order.
  public var segments: [DraftSegment]
  /// The time in headers, and in commits.
  public var times: (created: Int64, written: Int64)

  /// Describes a log.
  public init(ledger: [UInt8], times: (created: Int64, written: Int64), _ segments: [DraftSegment])
  {
    self.ledger = ledger
    self.segments = segments
    self.times = times
  }

  /// The files, in order, without room behind their data.
  public func files() -> [(name: String, bytes: [UInt8])] {
    var files: [(name: String, bytes: [UInt8])] = []
    var place = Place()
    for (index, segment) in segments.enumerated() {
      let digits = String(place.sequence)
      let zeros = String(repeating: "0", count: 20 - digits.count)
      let bytes = layOut(segment, number: index + 1, &place)
      files.append((zeros + digits + ".segment", bytes))
    }
    return files
  }
}

/// Where in the log the layout is.
private struct Place {
  var sequence: UInt64 = 1
  var chain = [UInt8](repeating: 0, count: 32)
}

extension DraftLog {
  private func layOut(_ segment: DraftSegment, number: Int, _ place: inout Place) -> [UInt8] {
    var made = SegmentBytes(header(number: number, place))
    made.mendHeader(andFrames: [])
    let first = place.sequence
    for batch in segment.batches { append(batch, to: &made, &place) }
    guard segment.isSealed else { return made.bytes }
    var body: [UInt8] = []
    body.append(littleEndian: place.sequence - 1)
    body.append(littleEndian: place.sequence - first)
    body.append(littleEndian: UInt64(made.bytes.count))
    made.append(kind: 3, body: body + place.chain)
    return made.bytes
  }

  private func header(number: Int, _ place: Place) -> [UInt8] {
    var bytes = Array("TKNLEDGR".utf8)
    bytes.append(littleEndian: UInt16(1))
    bytes.append(littleEndian: UInt16(96))
    bytes.append(littleEndian: UInt32(0))
    bytes += ledger
    bytes.append(littleEndian: UInt64(number))
    bytes.append(littleEndian: place.sequence)
    bytes.append(littleEndian: times.created)
    return bytes + place.chain + [UInt8](repeating: 0, count: 8)
  }

  private func append(_ batch: [DraftEvent], to made: inout SegmentBytes, _ place: inout Place) {
    let start = made.bytes.count
    for event in batch {
      made.append(kind: 1, sections: event.sections.count, body: event.body)
    }
    var step = place.chain
    step.append(littleEndian: place.sequence)
    step.append(littleEndian: UInt32(batch.count))
    place.chain = digest(step + batch.flatMap(\.commitment))
    var body: [UInt8] = []
    body.append(littleEndian: place.sequence)
    body.append(littleEndian: UInt32(batch.count))
    body.append(littleEndian: UInt32(made.bytes.count - start))
    body.append(littleEndian: times.written)
    made.append(kind: 2, body: body + place.chain)
    place.sequence += UInt64(batch.count)
  }
}

extension SegmentBytes {
  /// Appends a frame with right checks.
  public mutating func append(kind: UInt8, sections: Int = 0, body: [UInt8]) {
    let offset = bytes.count
    bytes.append(littleEndian: UInt32(body.count))
    bytes += [kind, 0]
    bytes.append(littleEndian: UInt16(sections))
    bytes += [UInt8](repeating: 0, count: 8) + body
    mendFrame(at: offset)
    while bytes.count % 8 != 0 { bytes.append(0) }
  }
}

private func digest(_ bytes: [UInt8]) -> [UInt8] {
  SHA256.digest(of: bytes.span).bytes
}
