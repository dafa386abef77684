// The search for mends in one batch: depth first over the places that are wrong, the first set with
// which the batch or the trailer reads and fits is taken. A set that does not lead there leaves no
// trace.

internal import LinuxIO

extension RepairPlanner {
  /// The next step of the scanner, with mends where they help.
  func nextMended(
    _ scanner: inout BatchScanner, _ segment: SegmentFile, _ index: Int
  ) throws(LogError) -> BatchScanner.Step {
    let step = try scanner.next()
    guard case .end(let finding, let offset) = step else { return step }
    let mendCount = mended.all.count
    if let found = try search(&scanner, finding, at: offset, segment, index, depth: 0) {
      return found
    }
    mended.drop(to: mendCount)
    scanner.forget()
    return step
  }

  /// Tries the mends for a finding, and further ones behind it.
  private func search(
    _ scanner: inout BatchScanner, _ finding: FrameFinding, at offset: Int, _ segment: SegmentFile,
    _ index: Int, depth: Int
  ) throws(LogError) -> BatchScanner.Step? {
    guard depth < RepairPlanning.mendsPerBatch else { return nil }
    let mendCount = mended.all.count
    for mend in try candidates(finding, at: offset, scanner, segment, index) {
      mended.push(mend)
      scanner.forget()
      let step = try scanner.next()
      guard case .end(let next, let nextOffset) = step else { return step }
      if nextOffset > offset,
        let found = try search(
          &scanner, next, at: nextOffset, segment, index, depth: depth + 1)
      {
        return found
      }
      mended.drop(to: mendCount)
    }
    return nil
  }

  private func candidates(
    _ finding: FrameFinding, at offset: Int, _ scanner: borrowing BatchScanner,
    _ segment: SegmentFile, _ index: Int
  ) throws(LogError) -> [Mend] {
    do throws(SystemError) {
      let mends = try MendSearch.candidates(finding, at: offset, in: segment)
      guard offset == scanner.position, scanner.eventCount > 0,
        let trailer = try trailer(at: offset, scanner, segment, index)
      else { return mends }
      return mends + [trailer]
    } catch {
      throw .system(error, file: segment.name)
    }
  }

  /// The trailer that should stand at `offset`, if the next segment says that the one being read
  /// ends there and nothing else stands there.
  private func trailer(
    at offset: Int, _ scanner: borrowing BatchScanner, _ segment: SegmentFile, _ index: Int
  ) throws(SystemError) -> Mend? {
    guard index + 1 < directory.segments.count else { return nil }
    let end = offset + LogFormat.recordFrameSizeBytes
    guard try segment.file.dataEnd(from: offset) <= end else { return nil }
    let name = directory.segments[index + 1]
    let bytes = try storage.open(name, .readOnly).bytes(at: 0, count: LogFormat.headerSizeBytes)
    // Safe: a span of bytes has no padding.
    guard let next = try? SegmentHeader(decoding: unsafe bytes.span.bytes),
      next.problem(
        named: name, number: segment.header.number + 1, nextSequence: scanner.nextSequence,
        ledger: segment.header.ledger, chain: scanner.chain) == nil
    else { return nil }
    let record = TrailerRecord(
      lastSequence: scanner.nextSequence - 1, eventCount: scanner.eventCount,
      offset: UInt64(offset), chain: scanner.chain)
    let frame = record.frame(at: offset, of: segment.check)
    return Mend(file: segment.name, offset: offset, way: .trailer, bytes: frame)
  }
}
