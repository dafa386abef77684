// An event as the log gives it back: a view into the reader's buffer, valid while it is being
// looked at and no longer, so that replaying millions of them allocates nothing. The compiler
// sees to it (`~Escapable`). What outlives the view is a `LogLocation`: where to read the event
// again.

/// Where an event's frame stands: eight bytes, so that an index of many stays small.
public struct LogLocation: Hashable, Sendable {
  /// The number of the segment, from 1.
  public let segment: UInt32
  /// The offset of the frame in the segment's file.
  public let offset: UInt32

  /// Names a place, as learnt from `LogEvent.location` or `Commit.location(ofEventAt:)`.
  public init(segment: UInt32, offset: UInt32) {
    self.segment = segment
    self.offset = offset
  }

  /// Where the first event of a segment stands.
  public init(firstOf segment: UInt32) {
    self.init(segment: segment, offset: UInt32(LogFormat.headerSizeBytes))
  }
}

/// A committed event, seen in place.
public struct LogEvent: ~Escapable {
  /// The number of the event, from 1 without a gap.
  public let sequence: UInt64
  /// Where its frame stands.
  public let location: LogLocation
  let body: EventBody

  @_lifetime(copy body)
  init(sequence: UInt64, location: LogLocation, body: EventBody) {
    self.sequence = sequence
    self.location = location
    self.body = body
  }

  /// What never changes; at least one byte.
  public var facts: RawSpan {
    @_lifetime(copy self)
    get { body.facts }
  }

  /// The number of sections, at most `LogFormat.maximumSections`.
  public var sectionCount: Int { body.sectionCount }

  /// The section at `index`, from 0.
  @_lifetime(copy self)
  public func section(at index: Int) -> LogSection {
    body.section(at: index)
  }
}
