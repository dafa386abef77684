// Which single bit, flipped, explains a wrong CRC-32C? A checksum is linear: what a flipped bit
// does to it depends on how many bits follow, and on nothing else. So one walk backwards over the
// number of bits finds it, without computing the checksum of every variant.
//
// Cost: one shift for each bit, for the largest body 8,388,608 of them.

/// The search for a flipped bit under a CRC-32C.
enum FlippedBit {
  /// The Castagnoli polynomial, its bits in reverse.
  ///
  /// - Source: RFC 3720 appendix B.4.
  private static let polynomial: UInt32 = 0x82f6_3b78

  /// Finds the bit by the difference that it makes.
  ///
  /// Up to 2³¹ bits every place makes another difference, so there is at most one.
  ///
  /// - Parameters:
  ///   - difference: The checksum of the bytes as they are, XOR what it should be.
  ///   - sizeBytes: How many bytes the checksum covers in which the bit may be.
  /// - Returns: the byte from the start, and the mask that flips the bit back; nil for none.
  static func find(difference: UInt32, sizeBytes: Int) -> (byte: Int, mask: UInt8)? {
    var made = polynomial
    for bitsBehind in 0..<8 * sizeBytes {
      if made == difference {
        let bit = 8 * sizeBytes - 1 - bitsBehind
        return (bit / 8, 1 << UInt8(bit % 8))
      }
      made = made & 1 == 0 ? made >> 1 : made >> 1 ^ polynomial
    }
    return nil
  }
}
