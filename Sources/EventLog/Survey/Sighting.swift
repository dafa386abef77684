// What a survey sees, piece by piece, in the order of the files: frames whose checks are right, and
// the pieces between them. `schema/log.md` section 1 has the frames, section 5 the survey.
//
// A sighting holds places and numbers only. The bytes of an event's body are shown beside it, to
// the visitor that asks for them, and live no longer than its call.

/// A piece of a segment, and what it is.
public struct Sighting: Equatable, Sendable {
  /// The segment's file.
  public let file: String
  /// The segment's number, as its header says or as its place would give it.
  public let segment: UInt64
  /// Where the piece starts.
  public let offset: Int
  /// How large it is, padding included.
  public let sizeBytes: Int
  /// What it is.
  public let content: Content

  /// What a piece of a segment is.
  public enum Content: Equatable, Sendable {
    /// A header whose check is right.
    case header(SegmentHeader)
    /// An event whose checks are right.
    case event(SightedEvent)
    /// A commit whose checks are right.
    case commit(SightedCommit)
    /// A trailer whose checks are right.
    case trailer(lastSequence: UInt64, eventCount: UInt64, chain: ChainValue)
    /// What an interrupted write left behind the last commit.
    case torn
    /// Bytes in which nothing can be read.
    case damage(DamageKind)
    /// Room for later frames.
    case zeros
  }
}

/// An event that a survey sees.
public struct SightedEvent: Equatable, Sendable {
  /// The event's sequence; nil where damage before and behind it leaves that open.
  public let sequence: UInt64?
  /// Whether the whole batch is there, with a commit that fits.
  public let isCommitted: Bool
  /// The number of the event's sections.
  public let sectionCount: Int
}

/// A commit that a survey sees.
public struct SightedCommit: Equatable, Sendable {
  /// The sequence of the batch's first event.
  public let firstSequence: UInt64
  /// The number of events in the batch.
  public let eventCount: UInt32
  /// When the batch was written, in microseconds since 1970.
  public let writtenMicroseconds: Int64
  /// The chain value after the batch.
  public let chain: ChainValue
  /// Whether the chain value is what the events before it give; nil where damage hides them.
  public let isChainRight: Bool?
}

extension LogEvent {
  /// The event of a sighting, seen in the bytes that were shown with it; nil for other sightings.
  @_lifetime(copy body)
  public init?(_ sighting: Sighting, body: RawSpan) {
    guard case .event(let event) = sighting.content,
      let parts = EventBody(body, sectionCount: event.sectionCount)
    else { return nil }
    let location = LogLocation(
      segment: UInt32(truncatingIfNeeded: sighting.segment),
      offset: UInt32(truncatingIfNeeded: sighting.offset))
    self.init(sequence: event.sequence ?? 0, location: location, body: parts)
  }
}
