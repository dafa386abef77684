// A long list of events, written in slices so that the loop goes on with others in between, and so
// that no more than a slice is in memory.
//
//    ascending   next ──> last        the log itself, XRANGE and XREAD
//    descending  first <── next       XREVRANGE
//    searching   finds places first, and so how many there are: histories
//    found       writes the events at these places

import LedgerStore
import RESP
import TokenLedger

/// The rest of a reply that lists events.
struct EventCursor {
  private enum Source {
    case ascending(next: EventSequence, last: EventSequence)
    case descending(next: EventSequence)
    case searching(HistorySearch)
    case found(ArraySlice<HistorySearch.Place>, layout: Int)
  }

  /// At most this many events in a row are read and written in one slice, and at most this many
  /// that lie apart: about as long as serving some clients takes.
  static let sliceEvents = 64
  static let sliceEventsApart = 8
  /// What a slice should weigh: when one weighs more, the next one has fewer events.
  static let sliceBytes = 32 * 1024

  private var source: Source
  /// How many events are still to be written; 0 while that is being found out.
  private(set) var remaining: Int
  /// How many events in a row the next slice has.
  private var sliceSize = EventCursor.sliceEvents
  /// Whether the list stands in a description of the stream, which ends with its groups: none.
  private var isOfDescription = false

  /// The events from `first` through `last`, or the other way round; at most `count`.
  ///
  /// Whoever begins the list writes its header.
  init(
    from first: EventSequence, through last: EventSequence, isReverse: Bool, count: Int,
    isOfDescription: Bool = false
  ) {
    self.isOfDescription = isOfDescription
    let length = first <= last ? Int(last.rawValue - first.rawValue) + 1 : 0
    remaining = min(length, count)
    source = isReverse ? .descending(next: last) : .ascending(next: first, last: last)
  }

  /// The events that a search finds; the list's header is written behind the search.
  init(_ search: HistorySearch) {
    remaining = 0
    source = .searching(search)
  }

  /// Whether every event was written.
  var isDone: Bool {
    if case .searching = source { return false }
    return remaining == 0 && !isOfDescription
  }

  /// Writes the next slice.
  ///
  /// - Throws: when the log cannot be read; the reply is then cut in its middle, and the connection
  ///   must end.
  mutating func writeSlice(
    of store: LedgerStore, into reply: inout ReplyWriter
  ) throws(StoreError) {
    let start = reply.count
    defer { adapt(to: reply.count - start) }
    switch source {
    case .ascending(let next, let last): try writeForwards(from: next, last, store, &reply)
    case .descending(let next): try writeBackwards(from: next, store, &reply)
    case .searching(let search): try carryOn(search, store, &reply)
    case .found(let places, let layout): try write(places, layout, store, &reply)
    }
    guard isOfDescription, remaining == 0 else { return }
    reply.writeBulk("groups")
    reply.writeArrayHeader(count: 0)
    isOfDescription = false
  }

  private var sliceCount: Int { min(remaining, sliceSize) }

  private mutating func adapt(to bytes: Int) {
    if bytes > Self.sliceBytes { sliceSize = max(1, sliceSize / 2) }
    if bytes < Self.sliceBytes / 2 { sliceSize = min(Self.sliceEvents, sliceSize * 2) }
  }

  private mutating func writeForwards(
    from next: EventSequence, _ last: EventSequence, _ store: LedgerStore,
    _ reply: inout ReplyWriter
  ) throws(StoreError) {
    let end = EventSequence(min(next.rawValue + UInt64(sliceCount) - 1, last.rawValue))
    for event in try store.events(from: next, through: end) { reply.write(event) }
    remaining -= Int(end.rawValue - next.rawValue) + 1
    source = .ascending(next: end.next, last: last)
  }

  private mutating func writeBackwards(
    from next: EventSequence, _ store: LedgerStore, _ reply: inout ReplyWriter
  ) throws(StoreError) {
    let first = EventSequence(next.rawValue - UInt64(sliceCount) + 1)
    for event in try store.events(from: first, through: next).reversed() { reply.write(event) }
    remaining -= sliceCount
    source = .descending(next: EventSequence(first.rawValue - 1))
  }

  private mutating func carryOn(
    _ search: HistorySearch, _ store: LedgerStore, _ reply: inout ReplyWriter
  ) throws(StoreError) {
    var search = search
    source = .found([], layout: 0)
    try search.step(in: store)
    guard search.isDone else {
      source = .searching(search)
      return
    }
    remaining = search.places.count
    reply.writeArrayHeader(count: remaining)
    source = .found(search.places[...], layout: search.layout)
  }

  private mutating func write(
    _ places: ArraySlice<HistorySearch.Place>, _ layout: Int, _ store: LedgerStore,
    _ reply: inout ReplyWriter
  ) throws(StoreError) {
    let slice = places.prefix(Self.sliceEventsApart)
    for place in slice {
      reply.write(try store.event(place.sequence, at: place.location, layout: layout))
    }
    source = .found(places.dropFirst(slice.count), layout: layout)
    remaining -= slice.count
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
