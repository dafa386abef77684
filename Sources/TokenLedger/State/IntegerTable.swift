// Numbers found by 64-bit keys: token ids to rows, character ids to lists.
// Invariant: entries are never removed, because rows are never used again; at most half of the
// slots are taken, so that a search ends soon at a free one.
// Cost: 12 bytes a slot, so 24 to 48 bytes an entry.

/// A map from 64-bit keys to 32-bit values by open addressing.
struct IntegerTable: Sendable {
  private var keys = [Int64](repeating: 0, count: 16)
  /// Value + 1, or 0 for a free slot.
  ///
  /// At most half of the slots are taken.
  private var values = [UInt32](repeating: 0, count: 16)
  private(set) var count = 0
  private let seed: UInt64

  /// - Parameter seed: spoils collisions that a client may have prepared; it changes no answer.
  init(seed: UInt64) {
    self.seed = seed
  }

  /// The value of `key`.
  ///
  /// - Complexity: O(1) on average.
  subscript(key: Int64) -> UInt32? {
    let value = values[slot(of: key)]
    return value == 0 ? nil : value - 1
  }

  /// Adds a key that is not there yet.
  ///
  /// - Complexity: amortised O(1) on average.
  mutating func insert(_ key: Int64, _ value: UInt32) {
    let isNew = insertNew(key, value)
    precondition(isNew, "a key is inserted once")
  }

  /// Adds a key, or gives false where it is there.
  ///
  /// - Complexity: amortised O(1) on average.
  mutating func insertNew(_ key: Int64, _ value: UInt32) -> Bool {
    let index = slot(of: key)
    guard values[index] == 0 else { return false }
    keys[index] = key
    values[index] = value + 1
    count += 1
    if count * 2 > keys.count { grow() }
    return true
  }

  /// The value of a key that is given the number of keys before it when it is new.
  ///
  /// - Complexity: amortised O(1) on average.
  mutating func number(of key: Int64) -> UInt32 {
    let index = slot(of: key)
    guard values[index] == 0 else { return values[index] - 1 }
    let number = UInt32(count)
    keys[index] = key
    values[index] = number + 1
    count += 1
    if count * 2 > keys.count { grow() }
    return number
  }

  private func slot(of key: Int64) -> Int {
    let mask = keys.count - 1
    var index = Int(truncatingIfNeeded: (UInt64(bitPattern: key) ^ seed).folded) & mask
    while values[index] != 0, keys[index] != key { index = (index + 1) & mask }
    return index
  }

  /// Makes room for `count` entries at once.
  mutating func reserveCapacity(_ count: Int) {
    var slotCount = keys.count
    while slotCount < count * 2 { slotCount *= 2 }
    if slotCount > keys.count { resize(to: slotCount) }
  }

  private mutating func grow() { resize(to: keys.count * 2) }

  private mutating func resize(to slotCount: Int) {
    let old = zip(keys, values).filter { $0.1 != 0 }
    keys = [Int64](repeating: 0, count: slotCount)
    values = [UInt32](repeating: 0, count: slotCount)
    for (key, value) in old {
      let index = slot(of: key)
      keys[index] = key
      values[index] = value
    }
  }
}
