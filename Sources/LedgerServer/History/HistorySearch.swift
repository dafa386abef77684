// The search for the events that a filter accepts, in slices, so that the loop goes on with others
// in between. It keeps places of events and no event, so a long list costs 16 bytes an entry.
//
//    scanning   first ──> last, or the other way round, until there are enough
//    linked     each token's events, newest first, through the links in the log; then sorted
//
// Invariant: the span ends with the last durable event of when the request came; what is appended
// meanwhile is not in the list.

import EventLog
import LedgerStore
import TokenLedger

/// A search under way.
struct HistorySearch {
  /// Where an event is.
  struct Place {
    var sequence: EventSequence
    var location: LogLocation
  }

  /// The store's layout when the search began: the places are of then, or not of use.
  let layout: Int

  /// At most this many events in a row are looked at in one slice, and at most this many links are
  /// followed.
  static let sliceEvents = 64
  static let sliceLinks = 4
  /// Following the links costs about so many times as much for an event as reading on.
  static let linkCost = 8

  private enum Way {
    case scanning(ClosedRange<UInt64>)
    case linked([EventSequence])
    case done
  }

  private var way: Way
  private let filter: EventFilter
  private let span: ClosedRange<UInt64>
  private let isReverse: Bool
  private let count: Int
  /// Whether links lead to the events in the order of a reversed list.
  private var isOfOneToken = false
  /// What was found, in the order of the list once the search is done.
  private(set) var places: [Place] = []

  /// Begins a search through the events from `first` through `last` for at most `count`.
  ///
  /// - Complexity: O(tokens of the filter).
  init(
    _ filter: EventFilter, from first: EventSequence, through last: EventSequence,
    isReverse: Bool, count: Int, in state: borrowing LedgerState, layout: Int
  ) {
    self.layout = layout
    self.filter = filter
    self.isReverse = isReverse
    self.count = count
    guard first <= last, first > .zero, count > 0, filter.tokens?.isEmpty != true else {
      span = 1...1
      way = .done
      return
    }
    span = first.rawValue...last.rawValue
    way = .scanning(span)
    guard let tokens = filter.tokens else { return }
    var heads: [EventSequence] = []
    var eventCount = 0
    for id in tokens {
      guard let history = state.history(of: id) else { continue }
      heads.append(history.last)
      eventCount += history.count
    }
    if eventCount <= span.count / Self.linkCost { way = .linked(heads) }
    isOfOneToken = heads.count == 1
  }

  /// Whether everything was found.
  var isDone: Bool { if case .done = way { true } else { false } }

  /// Looks at some more events.
  ///
  /// - Throws: when the log cannot be read.
  mutating func step(in store: LedgerStore) throws(StoreError) {
    switch way {
    case .scanning(let rest): try scan(rest, store)
    case .linked(let heads): try follow(heads, store)
    case .done: break
    }
  }

  private mutating func scan(
    _ rest: ClosedRange<UInt64>, _ store: LedgerStore
  ) throws(StoreError) {
    let size = Self.sliceEvents / max(1, 2 * filter.reasons.count)
    let slice = isReverse ? rest.suffix(max(1, size)) : rest.prefix(max(1, size))
    guard let low = slice.first, let high = slice.last else { return }
    var found: [Place] = []
    try store.forEachEvent(from: EventSequence(low), through: EventSequence(high)) {
      event, location in
      if filter.accepts(event) { found.append(Place(sequence: event.sequence, location: location)) }
      return true
    }
    places += (isReverse ? found.reversed() : found).prefix(count - places.count)
    let isAtEnd = isReverse ? low == rest.lowerBound : high == rest.upperBound
    if isAtEnd || places.count == count {
      way = .done
    } else {
      way = .scanning(isReverse ? rest.lowerBound...low - 1 : high + 1...rest.upperBound)
    }
  }

  private mutating func follow(
    _ heads: [EventSequence], _ store: LedgerStore
  ) throws(StoreError) {
    var heads = heads
    for _ in 0..<Self.sliceLinks {
      let hasEnough = isOfOneToken && isReverse && places.count == count
      guard !hasEnough, let head = heads.popLast() else { return finishLinks() }
      guard head.rawValue >= span.lowerBound else { continue }
      try store.forEachEvent(from: head, through: head) { event, location in
        if event.sequence.rawValue <= span.upperBound, filter.accepts(event) {
          places.append(Place(sequence: event.sequence, location: location))
        }
        if let previous = event.previous { heads.append(previous) }
        return false
      }
    }
    way = .linked(heads)
  }

  private mutating func finishLinks() {
    places.sort { isReverse ? $0.sequence > $1.sequence : $0.sequence < $1.sequence }
    if places.count > count { places.removeSubrange(count...) }
    way = .done
  }
}
