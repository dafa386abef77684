// Live rows by `created`: what expires first stands first. Sorted blocks of at most 512 rows keep
// an insertion from moving everything behind it; counting what has expired adds up whole blocks.
// Invariant: no block is empty; keys ascend within and across blocks; ties ascend by row.

/// Rows ordered by the time that they were created or last refreshed.
struct CreationOrder: Sendable {
  /// A row and its time.
  struct Entry: Comparable, Sendable {
    var created: Int64
    var row: UInt32

    static func < (left: Entry, right: Entry) -> Bool {
      (left.created, left.row) < (right.created, right.row)
    }
  }

  static let blockCapacity = 512
  /// How full blocks are made that are filled in order: with room for what comes later.
  static let filledCount = 384
  private var blocks: [[Entry]] = []

  /// Adds a row.
  ///
  /// - Complexity: O(log blocks + 512), and O(blocks) when a block splits.
  mutating func insert(_ row: TokenRow, created: UnixTime) {
    let entry = Entry(created: created.microseconds, row: row.rawValue)
    guard !blocks.isEmpty else {
      blocks.append([entry])
      return
    }
    let block = min(firstBlock(endingAtOrAfter: entry), blocks.count - 1)
    blocks[block].insert(entry, at: Self.lowerBound(of: entry, in: blocks[block]))
    if blocks[block].count > Self.blockCapacity { split(block) }
  }

  /// Adds a row behind all others, or gives false where it does not belong there.
  ///
  /// - Complexity: amortised O(1).
  mutating func append(_ row: TokenRow, created: UnixTime) -> Bool {
    let entry = Entry(created: created.microseconds, row: row.rawValue)
    if let last = blocks.last?.last, last >= entry { return false }
    if blocks.last.map({ $0.count >= Self.filledCount }) ?? true {
      blocks.append([])
      blocks[blocks.count - 1].reserveCapacity(Self.filledCount)
    }
    blocks[blocks.count - 1].append(entry)
    return true
  }

  /// Removes a row that is there with exactly this time.
  mutating func remove(_ row: TokenRow, created: UnixTime) {
    let entry = Entry(created: created.microseconds, row: row.rawValue)
    let block = firstBlock(endingAtOrAfter: entry)
    precondition(block < blocks.count, "a live row is in the order")
    let position = Self.lowerBound(of: entry, in: blocks[block])
    precondition(blocks[block][position] == entry, "a live row is in the order")
    blocks[block].remove(at: position)
    if blocks[block].isEmpty { blocks.remove(at: block) }
  }

  /// How many rows were created at or before `microseconds`.
  ///
  /// - Complexity: O(blocks).
  func count(atOrBefore microseconds: Int64) -> Int {
    let limit = Entry(created: microseconds, row: .max)
    var count = 0
    for block in blocks {
      guard let last = block.last, last <= limit else {
        return count + Self.lowerBound(of: limit, in: block)
      }
      count += block.count
    }
    return count
  }

  /// Calls `body` with the rows created at or before `microseconds`, the oldest first, until it
  /// returns false.
  func forEach(atOrBefore microseconds: Int64, _ body: (TokenRow) -> Bool) {
    for block in blocks {
      for entry in block {
        guard entry.created <= microseconds, body(TokenRow(rawValue: entry.row))
        else { return }
      }
    }
  }

  /// Calls `body` with all rows, the oldest first.
  func forEach<Failure: Error>(
    _ body: (TokenRow) throws(Failure) -> Void
  ) throws(Failure) {
    for block in blocks {
      for entry in block { try body(TokenRow(rawValue: entry.row)) }
    }
  }

  private func firstBlock(endingAtOrAfter entry: Entry) -> Int {
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      let last = blocks[middle][blocks[middle].count - 1]
      if last < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func lowerBound(of entry: Entry, in block: [Entry]) -> Int {
    var (low, high) = (0, block.count)
    while low < high {
      let middle = (low + high) / 2
      if block[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func split(_ block: Int) {
    let half = blocks[block].count / 2
    blocks.insert(Array(blocks[block][half...]), at: block + 1)
    blocks[block].removeSubrange(half...)
  }
}
