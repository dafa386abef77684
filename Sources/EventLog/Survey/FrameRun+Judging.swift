// Do the frames of a run and the commit or trailer behind them belong together, and do they
// continue what came before? Behind damage the commit's word is taken, as its checks are right;
// what can be compared is compared.

internal import Bytes

/// What a run turned out to be.
struct JudgedRun: Equatable {
  /// The sequence of the first event; nil when it is not known.
  var firstSequence: UInt64?
  /// Whether all events of the commit's batch are there.
  var isWhole = false
  /// Whether the commit's chain value is right; nil when that cannot be known.
  var isChainRight: Bool?
  /// What is wrong with the commit or trailer.
  var fault: DamageKind?
}

extension SegmentSource {
  /// Compares a run, which is in memory, with what is known.
  func judge(_ run: FrameRun, _ trail: SurveyTrail) -> JudgedRun {
    switch run.ending {
    case .none:
      return JudgedRun(firstSequence: trail.isSequenceKnown ? trail.nextSequence : nil)
    case .commit(let record, let offset): return judge(run, record, at: offset, trail)
    case .trailer(let record, let offset):
      var judged = JudgedRun()
      let first = record.lastSequence &+ 1 &- UInt64(run.eventCount)
      judged.firstSequence = trail.isSequenceKnown ? trail.nextSequence : first
      let isRight =
        run.eventCount == 0 && record.offset == UInt64(offset)
        && (!trail.isSequenceKnown || record.lastSequence &+ 1 == trail.nextSequence)
        && trail.chain.map { $0 == record.chain } ?? true
      if !isRight { judged.fault = .trailerMismatch }
      return judged
    }
  }

  private func judge(
    _ run: FrameRun, _ record: CommitRecord, at offset: Int, _ trail: SurveyTrail
  ) -> JudgedRun {
    var judged = JudgedRun()
    let isWhole =
      run.eventCount > 0 && Int(record.eventCount) == run.eventCount
      && Int(record.sizeBytes) == offset - run.start
    let isPart = !trail.isSequenceKnown && Int(record.eventCount) >= run.eventCount
    let first =
      record.firstSequence &+ UInt64(record.eventCount) &- UInt64(run.eventCount)
    let isNext = !trail.isSequenceKnown || first == trail.nextSequence
    guard isWhole || isPart, isNext else {
      judged.firstSequence = trail.isSequenceKnown ? trail.nextSequence : nil
      judged.fault = .commitMismatch(
        expectedSequence: trail.nextSequence, foundSequence: record.firstSequence)
      return judged
    }
    judged.firstSequence = first
    judged.isWhole = isWhole
    if isWhole, let chain = trail.chain {
      let isRight = chainValue(after: chain, run, firstSequence: first) == record.chain
      judged.isChainRight = isRight
      if !isRight { judged.fault = .brokenChain }
    }
    return judged
  }

  private func chainValue(
    after chain: ChainValue, _ run: FrameRun, firstSequence: UInt64
  ) -> ChainValue {
    var link = ChainLink(
      after: chain, firstSequence: firstSequence, eventCount: run.eventCount)
    forEachEvent(of: run) { _, _, body, sections in
      guard let parts = EventBody(body, sectionCount: sections) else {
        preconditionFailure("a checked event lost its shape")
      }
      link.add(parts)
    }
    return link.finalize()
  }

  /// Shows the frames of a run, which is in memory.
  func forEachSighting<Failure: Error>(
    of run: FrameRun, _ judged: JudgedRun, _ visit: (Sighting, RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var sequence = judged.firstSequence
    try forEachEvent(of: run) { offset, size, body, sections throws(Failure) in
      let event = SightedEvent(
        sequence: sequence, isCommitted: judged.isWhole, sectionCount: sections)
      try visit(segment.sighting(offset..<offset + size, .event(event)), body)
      sequence = sequence.map { $0 + 1 }
    }
    guard let content = run.content(judged) else { return }
    let range = run.eventsEnd..<run.eventsEnd + LogFormat.recordFrameSizeBytes
    try visit(segment.sighting(range, content), RawSpan())
  }

  /// Shows offset, size, body and number of sections of each event.
  private func forEachEvent<Failure: Error>(
    of run: FrameRun, _ visit: (Int, Int, RawSpan, Int) throws(Failure) -> Void
  ) throws(Failure) {
    var offset = run.start
    while offset < run.eventsEnd {
      let word = integer(at: offset)
      let size = Int(UInt32(truncatingIfNeeded: word))
      let frameSize = LogFormat.frameSizeBytes(bodySizeBytes: size)
      try visit(offset, frameSize, body(ofFrameAt: offset, size), Int(word >> 48))
      offset += frameSize
    }
  }
}

extension FrameRun {
  /// What the frame behind the events is; nil for none.
  fileprivate func content(_ judged: JudgedRun) -> Sighting.Content? {
    switch ending {
    case .none: nil
    case .commit(let record, _):
      .commit(
        SightedCommit(
          firstSequence: record.firstSequence, eventCount: record.eventCount,
          writtenMicroseconds: record.writtenMicroseconds, chain: record.chain,
          isChainRight: judged.isChainRight))
    case .trailer(let record, _):
      .trailer(
        lastSequence: record.lastSequence, eventCount: record.eventCount, chain: record.chain)
    }
  }
}

extension SegmentFile {
  /// A piece of this segment.
  func sighting(_ range: Range<Int>, _ content: Sighting.Content) -> Sighting {
    Sighting(
      file: name, segment: header.number, offset: range.lowerBound, sizeBytes: range.count,
      content: content)
  }
}
