// Where events are in the log: of each segment the first event, and every sixteenth by sequence, id
// and place. What lies between is found by reading on from there, so the index costs 2 bytes an
// event; and a token's history needs no index at all, as its events are linked through the log
// (schema/events.md section 2).
//
// After a start from a snapshot only the first event is known of the segments that were not read.
// That is right, and slow; they are located one by one later on.

import EventLog
import TokenLedger

/// A sparse map from sequences and event ids to places in the log.
struct EventIndex: Sendable {
  /// One of every so many events is in the index.
  static let stride: UInt64 = 16

  /// An indexed event.
  struct Entry: Sendable {
    var sequence: EventSequence
    var id: EventID
    var location: LogLocation
  }

  /// What is known of a segment.
  fileprivate struct Segment: Sendable {
    /// Its first event.
    var first: Entry
    /// Every sixteenth event; none while the segment was not located.
    var entries: [Entry] = []
    var isLocated: Bool
  }

  /// In order, without a gap.
  private var segments: [Segment] = []
  private var unlocatedCount = 0

  /// An empty index.
  init() {}

  /// An index of which the first events of the segments are known, from segment 1 on.
  init(firstEvents: [(EventSequence, EventID)]) {
    for (number, event) in firstEvents.enumerated() {
      let location = LogLocation(firstOf: UInt32(number + 1))
      let first = Entry(sequence: event.0, id: event.1, location: location)
      segments.append(Segment(first: first, isLocated: false))
    }
    unlocatedCount = segments.count
  }

  /// The first events of the segments, from segment 1 on.
  var firstEvents: [Entry] { segments.map(\.first) }

  /// The first and the last event of the latest segment that was not located; nil when all are.
  ///
  /// - Complexity: O(segments), and O(1) when all are.
  var lastUnlocated: (first: Entry, last: EventSequence)? {
    // The segments that a replay has read are behind the others.
    guard unlocatedCount > 0, let index = segments.lastIndex(where: { !$0.isLocated }),
      index + 1 < segments.count
    else { return nil }
    let next = segments[index + 1].first.sequence
    return (segments[index].first, EventSequence(next.rawValue - 1))
  }

  /// Takes note of a durable event; events come in order, each once, from the first of a segment.
  ///
  /// - Complexity: amortised O(1).
  mutating func note(_ sequence: EventSequence, _ id: EventID, at location: LogLocation) {
    let entry = Entry(sequence: sequence, id: id, location: location)
    if segments.last?.first.location.segment != location.segment {
      segments.append(Segment(first: entry, isLocated: true))
    }
    let last = segments.count - 1
    if sequence == segments[last].first.sequence, !segments[last].isLocated {
      segments[last].isLocated = true
      unlocatedCount -= 1
    }
    if segments[last].isLocated { segments[last].note(entry) }
  }

  /// Takes over where the events of a segment are that was not located.
  ///
  /// - Complexity: O(log segments).
  mutating func locate(_ entries: [Entry], inSegment number: UInt32) {
    let index = Int(number) - 1
    guard segments.indices.contains(index), !segments[index].isLocated else { return }
    segments[index].entries = entries
    segments[index].isLocated = true
    unlocatedCount -= 1
  }

  /// Takes note that the indexed events of a segment are at other places now.
  mutating func move(to places: [EventPlace], inSegment number: UInt32) {
    let index = Int(number) - 1
    guard segments[index].isLocated else { return }
    assert(
      segments[index].entries.map(\.sequence.rawValue) == places.map(\.sequence),
      "an event that was not noted")
    for (entry, place) in places.enumerated() {
      segments[index].entries[entry].location = place.location
    }
  }

  /// The last indexed event at or before `sequence`; nil when there is none.
  ///
  /// - Complexity: O(log segments).
  func entry(atOrBefore sequence: EventSequence) -> Entry? {
    guard let segment = segments.lastIndex(orderedUpTo: { $0.first.sequence <= sequence })
    else { return nil }
    guard let first = segments[segment].entries.first, first.sequence <= sequence
    else { return segments[segment].first }
    let index = Int((sequence.rawValue - first.sequence.rawValue) / Self.stride)
    return segments[segment].entries[min(index, segments[segment].entries.count - 1)]
  }

  /// The first indexed event behind `sequence`; nil when there is none.
  ///
  /// - Complexity: O(log segments).
  func entry(after sequence: EventSequence) -> Entry? {
    guard let segment = segments.lastIndex(orderedUpTo: { $0.first.sequence <= sequence })
    else { return segments.first?.first }
    let entries = segments[segment].entries
    if let index = entries.lastIndex(orderedUpTo: { $0.sequence <= sequence }) {
      if index + 1 < entries.count { return entries[index + 1] }
    } else if let first = entries.first {
      return first
    }
    return segment + 1 < segments.count ? segments[segment + 1].first : nil
  }

  /// The last indexed event with an id at or below `id`; nil when there is none.
  ///
  /// - Complexity: O(log events).
  func entry(atOrBefore id: EventID) -> Entry? {
    guard let segment = segments.lastIndex(orderedUpTo: { $0.first.id <= id }) else { return nil }
    let entries = segments[segment].entries
    guard let index = entries.lastIndex(orderedUpTo: { $0.id <= id })
    else { return segments[segment].first }
    return entries[index]
  }
}

extension EventIndex.Segment {
  mutating func note(_ entry: EventIndex.Entry) {
    guard entry.sequence.rawValue % EventIndex.stride == 1 else { return }
    entries.append(entry)
  }
}

extension Array {
  /// The index of the last element for which `isUpTo` holds, which holds for none behind one for
  /// which it does not.
  ///
  /// - Complexity: O(log count).
  fileprivate func lastIndex(orderedUpTo isUpTo: (Element) -> Bool) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isUpTo(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }
}
