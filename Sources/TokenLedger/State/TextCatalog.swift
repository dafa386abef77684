// Texts by number: each distinct text is kept once, in one arena.
// Invariant: numbers count from 0 in the order of first appearance, so that they depend on the
// events alone and not on any hash. Texts are never removed.
// Cost: the bytes, 8 for the end and 8 to 16 for the slots, a text.

import Bytes

/// Distinct texts and their numbers, found by hashing their bytes.
struct TextCatalog: Sendable {
  private var arena: [UInt8] = []
  /// Where each text ends in the arena; it starts where the one before ends.
  private var ends: [Int] = []
  /// Open addressing with linear probing: number + 1, or 0 for a free slot.
  ///
  /// At most half full.
  private var slots = [UInt32](repeating: 0, count: 16)
  private let seed: UInt64

  /// - Parameter seed: spoils collisions that a client may have prepared; it changes no answer.
  init(seed: UInt64) {
    self.seed = seed
  }

  /// Takes over texts that lie behind each other in `bytes`, the first one's number being 0.
  ///
  /// Gives nil where they are no catalog: a text twice, one that is no ``Text``, or bytes without a
  /// text. Each size is 4 bytes of `sizes`, little-endian.
  ///
  /// - Complexity: O(bytes) on average; what is allocated is in proportion to what is given.
  init?(seed: UInt64, sizes: RawSpan, bytes: RawSpan) {
    self.seed = seed
    arena = [UInt8](copying: bytes)
    guard Text.isValid(arena.span) else { return nil }
    let count = sizes.byteCount / 4
    ends.reserveCapacity(count)
    var end = 0
    for number in 0..<count {
      // Cut between characters, each part of valid UTF-8 is valid.
      if end < arena.count, arena[end] & 0xc0 == 0x80 { return nil }
      end += Int(sizes.integer(UInt32.self, at: number * 4))
      guard end <= arena.count else { return nil }
      ends.append(end)
    }
    guard end == arena.count else { return nil }
    var slotCount = slots.count
    while slotCount < count * 2 { slotCount *= 2 }
    slots = [UInt32](repeating: 0, count: slotCount)
    for number in 0..<UInt32(count) {
      let index = slotIndex(of: span(number))
      guard slots[index] == 0 else { return nil }
      slots[index] = number + 1
    }
  }

  /// How many texts there are.
  var count: Int { ends.count }

  /// All texts, one behind the other.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get { arena.span }
  }

  /// The bytes of the text with `number`.
  @_lifetime(borrow self)
  borrowing func span(_ number: UInt32) -> Span<UInt8> {
    let start = number == 0 ? 0 : ends[Int(number) - 1]
    return arena.span.extracting(start..<ends[Int(number)])
  }

  /// The text with `number`, copied.
  func text(_ number: UInt32) -> Text {
    guard let text = Text(span(number)) else { preconditionFailure("a catalog holds valid text") }
    return text
  }

  /// The number of `text`, if it ever appeared.
  ///
  /// - Complexity: O(bytes) on average.
  func number(of text: Span<UInt8>) -> UInt32? {
    let slot = slots[slotIndex(of: text)]
    return slot == 0 ? nil : slot - 1
  }

  /// The number of `text`, given now if it is new.
  ///
  /// - Complexity: amortised O(bytes) on average.
  mutating func intern(_ text: Text) -> UInt32 {
    let index = slotIndex(of: text.utf8.span)
    if slots[index] != 0 { return slots[index] - 1 }
    arena.append(contentsOf: text.utf8)
    ends.append(arena.count)
    slots[index] = UInt32(ends.count)
    if ends.count * 2 > slots.count { grow() }
    return UInt32(ends.count - 1)
  }

  /// Where `text` is, or the free slot where it would go.
  private func slotIndex(of text: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: text.hash(seed: seed)) & mask
    while slots[index] != 0, !span(slots[index] - 1).isEqual(to: text) {
      index = (index + 1) & mask
    }
    return index
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for number in 0..<UInt32(ends.count) {
      slots[slotIndex(of: span(number))] = number + 1
    }
  }
}

extension Span<UInt8> {
  /// Mixes the bytes, eight at a time, by 128-bit products folded to 64 bits.
  func hash(seed: UInt64) -> UInt64 {
    let raw = unsafe bytes  // Safety: bytes have no padding.
    var hash = seed ^ UInt64(truncatingIfNeeded: count)
    var offset = 0
    while offset + 8 <= count {
      hash = (hash ^ raw.integer(UInt64.self, at: offset)).folded
      offset += 8
    }
    var tail: UInt64 = 0
    if count >= 8 {
      tail = raw.integer(UInt64.self, at: count - 8)  // overlaps what was mixed already
    } else {
      while offset < count {
        tail = tail << 8 | UInt64(raw.byte(at: offset))
        offset += 1
      }
    }
    return (hash ^ tail).folded
  }
}

extension UInt64 {
  /// The product with an odd constant, its upper half folded onto its lower one.
  @inline(__always)
  var folded: UInt64 {
    let product = (self ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
