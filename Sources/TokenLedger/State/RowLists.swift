// Rows by character or by user: many short lists, so they are linked through two columns instead
// of being arrays of their own.
// Invariant: a row is in one list at most; a list has its newest row first.
// Cost: 8 bytes a row and 8 bytes a list.

/// The place of a token in the columns; never used for another token.
struct TokenRow: Hashable, Comparable, Sendable {
  let rawValue: UInt32

  var index: Int { Int(rawValue) }

  init(_ index: Int) {
    rawValue = UInt32(index)
  }

  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  static func < (left: TokenRow, right: TokenRow) -> Bool { left.rawValue < right.rawValue }
}

/// Doubly linked lists over rows, each list known by a small number.
struct RowLists: Sendable {
  private static let end = UInt32.max
  private var heads: [UInt32] = []
  private var counts: [UInt32] = []
  private var next: [UInt32] = []
  private var previous: [UInt32] = []

  /// How many rows `list` has.
  func count(_ list: UInt32) -> Int {
    Int(list) < counts.count ? Int(counts[Int(list)]) : 0
  }

  /// Puts `row` at the head of `list`, making room for both.
  ///
  /// - Complexity: amortised O(1).
  mutating func insert(_ row: TokenRow, into list: UInt32) {
    makeRoom(row: row.index, list: Int(list))
    let head = heads[Int(list)]
    next[row.index] = head
    previous[row.index] = Self.end
    if head != Self.end { previous[Int(head)] = row.rawValue }
    heads[Int(list)] = row.rawValue
    counts[Int(list)] += 1
  }

  /// Takes `row` out of `list`, in which it must be.
  ///
  /// - Complexity: O(1).
  mutating func remove(_ row: TokenRow, from list: UInt32) {
    let (before, after) = (previous[row.index], next[row.index])
    if before == Self.end { heads[Int(list)] = after } else { next[Int(before)] = after }
    if after != Self.end { previous[Int(after)] = before }
    counts[Int(list)] -= 1
  }

  /// Calls `body` with the rows of `list` until it returns false.
  func forEach(_ list: UInt32, _ body: (TokenRow) -> Bool) {
    guard Int(list) < heads.count else { return }
    var row = heads[Int(list)]
    while row != Self.end, body(TokenRow(rawValue: row)) { row = next[Int(row)] }
  }

  private mutating func makeRoom(row: Int, list: Int) {
    while next.count <= row {
      next.append(Self.end)
      previous.append(Self.end)
    }
    while heads.count <= list {
      heads.append(Self.end)
      counts.append(0)
    }
  }
}
