// The start of a segment under survey. A header that cannot be read does not hide the frames: their
// checks hang on its check, which stands in its last four bytes, and which its other bytes give as
// well. Whichever of the two fits the first frame is taken.

internal import Bytes
internal import LinuxIO

/// What stands at the start of a segment.
struct SurveyedHeader {
  /// Something wrong, and where.
  struct Fault {
    let kind: DamageKind
    let offset: Int
    let sizeBytes: Int
  }

  let name: String
  let sizeBytes: Int
  /// The header, when its check is right.
  let header: SegmentHeader?
  /// The segment, when its frames can be checked.
  let segment: SegmentFile?
  let fault: Fault?

  /// The piece that the header takes, or the whole file when nothing in it can be read.
  var sighting: Sighting {
    let content: Sighting.Content = header.map { .header($0) } ?? .damage(fault?.kind ?? .headerCut)
    let end = segment == nil ? sizeBytes : min(sizeBytes, LogFormat.headerSizeBytes)
    return Sighting(
      file: name, segment: segment?.header.number ?? 0, offset: 0, sizeBytes: end,
      content: content)
  }

  /// Reads the start of the segment `name`.
  static func read(
    _ name: String, in storage: any LogStorage, _ trail: SurveyTrail
  ) throws(LogError) -> SurveyedHeader {
    do throws(SystemError) {
      let file = try storage.open(name, .readOnly)
      let size = try file.sizeBytes()
      let bytes = try file.bytes(at: 0, count: min(size, LogFormat.headerSizeBytes))
      do throws(DamageKind) {
        // Safe: a span of bytes has no padding.
        let header = try SegmentHeader(decoding: unsafe bytes.span.bytes)
        let problem = header.problem(
          named: name, number: trail.nextNumber,
          nextSequence: trail.isSequenceKnown ? trail.nextSequence : nil, ledger: trail.ledger,
          chain: trail.chain)
        return SurveyedHeader(
          name: name, sizeBytes: size, header: header,
          segment: SegmentFile(file, name: name, header: header, check: header.check),
          fault: problem.map { Fault(kind: $0.kind, offset: $0.offset, sizeBytes: 0) })
      } catch {
        let segment = try guess(file, name, bytes, trail, after: error)
        let hidden = segment == nil ? size : min(size, LogFormat.headerSizeBytes)
        return SurveyedHeader(
          name: name, sizeBytes: size, header: nil, segment: segment,
          fault: Fault(kind: error, offset: 0, sizeBytes: hidden))
      }
    } catch {
      throw .system(error, file: name)
    }
  }

  /// The segment by the check that fits its first frame; nil when none does.
  private static func guess(
    _ file: any LogFile, _ name: String, _ bytes: [UInt8], _ trail: SurveyTrail,
    after kind: DamageKind
  ) throws(SystemError) -> SegmentFile? {
    guard bytes.count == LogFormat.headerSizeBytes, kind != .headerCut else { return nil }
    let first = try file.bytes(
      at: LogFormat.headerSizeBytes, count: LogFormat.frameHeadSizeBytes)
    guard first.count == LogFormat.frameHeadSizeBytes else { return nil }
    let header = SegmentHeader(
      ledger: trail.ledger ?? .zero, number: trail.nextNumber,
      firstSequence: SegmentName.firstSequence(of: name) ?? trail.nextSequence,
      createdMicroseconds: 0, chain: .start)
    var crc = CRC32C()
    crc.update(bytes.span.extracting(0..<92))
    // Safe: a span of bytes has no padding.
    let stored = unsafe bytes.span.bytes.integer(UInt32.self, at: 92)
    let head = unsafe first.span.bytes
    for value in [stored, crc.value] {
      let check = SegmentCheck(value: value)
      let expected = check.headCheck(
        word: head.integer(at: 0), at: LogFormat.headerSizeBytes)
      if expected == head.integer(UInt32.self, at: 8) {
        return SegmentFile(file, name: name, header: header, check: check)
      }
    }
    return nil
  }
}
