// Distinct scope sets by number. There are far fewer sets than tokens, so that a scope query looks
// at sets and touches tokens only to list them.
//
//   scopes  0: a  1: b  2: c        sets  0: {}  1: {a,b}  2: {b,c}
//   containing  a → [1]   b → [1,2]   c → [2]       rows of set 1 → [0,3,4]
//
// Invariant: set 0 is the empty one, and sets are never removed. A set without live tokens costs
// memory, and one look in each query for its rarest scope.

import Bytes

/// Distinct scope sets: their members, the sets that contain a scope, and the rows of each set.
struct ScopeSetCatalog: Sendable {
  static let emptySet: UInt32 = 0

  private var members: [UInt32] = []
  private var ends: [Int] = []
  /// One bit per member (its number modulo 64): a set lacking one of the query's bits cannot
  /// contain it.
  private var signatures: [UInt64] = []
  private var containing: [[UInt32]] = []
  private var rows: [[UInt32]] = []
  /// Where each row stands in its set's `rows`.
  private var positions: [UInt32] = []
  /// Open addressing: number + 1, or 0 for a free slot.
  ///
  /// At most half full.
  private var slots = [UInt32](repeating: 0, count: 16)
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    _ = intern([])
  }

  /// Takes over sets whose members lie behind each other, the first one's number being 1.
  ///
  /// Gives nil where they are no catalog: members that do not ascend or are not below `scopeCount`,
  /// a set twice, a scope in no set. Sizes and members are 4 bytes each, little-endian.
  ///
  /// - Complexity: O(members) on average; what is allocated is in proportion to what is given.
  init?(seed: UInt64, sizes: RawSpan, members: RawSpan, scopeCount: Int) {
    self.init(seed: seed)
    var set: [UInt32] = []
    var offset = 0
    for number in 1..<UInt32(1 + sizes.byteCount / 4) {
      let end = offset + 4 * Int(sizes.integer(UInt32.self, at: Int(number - 1) * 4))
      guard end <= members.byteCount else { return nil }
      set.removeAll(keepingCapacity: true)
      while offset < end {
        let scope = members.integer(UInt32.self, at: offset)
        guard scope < scopeCount, set.last.map({ $0 < scope }) ?? true else { return nil }
        set.append(scope)
        offset += 4
      }
      guard intern(set) == number else { return nil }
    }
    guard offset == members.byteCount, containing.count == scopeCount,
      containing.allSatisfy({ !$0.isEmpty })
    else { return nil }
  }

  /// How many distinct sets ever appeared.
  var count: Int { ends.count }

  /// How many members all sets have together.
  var memberCount: Int { members.count }

  /// The scopes of `set`, ascending by number.
  @_lifetime(borrow self)
  borrowing func members(of set: UInt32) -> Span<UInt32> {
    let start = set == 0 ? 0 : ends[Int(set) - 1]
    return members.span.extracting(start..<ends[Int(set)])
  }

  /// The number of the set with exactly these scopes, ascending and distinct.
  func number(of scopes: Span<UInt32>) -> UInt32? {
    let slot = slots[slotIndex(of: scopes)]
    return slot == 0 ? nil : slot - 1
  }

  /// The number of the set with exactly these scopes, given now if it is new.
  ///
  /// - Complexity: amortised O(scopes) on average.
  mutating func intern(_ scopes: [UInt32]) -> UInt32 {
    let index = slotIndex(of: scopes.span)
    if slots[index] != 0 { return slots[index] - 1 }
    let number = UInt32(ends.count)
    members.append(contentsOf: scopes)
    ends.append(members.count)
    signatures.append(Self.signature(of: scopes.span))
    rows.append([])
    for scope in scopes {
      while containing.count <= Int(scope) { containing.append([]) }
      containing[Int(scope)].append(number)
    }
    slots[index] = number + 1
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  // MARK: Supersets

  /// Whether `set` has all of `scopes`, ascending by number, whose signature is `signature`.
  ///
  /// - Complexity: O(members) at worst; O(1) for most sets that lack one.
  func contains(_ set: UInt32, all scopes: Span<UInt32>, signature: UInt64) -> Bool {
    guard signatures[Int(set)] & signature == signature else { return false }
    let owned = members(of: set)
    guard owned.count >= scopes.count else { return false }
    var position = 0
    for index in scopes.indices {
      while position < owned.count, owned[position] < scopes[index] { position += 1 }
      guard position < owned.count, owned[position] == scopes[index] else { return false }
      position += 1
    }
    return true
  }

  /// Calls `body` with each set that has all of `scopes` and live rows, until it returns false.
  ///
  /// - Precondition: `scopes` is not empty.
  /// - Complexity: O(sets that contain the rarest of the scopes).
  func forEachSuperset(of scopes: Span<UInt32>, _ body: (UInt32) -> Bool) {
    var rarest = scopes[0]
    for index in scopes.indices
    where containing[Int(scopes[index])].count < containing[Int(rarest)].count {
      rarest = scopes[index]
    }
    let signature = Self.signature(of: scopes)
    for set in containing[Int(rarest)]
    where !rows[Int(set)].isEmpty && contains(set, all: scopes, signature: signature) {
      guard body(set) else { return }
    }
  }

  /// The signature of some scopes.
  static func signature(of scopes: Span<UInt32>) -> UInt64 {
    var signature: UInt64 = 0
    for index in scopes.indices { signature |= 1 << UInt64(scopes[index] & 63) }
    return signature
  }

  // MARK: Rows

  /// How many live rows have `set`.
  func rowCount(_ set: UInt32) -> Int { rows[Int(set)].count }

  /// Calls `body` with the live rows of `set`, in no order, until it returns false.
  func forEachRow(of set: UInt32, _ body: (TokenRow) -> Bool) {
    for row in rows[Int(set)] where !body(TokenRow(rawValue: row)) { return }
  }

  /// Adds a live row to `set`.
  mutating func insert(_ row: TokenRow, into set: UInt32) {
    while positions.count <= row.index { positions.append(0) }
    positions[row.index] = UInt32(rows[Int(set)].count)
    rows[Int(set)].append(row.rawValue)
  }

  /// Removes a row from `set`; the set's last row takes its place.
  mutating func remove(_ row: TokenRow, from set: UInt32) {
    let position = positions[row.index]
    guard let last = rows[Int(set)].popLast() else { preconditionFailure("row is not in its set") }
    guard last != row.rawValue else { return }
    rows[Int(set)][Int(position)] = last
    positions[Int(last)] = position
  }

  // MARK: Hashing

  private func slotIndex(of scopes: Span<UInt32>) -> Int {
    let mask = slots.count - 1
    var hash = seed
    for index in scopes.indices { hash = (hash ^ UInt64(scopes[index])).folded }
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0, !members(of: slots[index] - 1).isEqual(to: scopes) {
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for number in 0..<UInt32(ends.count) { slots[slotIndex(of: members(of: number))] = number + 1 }
  }
}

extension Span<UInt32> {
  /// Whether both hold the same numbers.
  func isEqual(to other: Span<UInt32>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
