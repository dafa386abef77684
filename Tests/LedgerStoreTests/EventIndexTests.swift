// The sparse index at the edges of its stride: before the first event, at each indexed one, and
// just beside them.

import EventLog
import Testing
import TokenLedger

@testable import LedgerStore

@Suite struct EventIndexTests {
  /// An index of `count` events; event n has the id n * 10 and the offset n.
  private func index(_ count: UInt64) -> EventIndex {
    var index = EventIndex()
    for number in 0..<count {
      let sequence = EventSequence(number + 1)
      let id = EventID(milliseconds: (number + 1) * 10, counter: 0)
      index.note(sequence, id, at: LogLocation(segment: 1, offset: UInt32(number + 1)))
    }
    return index
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 18, 31, 32, 33, 34, 1000] as [UInt64])
  func `the entry at or before a sequence is at most fifteen events away`(count: UInt64) {
    let index = index(count)
    #expect(index.entry(atOrBefore: EventSequence.zero) == nil)
    for sequence in 1...(count + 40) {
      let entry = index.entry(atOrBefore: EventSequence(sequence))
      let last = min(sequence, count)
      let expected = count == 0 ? nil : (last - 1) / 16 * 16 + 1
      #expect(entry?.sequence.rawValue == expected)
      #expect(entry.map { UInt64($0.location.offset) } == expected)
    }
  }

  @Test(arguments: [0, 1, 16, 17, 32, 33, 1000] as [UInt64])
  func `the entry at or before an id is the last indexed one there`(count: UInt64) {
    let index = index(count)
    for milliseconds in 0...(count * 10 + 20) {
      for counter in [0, 1] as [UInt64] {
        let id = EventID(milliseconds: milliseconds, counter: counter)
        let below = min(milliseconds / 10, count)
        let expected = below == 0 ? nil : (below - 1) / 16 * 16 + 1
        #expect(index.entry(atOrBefore: id)?.sequence.rawValue == expected)
      }
    }
  }
}
