// RS256: is this the provider's signature? Access tokens are signed so (RFC 7518 §3.3).
//
// The expected encoded message is built and compared as a whole. Nothing of the peer's message is
// parsed: forgeries by Bleichenbacher's low-exponent attack and its kin live in lenient parsers.

/// A public RSA key that verifies signatures.
///
/// - Source: RFC 8017 §8.2 (RSASSA-PKCS1-v1_5) with SHA-256.
public struct RSAPublicKey: Sendable {
  /// The sizes of a modulus that are accepted, in bits: below, keys can be factored; above, a key
  /// set could make the verifier work for seconds.
  public static let modulusBits = 2048...4096

  private let modulus: MontgomeryModulus
  private let exponent: UInt64
  /// The size of the modulus and of every signature, in bytes.
  private let sizeBytes: Int

  /// Takes a key, or gives `nil` when it is none that is accepted.
  ///
  /// - Parameters:
  ///   - modulus: An odd number, big-endian; leading zeros do not count.
  ///   - exponent: An odd number from 3 to 2³²-1, big-endian; leading zeros do not count.
  /// - Complexity: O(size²), about as long as verifying some signatures: keep the key.
  public init?(modulus: Span<UInt8>, exponent: Span<UInt8>) {
    let number = limbs(bigEndian: modulus)
    let power = limbs(bigEndian: exponent)
    guard let highest = number.last, number[0] & 1 == 1 else { return nil }
    let bits = number.count * UInt64.bitWidth - highest.leadingZeroBitCount
    guard Self.modulusBits.contains(bits) else { return nil }
    guard power.count == 1, power[0] & 1 == 1, (3...UInt64(UInt32.max)).contains(power[0])
    else { return nil }
    self.modulus = MontgomeryModulus(number)
    self.exponent = power[0]
    sizeBytes = (bits + 7) / 8
  }

  /// Whether `signature` is one of this key over a message with this digest.
  ///
  /// - Parameters:
  ///   - signature: As long as the modulus, else the answer is no.
  ///   - digest: The message's SHA-256.
  /// - Returns: whether it is.
  /// - Complexity: O(size²).
  public func isSignature(_ signature: Span<UInt8>, of digest: SHA256Digest) -> Bool {
    guard signature.count == sizeBytes else { return false }
    let count = (sizeBytes + 7) / 8
    var number = limbs(bigEndian: signature)
    guard number.count <= count else { return false }
    number += [UInt64](repeating: 0, count: count - number.count)
    guard modulus.isAbove(number) else { return false }
    let opened = modulus.power(number, exponent)
    let expected = encodedMessage(of: digest)
    var difference: UInt8 = 0
    for index in expected.indices {
      let place = sizeBytes - 1 - index
      difference |=
        expected[index] ^ UInt8(truncatingIfNeeded: opened[place / 8] >> (place % 8 * 8))
    }
    return difference == 0
  }

  /// The one message that a good signature opens to: RFC 8017 §9.2.
  ///
  ///     00 01 ff … ff 00 | DigestInfo of SHA-256 | digest
  package func encodedMessage(of digest: SHA256Digest) -> [UInt8] {
    let ending = Self.digestInfo + digest.bytes
    let padding = [UInt8](repeating: 0xFF, count: sizeBytes - ending.count - 3)
    return [0x00, 0x01] + padding + [0x00] + ending
  }

  /// The DER encoding that names SHA-256, up to the digest: RFC 8017 §9.2, note 1.
  private static let digestInfo: [UInt8] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
  ]
}

/// The number as little-endian limbs, without leading zero limbs.
package func limbs(bigEndian bytes: Span<UInt8>) -> [UInt64] {
  var limbs = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
  for index in bytes.indices {
    let place = bytes.count - 1 - index
    limbs[place / 8] |= UInt64(bytes[index]) << (place % 8 * 8)
  }
  while limbs.last == 0 { limbs.removeLast() }
  return limbs
}
