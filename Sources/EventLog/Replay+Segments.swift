// From one segment to the next: does the next one continue the last, and how does each one end. A
// link is checked by ledger, number, sequence and, where it is known, chain, so that a missing,
// moved or doubled file is told. Only the last segment may end without a trailer; what that means
// is the table of `schema/log.md` section 4, in `SegmentTail`.

internal import LinuxIO

extension Replay {
  /// Opens the next segment, and passes over it when the replay starts behind it.
  mutating func openNextSegment() throws(LogError) {
    let name = directory.segments[openedCount]
    let access: FileAccess = role == .owner ? .readWrite : .readOnly
    let segment = try SegmentFile(storage, name: name, access: access)
    try checkPlace(of: segment)
    openedCount += 1
    looksAtEnd = 0
    let header = segment.header
    head = LogHead(
      ledger: header.ledger, segment: header.number, lastSequence: header.firstSequence - 1,
      chain: header.chain)
    isChainKnown = true
    try checkPosition(header.firstSequence - 1, header.chain)
    let resumed = options.resumesAfter?.sequence ?? 0
    if let next = firstSequenceOfNextSegment, next - 1 <= resumed {
      head?.lastSequence = max(next, header.firstSequence) - 1
      isChainKnown = false
    } else {
      current = segment
      let size = try segment.sizeBytes()
      let source = SegmentSource(segment, chunkSizeBytes: min(size, Self.chunkSizeBytes))
      scanner = BatchScanner(source, checksChain: options.checksChain)
    }
  }

  /// Compares a place of the log with the position that the replay resumes after, until that was
  /// found.
  mutating func checkPosition(_ sequence: UInt64, _ chain: ChainValue) throws(LogError) {
    guard let position = options.resumesAfter, !isPositionFound, sequence >= position.sequence
    else { return }
    guard sequence == position.sequence, chain == position.chain, head?.ledger == position.ledger
    else { throw .otherPast(sequence: position.sequence) }
    isPositionFound = true
  }

  /// Ends the current segment, whose trailer stands at `offset`.
  mutating func endSealed(at offset: Int) throws(LogError) {
    let end = offset + LogFormat.recordFrameSizeBytes
    let behind = try tail(from: end)
    guard behind.end == end else {
      throw damaged(.dataBehindTrailer, at: end)
    }
    endSegment(.sealed, lastWrite: offset..<end)
  }

  /// Ends the current segment, where no batch and no trailer follows; or looks once more.
  ///
  /// An onlooker's memory may be older than what it reads later: it looks twice before it judges,
  /// and once more before it calls anything damage.
  mutating func end(_ finding: FrameFinding, at offset: Int) throws(LogError) {
    guard isInLastSegment else {
      let isFinding = finding != .zeros && finding != .endOfFile
      throw damaged(isFinding ? SegmentTail.damage(finding) : .missingTrailer, at: offset)
    }
    looksAtEnd += 1
    if role == .onlooker && looksAtEnd == 1 {
      scanner?.forget()
      return
    }
    let position = scanner?.position ?? 0
    let verdict = try tail(from: position).judge(finding, at: offset)
    if case .damaged(_, let kind, let isProven) = verdict {
      if role == .onlooker && looksAtEnd == 2 {
        scanner?.forget()
        return
      }
      if role == .owner || isProven { throw damaged(kind, at: offset) }
    }
    endSegment(.open(verdict), lastWrite: (scanner?.lastBatchStart ?? 0)..<position)
  }

  /// Notes how the current segment ended and lets go of it.
  private mutating func endSegment(_ end: SegmentEnd, lastWrite: Range<Int>) {
    guard let ended = scanner.take(), let segment = current else {
      preconditionFailure("no segment to end")
    }
    current = nil
    head?.lastSequence = ended.nextSequence - 1
    head?.chain = ended.chain
    if openedCount == directory.segments.count {
      last = LastSegment(
        segment: segment, end: end, lastWrite: lastWrite, eventCount: ended.eventCount)
    }
  }

  /// Whether the current segment is the last one, which alone may lack its trailer.
  private var isInLastSegment: Bool {
    openedCount == directory.segments.count && directory.unfinished == nil
  }

  private var firstSequenceOfNextSegment: UInt64? {
    guard openedCount < directory.segments.count else { return nil }
    return SegmentName.firstSequence(of: directory.segments[openedCount])
  }

  /// Checks that a segment is the one that comes next.
  private func checkPlace(of segment: SegmentFile) throws(LogError) {
    let header = segment.header
    let problem = header.problem(
      named: segment.name, number: UInt64(openedCount + 1), nextSequence: head?.nextSequence ?? 1,
      ledger: head?.ledger, chain: isChainKnown ? head?.chain ?? .start : nil)
    if let problem {
      throw .damaged(file: segment.name, offset: problem.offset, problem.kind)
    }
    guard try segment.sizeBytes() <= Int(UInt32.max) else {
      throw .damaged(file: segment.name, offset: Int(UInt32.max), .fileTooLarge)
    }
  }

  /// Everything from `offset` to the end of the current segment's file.
  private mutating func tail(from offset: Int) throws(LogError) -> SegmentTail {
    guard let segment = current, let sequence = scanner?.nextSequence else {
      preconditionFailure("no segment to look at")
    }
    let size = try segment.sizeBytes()
    do throws(SystemError) {
      let bytes = try segment.file.bytes(at: offset, count: max(0, size - offset))
      return SegmentTail(bytes, from: offset, check: segment.check, nextSequence: sequence)
    } catch {
      throw .system(error, file: segment.name)
    }
  }

  private func damaged(_ kind: DamageKind, at offset: Int) -> LogError {
    .damaged(file: current?.name ?? "", offset: offset, kind)
  }
}
