// Command names and keywords by their bytes, in any case: one hash, one comparison, no String.
// Made once at the start from names that are ours, and immutable afterwards: no peer can fill it,
// so the hash needs no seed. Lookups are on the path of every request.

import Bytes

/// A map from ASCII names, compared without regard to case.
struct NameTable<Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var name: [UInt8]
    var value: Value
  }

  /// At most half full; linear probing.
  private var slots: [Entry?]
  /// Longer texts, such as lists of scopes, are no names: they are not even hashed.
  private let longestBytes: Int

  /// - Precondition: the names differ, also without regard to case.
  init(_ names: [(String, Value)]) {
    var capacity = 16
    while capacity < names.count * 2 { capacity *= 2 }
    slots = Array(repeating: nil, count: capacity)
    longestBytes = names.map(\.0.utf8.count).max() ?? 0
    for (name, value) in names {
      let bytes = Array(name.utf8)
      var index = Self.hash(bytes.span) & (capacity - 1)
      while slots[index] != nil { index = (index + 1) & (capacity - 1) }
      precondition(self[bytes.span] == nil, "a name twice in a table")
      slots[index] = Entry(name: bytes.map(uppercased), value: value)
    }
  }

  /// The value of `name`.
  ///
  /// - Complexity: O(bytes) on average.
  subscript(name: Span<UInt8>) -> Value? {
    guard name.count <= longestBytes else { return nil }
    let mask = slots.count - 1
    var index = Self.hash(name) & mask
    while let entry = slots[index] {
      if name.equalsIgnoringCase(entry.name) { return entry.value }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Mixes the length and three bytes: enough to tell the names of a small table apart.
  private static func hash(_ name: Span<UInt8>) -> Int {
    guard let last = name.indices.last else { return 0 }
    let first = Int(uppercased(name[0]))
    let middle = Int(uppercased(name[name.count / 2]))
    return (name.count &* 7) ^ (first &* 31) ^ (middle &* 131) ^ (Int(uppercased(name[last])) &* 521)
  }
}

/// The upper case of an ASCII letter; every other byte as it is.
func uppercased(_ byte: UInt8) -> UInt8 {
  byte &- UInt8(ascii: "a") < 26 ? byte & 0xdf : byte
}

extension Span<UInt8> {
  /// Whether the bytes are `name`, which is in upper case.
  func equalsIgnoringCase(_ name: [UInt8]) -> Bool {
    guard count == name.count else { return false }
    // Most clients send capitals, and whole words are quicker to compare than letters.
    if isEqual(to: name.span) { return true }
    for index in indices where uppercased(self[index]) != name[index] { return false }
    return true
  }
}
