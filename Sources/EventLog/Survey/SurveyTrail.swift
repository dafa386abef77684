// What a survey knows on its way from frame to frame and from segment to segment: which sequence
// comes next, which chain value, and what was found wrong so far. Damage makes it unsure; the next
// commit, which says its own sequences, makes it sure again.
// Owner: one survey.

/// The memory of a survey.
struct SurveyTrail {
  /// The sequence that comes next, as far as the frames so far say.
  private(set) var nextSequence: UInt64 = 1
  /// Whether nothing can be missing between the last event and the next frame.
  private(set) var isSequenceKnown = true
  /// The chain value so far; nil behind damage.
  private(set) var chain: ChainValue? = .start
  /// The number of the next segment.
  private(set) var nextNumber: UInt64 = 1
  /// The ledger, once a header was read.
  private(set) var ledger: LedgerID?
  private var report = SurveyReport()

  /// Whether the segment being read has its trailer.
  var isSealed: Bool { report.segments.last?.isSealed ?? false }

  /// Notes that something cannot be read, or is missing.
  mutating func add(
    _ kind: SurveyFinding.Kind, in file: String, at offset: Int, sizeBytes: Int
  ) {
    report.findingCount += 1
    guard report.findings.count < LogSurvey.findingLimit else { return }
    report.findings.append(
      SurveyFinding(
        kind: kind, file: file, offset: offset, sizeBytes: sizeBytes, nextSequence: nextSequence))
    if case .damage = kind { loseTrack() }
  }

  /// Notes that events may be missing here.
  private mutating func loseTrack() {
    isSequenceKnown = false
    chain = nil
  }

  /// Notes events that were read, whose first has the given sequence, if that is known.
  mutating func read(_ count: Int, from first: UInt64?) {
    guard count > 0 else { return }
    note(count, from: first)
    noteBehindFinding(count, from: first)
    guard let first else { return }
    nextSequence = first + UInt64(count)
    isSequenceKnown = true
  }

  /// Takes the chain value of a commit or a header.
  mutating func setChain(_ value: ChainValue?) { chain = value }

  /// Goes on from a header, which says what comes next.
  mutating func start(_ segment: SurveyedSegment, header: SegmentHeader?) {
    report.segments.append(segment)
    nextNumber = (header?.number ?? nextNumber) &+ 1
    guard let header else { return }
    ledger = ledger ?? header.ledger
    resume(at: header.firstSequence)
    chain = header.chain
  }

  /// Goes on at a sequence that a header or a trailer says comes next.
  mutating func resume(at sequence: UInt64) {
    if let last = report.findings.indices.last, report.findings[last].isDamage,
      report.findings[last].readableFrom == nil, sequence > report.findings[last].nextSequence
    {
      report.findings[last].readableFrom = sequence
    }
    nextSequence = sequence
    isSequenceKnown = true
  }

  /// Changes the line of the segment that is being read.
  mutating func updateSegment(_ body: (inout SurveyedSegment) -> Void) {
    guard let last = report.segments.indices.last else { return }
    body(&report.segments[last])
  }

  /// What was found, at the end of the log.
  consuming func finish() -> SurveyReport {
    if let ledger, let chain, !report.isDamaged {
      report.head = LogHead(
        ledger: ledger, segment: nextNumber &- 1, lastSequence: nextSequence - 1, chain: chain)
    }
    return report
  }

  /// Adds what stands beside the segments.
  mutating func setSurroundings(_ tails: [KeptTail], foreignNames: [String]) {
    report.keptTails = tails
    report.foreignNames = foreignNames
  }

  private mutating func note(_ count: Int, from first: UInt64?) {
    updateSegment { segment in
      segment.eventCount += count
      guard let first else { return }
      segment.firstSequence = segment.firstSequence ?? first
      segment.lastSequence = first + UInt64(count) - 1
    }
  }

  private mutating func noteBehindFinding(_ count: Int, from first: UInt64?) {
    guard let last = report.findings.indices.last,
      report.findingCount <= LogSurvey.findingLimit
    else { return }
    report.findings[last].readableCount += count
    guard let first else { return }
    if report.findings[last].readableFrom == nil { report.findings[last].readableFrom = first }
    report.findings[last].readableThrough = first + UInt64(count) - 1
  }
}
