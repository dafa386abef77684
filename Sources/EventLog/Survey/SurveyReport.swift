// What a survey of a whole log comes to: a line for each segment and one for each thing that is
// wrong, with what it costs. Plain values, made by `LogSurvey`, worded by the programs.
//
// Invariant: a log without damage gives no finding but a torn tail or an unfinished segment, and
// both of those are mended by the next start.

/// What was found in one segment.
public struct SurveyedSegment: Equatable, Sendable {
  /// The file.
  public let file: String
  /// The number in the header; nil when the header cannot be read.
  public let number: UInt64?
  /// The sequence of the first event that was read; nil for none.
  public internal(set) var firstSequence: UInt64?
  /// The sequence of the last event that was read; nil for none.
  public internal(set) var lastSequence: UInt64?
  /// How many whole batches were read.
  public internal(set) var batchCount = 0
  /// How many events were read, also those of batches that are not whole.
  public internal(set) var eventCount = 0
  /// The size of the file.
  public internal(set) var sizeBytes: Int
  /// How many zeros stand at the end, as room for later frames.
  public internal(set) var roomBytes = 0
  /// Whether a trailer ends it.
  public internal(set) var isSealed = false
}

/// One thing that is wrong.
public struct SurveyFinding: Equatable, Sendable {
  /// What is wrong.
  public enum Kind: Equatable, Sendable {
    /// The log is damaged: no start gets past this.
    case damage(DamageKind)
    /// What an interrupted write left, or one that is under way; nothing acknowledged is in it. The
    /// next start cuts it off.
    case tornTail
    /// A last segment that was never finished and holds nothing. The next start removes it.
    case unfinishedSegment
  }

  /// What is wrong.
  public let kind: Kind
  /// The file.
  public let file: String
  /// Where it starts.
  public let offset: Int
  /// How many bytes cannot be read because of it; 0 where something is missing.
  public let sizeBytes: Int
  /// The sequence that comes next there.
  public let nextSequence: UInt64
  /// The sequence of the first event that can be read behind it; nil for none before the next one.
  ///
  /// From ``nextSequence`` up to this, everything is lost.
  public internal(set) var readableFrom: UInt64?
  /// The sequence of the last such event.
  public internal(set) var readableThrough: UInt64?
  /// How many events can be read behind it, before the next finding, those included whose
  /// sequence is not known.
  public internal(set) var readableCount = 0

  /// Whether no start gets past this.
  public var isDamage: Bool {
    if case .damage = kind { true } else { false }
  }

  /// The sequences that nothing can be read of, as far as later ones prove that they were there.
  public var lost: Range<UInt64>? {
    guard isDamage, let readableFrom, readableFrom > nextSequence else { return nil }
    return nextSequence..<readableFrom
  }

  /// How the finding is called in lists for programs.
  public var name: String {
    switch kind {
    case .damage: "damage"
    case .tornTail: "torn-tail"
    case .unfinishedSegment: "unfinished-segment"
    }
  }
}

/// What a survey found.
public struct SurveyReport: Equatable, Sendable {
  /// The segments, in order.
  public internal(set) var segments: [SurveyedSegment] = []
  /// What is wrong, in the order of the log, at most `LogSurvey.findingLimit`.
  public internal(set) var findings: [SurveyFinding] = []
  /// How many findings there were.
  public internal(set) var findingCount = 0
  /// The tails that were cut off, by starts and repairs.
  public internal(set) var keptTails: [KeptTail] = []
  /// Names in the directory that are none of the log's.
  public internal(set) var foreignNames: [String] = []
  /// The end of the log; nil when there is none, or when damage hides it.
  public internal(set) var head: LogHead?

  /// Whether no start gets past what was found.
  public var isDamaged: Bool { findings.contains { $0.isDamage } }
}
