// Reading events back from the log: for history, the stream, and secrets on their way out.
// Only durable events are read. Reads come from the page cache in the usual case.

import Bytes
import EventLog
public import TokenLedger

extension LedgerStore {
  /// The number of durable events.
  public var eventCount: UInt64 { state.lastSequence.rawValue }

  /// Calls `body` with the events from `first` through `last`, in order, until it returns false.
  ///
  /// - Throws: when the log cannot be read, or is damaged there.
  /// - Complexity: O(events + 16).
  public func forEachEvent(
    from first: EventSequence, through last: EventSequence, _ body: (Event) -> Bool
  ) throws(StoreError) {
    let last = min(last, state.lastSequence)
    guard first <= last, let start = index.entry(atOrBefore: first) else { return }
    try read(from: start.location, at: start.sequence) { event throws(StoreError) in
      if event.sequence < first.rawValue { return true }
      if event.sequence > last.rawValue { return false }
      let goesOn = body(try Event(logged: event))
      return goesOn && event.sequence < last.rawValue
    }
  }

  /// The event with `sequence`; nil when there is none yet.
  ///
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  public func event(_ sequence: EventSequence) throws(StoreError) -> Event? {
    var found: Event?
    try forEachEvent(from: sequence, through: sequence) { event in
      found = event
      return false
    }
    return found
  }

  /// The sequence of the first event whose id is at or above `id`: one past the last for none.
  ///
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  /// - Complexity: O(log events + 16).
  public func firstSequence(atOrAfter id: EventID) throws(StoreError) -> EventSequence {
    let start = index.entry(atOrBefore: id)?.sequence ?? EventSequence(1)
    var found = EventSequence(min(start.rawValue + EventIndex.stride, eventCount + 1))
    try forEachEvent(from: start, through: found) { event in
      guard event.id >= id else { return true }
      found = event.sequence
      return false
    }
    return found
  }

  /// The bytes of a present secret.
  ///
  /// - Returns: nil when they were erased.
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  public func secret(_ reference: SecretReference) throws(StoreError) -> [UInt8]? {
    guard let start = index.entry(atOrBefore: reference.sequence) else { return nil }
    var bytes: [UInt8]?
    try read(from: start.location, at: start.sequence) { event throws(StoreError) in
      guard event.sequence == reference.sequence.rawValue else { return true }
      bytes = try event.secret(reference.section)
      return false
    }
    return bytes
  }

  private func read(
    from location: LogLocation, at sequence: EventSequence,
    _ body: (borrowing LogEvent) throws(StoreError) -> Bool
  ) throws(StoreError) {
    try reader.forEachEvent(from: location, sequence: sequence.rawValue, body)
  }
}

extension Event {
  /// Decodes an event of the log.
  init(logged event: borrowing LogEvent) throws(StoreError) {
    let sequence = EventSequence(event.sequence)
    do throws(EventDecodingError) {
      try self.init(facts: event.facts, sequence: sequence)
    } catch {
      throw .undecodable(error, sequence: sequence, event.location)
    }
    guard sectionCount == event.sectionCount
    else { throw .sections(sequence: sequence, event.location) }
  }
}
