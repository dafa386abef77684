// What a pass over the log leaves: the state, the index, and which cut tails were told of.
// Every event is decoded and applied once, in order; the first that does not fit ends the pass, and
// nothing of the ledger is shown then.

import EventLog
import TokenLedger

/// The fold over the log while it is being read.
struct ReplayedLedger: ~Copyable {
  var state: LedgerState
  var index = EventIndex()
  /// The tails that a `recovered` event tells of.
  private(set) var toldTails: Set<TailPlace> = []

  /// The segment that the latest compaction began; 0 for none.
  private(set) var lastCompactionSegment: UInt64 = 0

  /// Where a tail was cut.
  struct TailPlace: Hashable {
    var segment: String
    var offset: UInt64
  }

  /// Before the first event.
  init(seed: UInt64) {
    state = LedgerState(seed: seed)
  }

  /// After the last event of a snapshot.
  init(
    state: consuming LedgerState, firstEvents: [(EventSequence, EventID)],
    toldTails: Set<TailPlace>, lastCompactionSegment: UInt64
  ) {
    self.state = state
    index = EventIndex(firstEvents: firstEvents)
    self.toldTails = toldTails
    self.lastCompactionSegment = lastCompactionSegment
  }

  /// The state, when the log was read.
  consuming func takeState() -> LedgerState { state }

  /// Takes in one event of the log; of one that a snapshot has already, only the place.
  mutating func take(_ logged: LogEvent) throws(StoreError) {
    guard logged.sequence > state.lastSequence.rawValue else {
      try passOver(logged)
      return
    }
    let event = try state.take(logged)
    index.note(event.sequence, event.id, at: logged.location)
    if event.tag == .compactionStarted {
      lastCompactionSegment = UInt64(logged.location.segment)
    }
    if case .recovered(let cut) = event.body {
      toldTails.insert(TailPlace(segment: cut.segment.string, offset: cut.offset))
    }
  }

  private mutating func passOver(_ logged: LogEvent) throws(StoreError) {
    let sequence = EventSequence(logged.sequence)
    do throws(EventDecodingError) {
      index.note(sequence, try Event.id(inFacts: logged.facts), at: logged.location)
    } catch {
      throw .undecodable(error, sequence: sequence, logged.location)
    }
  }

  /// The tails that are kept beside the log and that no event tells of: a start may have died
  /// between the cut and the event.
  func untold(_ tails: [KeptTail]) -> [KeptTail] {
    tails.filter { tail in
      !toldTails.contains(TailPlace(segment: tail.segment, offset: UInt64(tail.offset)))
    }
  }
}

extension LedgerState {
  /// Takes in one event of the log.
  ///
  /// - Returns: the event.
  /// - Throws: when it cannot be decoded or does not fit; the state is unchanged.
  @discardableResult
  mutating func take(_ logged: LogEvent) throws(StoreError) -> Event {
    let event = try Event(logged: logged)
    do throws(MisfitEvent) { try apply(event) } catch {
      throw .misfit(error, logged.location)
    }
    return event
  }
}
