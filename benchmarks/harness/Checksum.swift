// Result hashes: two runs that print the same hash computed the same answers. Not for secrets.
// Two sides that claim to answer the same question are hashed as well as compared. The mixing is
// a 128-bit product folded, seeded by a constant; order counts. Owner: whoever makes one.

/// A running 64-bit hash over numbers and bytes.
struct Checksum {
  private(set) var value: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// Takes one number in.
  mutating func add(_ number: UInt64) {
    let product = (value ^ number).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    value = product.high ^ product.low ^ (number &<< 1)
  }

  /// Takes one number in.
  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  /// Takes bytes in.
  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(UInt64(byte)) }
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Makes the optimiser believe that `value` is needed, at the price of a register.
  @inline(never) @_optimize(none)
  static func consume(_ value: UInt64) {}
}
