// Reading events back from the log: for history, the stream, and secrets on their way out.
// Only durable events are read. Reads come from the page cache in the usual case; an event is found
// by the index within fifteen others.

import Bytes
public import EventLog
public import TokenLedger

extension LedgerStore {
  /// The number of durable events.
  public var eventCount: UInt64 { state.lastSequence.rawValue }

  /// Calls `body` with the events from `first` through `last` and their places, in order, until it
  /// returns false.
  ///
  /// - Throws: when the log cannot be read, or is damaged there.
  /// - Complexity: O(events + 16).
  public func forEachEvent(
    from first: EventSequence, through last: EventSequence, _ body: (Event, LogLocation) -> Bool
  ) throws(StoreError) {
    var failure: StoreError?
    try forEachLogged(from: first, through: last) { logged in
      do throws(StoreError) { return body(try Event(logged: logged), logged.location) } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
  }

  /// The events from `first` through `last`, in order.
  ///
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  public func events(
    from first: EventSequence, through last: EventSequence
  ) throws(StoreError) -> [Event] {
    var events: [Event] = []
    try forEachEvent(from: first, through: last) { event, _ in
      events.append(event)
      return true
    }
    return events
  }

  /// The event with `sequence`; nil when there is none yet.
  ///
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  public func event(_ sequence: EventSequence) throws(StoreError) -> Event? {
    var found: Event?
    try forEachEvent(from: sequence, through: sequence) { event, _ in
      found = event
      return false
    }
    return found
  }

  /// The event with `sequence` at a place that was learnt from ``forEachEvent(from:through:_:)``,
  /// with the ``layout`` of then.
  ///
  /// - Throws: as there.
  /// - Complexity: O(1).
  public func event(
    _ sequence: EventSequence, at location: LogLocation, layout: Int
  ) throws(StoreError) -> Event {
    guard layout == self.layout else {
      guard let event = try event(sequence)
      else { preconditionFailure("an event that was found is not there") }
      return event
    }
    let read: Result<Event, StoreError>
    do throws(LogError) {
      read = try reader.read(at: location, sequence: sequence.rawValue) { logged in
        Result { () throws(StoreError) in try Event(logged: logged) }
      }
    } catch {
      throw .log(error)
    }
    return try read.get()
  }

  /// The sequence of the first event whose id is at or above `id`: one past the last for none.
  ///
  /// - Throws: as ``forEachEvent(from:through:_:)``.
  /// - Complexity: O(log events + 16).
  public func firstSequence(atOrAfter id: EventID) throws(StoreError) -> EventSequence {
    let start = index.entry(atOrBefore: id)?.sequence ?? EventSequence(1)
    var found = index.entry(after: start)?.sequence ?? state.lastSequence.next
    try forEachEvent(from: start, through: found) { event, _ in
      guard event.id >= id else { return true }
      found = event.sequence
      return false
    }
    return found
  }

  /// The bytes of a present secret.
  ///
  /// - Returns: nil when they were erased.
  /// - Throws: as ``forEachEvent(from:through:_:)``; `unknownKey`, `forgedSecret`.
  public func secret(_ reference: SecretReference) throws(StoreError) -> [UInt8]? {
    var found: (OpenedSecret, LogLocation)?
    try forEachLogged(from: reference.sequence, through: reference.sequence) { logged in
      found = logged.secret(Int(reference.section), sealer).map { ($0, logged.location) }
      return false
    }
    switch found {
    case nil: return nil
    case (.secret(let bytes), _)?: return bytes
    case (.unknownKey(let id), _)?: throw .unknownKey(id, sequence: reference.sequence)
    case (.forged, let location)?: throw .forgedSecret(sequence: reference.sequence, location)
    }
  }

  /// Reads from the indexed event before `first`, and passes over what comes before it.
  private func forEachLogged(
    from first: EventSequence, through last: EventSequence, _ body: (LogEvent) -> Bool
  ) throws(StoreError) {
    let last = min(last, state.lastSequence)
    guard first <= last, let start = index.entry(atOrBefore: first) else { return }
    var isMoved = false
    do throws(LogError) {
      try reader.read(
        from: start.location, sequence: start.sequence.rawValue, through: last.rawValue
      ) { event in
        if event.sequence == start.sequence.rawValue, !event.has(start.id) {
          isMoved = true
          return false
        }
        return event.sequence < first.rawValue || body(event)
      }
    } catch {
      // What a daemon has rewritten since looks like damage to who only looks on.
      if case .damaged = error, isReadOnly { throw .rewritten }
      throw .log(error)
    }
    if isMoved { throw .rewritten }
  }
}

extension LogEvent {
  /// Whether it is the event with an id.
  fileprivate func has(_ id: EventID) -> Bool {
    do throws(EventDecodingError) { return try Event.id(inFacts: facts) == id } catch {
      return true
    }
  }

  /// The secret in a section; nil when it was erased.
  fileprivate func secret(_ index: Int, _ sealer: SecretSealer) -> OpenedSecret? {
    guard index < sectionCount else { return nil }
    let section = self.section(at: index)
    guard !section.isErased else { return nil }
    let token: TokenID?
    do throws(EventDecodingError) { token = try Event.token(inFacts: facts) } catch {
      return .forged
    }
    let binding = SecretBinding(
      sequence: EventSequence(sequence), token: token, tag: facts.byte(at: 0), section: index)
    return sealer.open(section.bytes, binding)
  }
}

extension Event {
  /// Decodes an event of the log.
  ///
  /// - Throws: `undecodable`, `sections`.
  public init(logged event: LogEvent) throws(StoreError) {
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
