// RS256, the signing side: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1), over the arithmetic
// of CryptoPrimitives. It takes no care to run in the same time for every key, so it is for the
// published test keys only. The two halves of the exponent are worked out apart and joined
// (Chinese remainders, RFC 8017 §5.1.2), which is four times as fast.

import CryptoPrimitives

/// A key that signs.
struct SigningKey: Sendable {
  private let publicKey: RSAPublicKey
  private let modulus: MontgomeryModulus
  private let (first, second): (MontgomeryModulus, MontgomeryModulus)
  private let numbers: PublicTestKey

  /// Opens a key.
  init(_ numbers: PublicTestKey) {
    let (modulus, exponent) = (
      Self.bytes(numbers.modulus), Self.bytes(PublicTestKey.publicExponent)
    )
    guard let publicKey = RSAPublicKey(modulus: modulus.span, exponent: exponent.span) else {
      preconditionFailure("the keys of this program are keys")
    }
    self.publicKey = publicKey
    self.numbers = numbers
    self.modulus = MontgomeryModulus(Self.limbs(numbers.modulus))
    first = MontgomeryModulus(Self.limbs(numbers.firstPrime))
    second = MontgomeryModulus(Self.limbs(numbers.secondPrime))
  }

  /// Signs a message.
  ///
  /// - Complexity: O(size³), about a millisecond in an optimised build.
  func signature(of message: [UInt8]) -> [UInt8] {
    let digest = SHA256.digest(of: message.span)
    let signature = power(publicKey.encodedMessage(of: digest))
    precondition(publicKey.isSignature(signature.span, of: digest), "a signature is one")
    return signature
  }

  /// The message to the power of the private exponent: RFC 8017 §5.1.2, step 2.b.
  private func power(_ message: [UInt8]) -> [UInt8] {
    let number = CryptoPrimitives.limbs(bigEndian: message.span)
    let one = first.power(first.remainder(of: number), Self.limbs(numbers.firstExponent))
    let other = second.power(second.remainder(of: number), Self.limbs(numbers.secondExponent))
    let factor = first.product(
      first.difference(one, first.remainder(of: other)), Self.limbs(numbers.coefficient))
    let count = Self.limbs(numbers.modulus).count
    func padded(_ number: [UInt64]) -> [UInt64] {
      number + [UInt64](repeating: 0, count: count - number.count)
    }
    // The sum is below the modulus by construction, so that nothing is lost in reducing it.
    let product = modulus.product(padded(factor), padded(Self.limbs(numbers.secondPrime)))
    let sum = modulus.sum(product, padded(other))
    return sum.reversed().flatMap { limb in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: limb >> $0) }
    }
  }

  private static func limbs(_ text: String) -> [UInt64] {
    CryptoPrimitives.limbs(bigEndian: bytes(text).span)
  }

  private static func bytes(_ text: String) -> [UInt8] {
    guard let bytes = Base64URL.decode(Array(text.utf8).span) else {
      preconditionFailure("the keys of this program are base64url")
    }
    return bytes
  }

  /// The key's public half as an entry of a key set, under an id.
  ///
  /// - Source: RFC 7517, RFC 7518 §6.3.1.
  func webKey(id: String) -> JSON {
    .object([
      ("alg", .text("RS256")), ("e", .text(PublicTestKey.publicExponent)), ("kid", .text(id)),
      ("kty", .text("RSA")), ("n", .text(numbers.modulus)), ("use", .text("sig")),
    ])
  }
}
