import TestSupport
import Testing

@testable import TokenLedger

/// The order by time against a sorted array.
@Suite struct CreationOrderTests {
  private typealias Entry = CreationOrder.Entry

  private static func rows(_ order: CreationOrder, atOrBefore limit: Int64) -> [UInt32] {
    var rows: [UInt32] = []
    order.forEach(atOrBefore: limit) { row in
      rows.append(row.rawValue)
      return true
    }
    return rows
  }

  private static func insert(_ entry: Entry, into order: inout CreationOrder) {
    order.insert(
      TokenRow(rawValue: entry.row), created: UnixTime(clampingMicroseconds: entry.created))
  }

  private static func expect(_ order: CreationOrder, is entries: [Entry], at limits: [Int64]) {
    for limit in limits {
      let expected = entries.filter { $0.created <= limit }.sorted().map(\.row)
      #expect(order.count(atOrBefore: limit) == expected.count, "at \(limit)")
      #expect(rows(order, atOrBefore: limit) == expected, "at \(limit)")
    }
  }

  @Test func `an empty order has nothing`() {
    Self.expect(CreationOrder(), is: [], at: [.min, 0, .max])
  }

  @Test(arguments: ["rising", "falling", "equal", "shuffled"])
  func `blocks split where they are full`(shape: String) {
    var generator = SeededGenerator(seed: 1)
    let numbers = Array(0..<CreationOrder.blockCapacity * 3 + 5)
    var entries = numbers.map { Entry(created: shape == "equal" ? 7 : Int64($0), row: UInt32($0)) }
    if shape == "falling" { entries.reverse() }
    if shape == "shuffled" { entries.shuffle(using: &generator) }
    var order = CreationOrder()
    for (index, entry) in entries.enumerated() {
      Self.insert(entry, into: &order)
      guard [1, 511, 512, 513, 1025].contains(index + 1) else { continue }
      Self.expect(order, is: Array(entries[...index]), at: [-1, 0, 6, 7, 300, .max])
    }
    let limits: [Int64] = [-1, 0, 7, 255, 256, 257, 511, 512, 513, 1540, .max]
    Self.expect(order, is: entries, at: limits)
  }

  @Test(arguments: 0..<4)
  func `random insertions and removals keep the order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var order = CreationOrder()
    var entries: [Entry] = []
    let limits: [Int64] = [-21, -20, 0, 3, 19, 20, .max]
    for step in 0..<6000 {
      let isGrowing = step % 3000 < 2000
      if entries.isEmpty || Int.random(in: 0..<10, using: &generator) < (isGrowing ? 8 : 1) {
        let entry = Entry(
          created: Int64.random(in: -20...20, using: &generator), row: UInt32(step))
        Self.insert(entry, into: &order)
        entries.append(entry)
      } else {
        let index = Int.random(in: 0..<entries.count, using: &generator)
        let entry = entries.remove(at: index)
        let time = UnixTime(clampingMicroseconds: entry.created)
        order.remove(TokenRow(rawValue: entry.row), created: time)
      }
      if step % 500 == 499 { Self.expect(order, is: entries, at: limits) }
    }
    for entry in entries {
      order.remove(
        TokenRow(rawValue: entry.row), created: UnixTime(clampingMicroseconds: entry.created))
    }
    Self.expect(order, is: [], at: limits)
  }

  @Test func `a walk ends when it is told to`() {
    var order = CreationOrder()
    for row in 0..<UInt32(2000) { Self.insert(Entry(created: 0, row: row), into: &order) }
    var seen = 0
    order.forEach(atOrBefore: 0) { _ in
      seen += 1
      return seen < 700
    }
    #expect(seen == 700)
  }

  @Test func `removing what is not there traps`() async {
    await #expect(processExitsWith: .failure) {
      var order = CreationOrder()
      order.insert(TokenRow(1), created: .epoch)
      order.remove(TokenRow(2), created: .epoch)
    }
    await #expect(processExitsWith: .failure) {
      var order = CreationOrder()
      order.insert(TokenRow(1), created: .epoch)
      order.remove(TokenRow(0), created: .epoch)
    }
  }
}
