import TestSupport
import Testing

@testable import TokenLedger

/// Linked lists of rows against arrays.
@Suite struct RowListsTests {
  private static func rows(_ lists: RowLists, _ list: UInt32) -> [Int] {
    var rows: [Int] = []
    lists.forEach(list) { row in
      rows.append(row.index)
      return true
    }
    return rows
  }

  @Test func `a list that nothing was put into is empty`() {
    let lists = RowLists()
    #expect(lists.count(0) == 0 && lists.count(.max) == 0)
    #expect(Self.rows(lists, 5).isEmpty)
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]])
  func `rows leave from the head, the middle and the end`(order: [Int]) {
    var lists = RowLists()
    for row in 0..<3 { lists.insert(TokenRow(row), into: 4) }
    var expected = [2, 1, 0]
    #expect(Self.rows(lists, 4) == expected)
    for row in order {
      lists.remove(TokenRow(row), from: 4)
      expected.removeAll { $0 == row }
      #expect(Self.rows(lists, 4) == expected && lists.count(4) == expected.count)
    }
  }

  @Test(arguments: 0..<4)
  func `random moves keep every list`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var lists = RowLists()
    var model: [UInt32: [Int]] = [:]
    var home: [Int: UInt32] = [:]
    for _ in 0..<4000 {
      let row = Int.random(in: 0..<300, using: &generator)
      if let list = home.removeValue(forKey: row) {
        lists.remove(TokenRow(row), from: list)
        model[list, default: []].removeAll { $0 == row }
      } else {
        let list = UInt32.random(in: 0..<9, using: &generator)
        lists.insert(TokenRow(row), into: list)
        model[list, default: []].insert(row, at: 0)
        home[row] = list
      }
    }
    for list in 0..<UInt32(10) {
      #expect(Self.rows(lists, list) == model[list, default: []], "seed \(seed), list \(list)")
      #expect(lists.count(list) == model[list, default: []].count)
    }
  }
}
