// Where events are in the log: every sixteenth event by sequence, id and place. What lies between
// is found by reading on from there, so the index costs 2 bytes an event; and a token's history
// needs no index at all, as its events are linked through the log (schema/events.md section 2).

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

  private var entries: [Entry] = []

  /// Takes note of a durable event; events come in order, each once.
  ///
  /// - Complexity: amortised O(1).
  mutating func note(_ sequence: EventSequence, _ id: EventID, at location: LogLocation) {
    guard sequence.rawValue % Self.stride == 1 else { return }
    entries.append(Entry(sequence: sequence, id: id, location: location))
  }

  /// Takes note that indexed events are at other places now.
  mutating func move(to places: [EventPlace]) {
    for place in places {
      let index = Int((place.sequence - 1) / Self.stride)
      assert(entries[index].sequence.rawValue == place.sequence, "an event that was not noted")
      entries[index].location = place.location
    }
  }

  /// The last indexed event at or before `sequence`; nil when there is none.
  ///
  /// - Complexity: O(1).
  func entry(atOrBefore sequence: EventSequence) -> Entry? {
    guard sequence > .zero, !entries.isEmpty else { return nil }
    let index = Int((sequence.rawValue - 1) / Self.stride)
    return entries[min(index, entries.count - 1)]
  }

  /// The last indexed event with an id at or below `id`; nil when there is none.
  ///
  /// - Complexity: O(log events).
  func entry(atOrBefore id: EventID) -> Entry? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].id <= id { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : entries[low - 1]
  }
}
