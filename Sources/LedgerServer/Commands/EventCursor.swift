// A long list of events, written in slices so that the loop goes on with others in between, and so
// that no more than a slice is in memory. How many events come is known, so the header goes first.
//
//    ascending   next ──> last        the log itself, XRANGE and XREAD
//    descending  first <── next       XREVRANGE
//    linked      a token's events, newest first: each names the one before it
//    gathering   the same, collected first because the oldest is to come first

import LedgerStore
import RESP
import TokenLedger

/// The rest of a reply that lists events.
struct EventCursor {
  private enum Source {
    case ascending(next: EventSequence, last: EventSequence)
    case descending(next: EventSequence)
    case linked(next: EventSequence)
    case gathering(next: EventSequence, gathered: [EventSequence])
    case gathered([EventSequence])
  }

  /// At most this many events are read in one slice.
  static let sliceEvents = 64

  private var source: Source
  /// How many events are still to be written.
  private(set) var remaining: Int

  /// The events from `first` through `last`, or the other way round; at most `count`.
  init(from first: EventSequence, through last: EventSequence, isReverse: Bool, count: Int) {
    let length = first <= last ? Int(last.rawValue - first.rawValue) + 1 : 0
    remaining = min(length, count)
    source = isReverse ? .descending(next: last) : .ascending(next: first, last: last)
  }

  /// The events of a token; at most `count`.
  init(historyOf token: Token, isReverse: Bool, count: Int) {
    remaining = min(Int(token.version), count)
    source =
      isReverse
      ? .linked(next: token.lastEvent) : .gathering(next: token.lastEvent, gathered: [])
  }

  /// Whether every event was written.
  var isDone: Bool { remaining == 0 }

  /// Writes the next slice.
  ///
  /// - Throws: when the log cannot be read; the reply is then cut in its middle, and the connection
  ///   must end.
  mutating func writeSlice(
    of store: LedgerStore, into reply: inout ReplyWriter
  ) throws(StoreError) {
    switch source {
    case .ascending(let next, let last):
      let end = EventSequence(min(next.rawValue + UInt64(sliceCount) - 1, last.rawValue))
      try store.forEachEvent(from: next, through: end) { event in
        reply.write(event)
        return true
      }
      advance(by: Int(end.rawValue - next.rawValue) + 1)
      source = .ascending(next: end.next, last: last)
    case .descending(let next): try writeBackwards(from: next, store, &reply)
    case .linked(let next): try writeLinked(from: next, store, &reply)
    case .gathering(let next, let gathered): try gather(from: next, gathered, store)
    case .gathered(let sequences): try writeGathered(sequences, store, &reply)
    }
  }

  private var sliceCount: Int { min(remaining, Self.sliceEvents) }

  private mutating func advance(by count: Int) {
    remaining -= count
  }

  private mutating func writeBackwards(
    from next: EventSequence, _ store: LedgerStore, _ reply: inout ReplyWriter
  ) throws(StoreError) {
    let first = EventSequence(next.rawValue - UInt64(sliceCount) + 1)
    var events: [Event] = []
    try store.forEachEvent(from: first, through: next) { event in
      events.append(event)
      return true
    }
    for event in events.reversed() { reply.write(event) }
    advance(by: events.count)
    source = .descending(next: EventSequence(first.rawValue - 1))
  }

  private mutating func writeLinked(
    from next: EventSequence, _ store: LedgerStore, _ reply: inout ReplyWriter
  ) throws(StoreError) {
    var next: EventSequence? = next
    for _ in 0..<sliceCount {
      guard let sequence = next, let event = try store.event(sequence) else { break }
      reply.write(event)
      advance(by: 1)
      next = event.previous
    }
    if let next { source = .linked(next: next) }
  }

  private mutating func gather(
    from next: EventSequence, _ gathered: [EventSequence], _ store: LedgerStore
  ) throws(StoreError) {
    var gathered = gathered
    var next: EventSequence? = next
    for _ in 0..<Self.sliceEvents {
      guard let sequence = next, let event = try store.event(sequence) else { break }
      gathered.append(sequence)
      next = event.previous
    }
    source = next.map { .gathering(next: $0, gathered: gathered) } ?? .gathered(gathered)
  }

  private mutating func writeGathered(
    _ sequences: [EventSequence], _ store: LedgerStore, _ reply: inout ReplyWriter
  ) throws(StoreError) {
    var rest = sequences
    for _ in 0..<sliceCount {
      guard let sequence = rest.popLast(), let event = try store.event(sequence) else { break }
      reply.write(event)
      advance(by: 1)
    }
    source = .gathered(rest)
  }
}

/// A reader of the stream that waits for the next event.
struct StreamWait {
  /// It has seen everything up to this event.
  var after: EventSequence
  /// At most this many events are given.
  var count: Int
  /// When it stops waiting, in microseconds of the monotonic clock; nil: never.
  var deadlineMicroseconds: Int64?
}
