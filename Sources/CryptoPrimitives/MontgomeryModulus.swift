// Multiplication modulo an odd number of a few thousand bits, in Montgomery's form: the one piece
// of arithmetic that an RSA signature needs. Numbers are little-endian limbs of 64 bits, all as
// long as the modulus.
//
// Only public numbers come here (a public key, a signature), so nothing takes care to run in the
// same time for every value. Do not use it with a private key.

/// An odd modulus, prepared for many multiplications.
///
/// - Source: P. L. Montgomery, Modular multiplication without trial division, Math. Comp. 44
///   (1985), doi:10.1090/S0025-5718-1985-0777282-X; the interleaved form (CIOS) of Koç, Acar and
///   Kaliski, doi:10.1109/40.502403.
package struct MontgomeryModulus: Sendable {
  private let limbs: [UInt64]
  /// -modulus⁻¹ modulo 2⁶⁴.
  private let negatedInverse: UInt64
  /// R² modulo the modulus, with R = 2^(64 × limbs): brings a number into Montgomery's form.
  private var squaredRadix: [UInt64]

  /// Prepares a modulus.
  ///
  /// - Precondition: odd, and its highest limb is not zero.
  package init(_ limbs: [UInt64]) {
    precondition(limbs.first.map { $0 & 1 == 1 } ?? false, "the modulus is odd")
    precondition(limbs.last != 0, "the modulus has no leading zero limb")
    self.limbs = limbs
    negatedInverse = 0 &- Self.inverse(of: limbs[0])
    squaredRadix = []
    squaredRadix = radixSquared()
  }

  /// Whether a number of as many limbs is smaller than the modulus.
  func isAbove(_ number: [UInt64]) -> Bool {
    Self.isLess(number, limbs)
  }

  /// A number to the power of `exponent`.
  ///
  /// - Precondition: `base` is smaller than the modulus; `exponent` is above zero.
  /// - Complexity: O(limbs² × bits of the exponent).
  func power(_ base: [UInt64], _ exponent: UInt64) -> [UInt64] {
    precondition(isAbove(base) && exponent > 0, "the base is reduced, the exponent positive")
    let inForm = multiply(base, squaredRadix)
    var result = inForm
    var bit = UInt64.bitWidth - exponent.leadingZeroBitCount - 1
    while bit > 0 {
      bit -= 1
      result = multiply(result, result)
      if exponent >> bit & 1 == 1 { result = multiply(result, inForm) }
    }
    return multiply(result, one)
  }

  /// A number to the power of another, which may be as large as one likes.
  ///
  /// - Precondition: `base` is smaller than the modulus.
  /// - Complexity: O(limbs² × bits of the exponent), a quarter more than its squarings.
  package func power(_ base: [UInt64], _ exponent: [UInt64]) -> [UInt64] {
    precondition(isAbove(base), "the base is reduced")
    let inForm = multiply(base, squaredRadix)
    // The powers 0 to 15, so that four bits of the exponent cost one multiplication.
    var powers = [multiply(one, squaredRadix)]
    for _ in 1..<16 { powers.append(multiply(powers[powers.count - 1], inForm)) }
    var result = powers[0]
    for limb in exponent.reversed() {
      for shift in stride(from: UInt64.bitWidth - 4, through: 0, by: -4) {
        for _ in 0..<4 { result = multiply(result, result) }
        result = multiply(result, powers[Int(limb >> shift & 0xF)])
      }
    }
    return multiply(result, one)
  }

  /// The product of two numbers that are smaller than the modulus, reduced.
  package func product(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    multiply(multiply(left, right), squaredRadix)
  }

  /// What is left of a number of any length after division by the modulus.
  package func remainder(of number: [UInt64]) -> [UInt64] {
    let count = limbs.count
    var rest = [UInt64](repeating: 0, count: count)
    for start in stride(from: 0, to: number.count, by: count).reversed() {
      // Horner's rule in the radix R: rest × R + the next limbs, each term below R.
      let part = Array(number[start..<min(start + count, number.count)])
      let padded = part + [UInt64](repeating: 0, count: count - part.count)
      rest = sum(
        multiply(rest, squaredRadix), multiply(multiply(padded, squaredRadix), one))
    }
    return rest
  }

  /// The difference of two numbers that are smaller than the modulus, reduced.
  package func difference(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var value = left
    if !Self.isLess(left, right) {
      Self.subtract(right, from: &value)
      return value
    }
    value = right
    Self.subtract(left, from: &value)
    var rest = limbs
    Self.subtract(value, from: &rest)
    return rest
  }

  /// The sum of two numbers that are smaller than the modulus, reduced.
  package func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    let zero = [UInt64](repeating: 0, count: limbs.count)
    return difference(left, difference(zero, right))
  }

  private var one: [UInt64] {
    [1] + [UInt64](repeating: 0, count: limbs.count - 1)
  }

  /// left × right × R⁻¹, reduced.
  private func multiply(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    let count = limbs.count
    // Two limbs more than the modulus hold every sum on the way.
    var sum = [UInt64](repeating: 0, count: count + 2)
    for index in 0..<count {
      add(left[index], times: right, to: &sum)
      let factor = sum[0] &* negatedInverse
      add(factor, times: limbs, to: &sum)
      // The lowest limb is zero by the choice of the factor.
      for place in 0...count { sum[place] = sum[place + 1] }
      sum[count + 1] = 0
    }
    let isTooLarge = sum[count] != 0 || !Self.isLess(Array(sum[..<count]), limbs)
    if isTooLarge { Self.subtract(limbs, from: &sum) }
    return Array(sum[..<count])
  }

  private func add(_ factor: UInt64, times number: [UInt64], to sum: inout [UInt64]) {
    var carry: UInt64 = 0
    for index in number.indices {
      // (2⁶⁴-1)² + 2 (2⁶⁴-1) = 2¹²⁸-1: no overflow.
      let term =
        UInt128(factor) * UInt128(number[index]) + UInt128(sum[index]) + UInt128(carry)
      sum[index] = UInt64(truncatingIfNeeded: term)
      carry = UInt64(truncatingIfNeeded: term >> 64)
    }
    let (low, isCarried) = sum[number.count].addingReportingOverflow(carry)
    sum[number.count] = low
    if isCarried { sum[number.count + 1] += 1 }
  }

  /// R² modulo the modulus, by doubling 1 that often.
  private func radixSquared() -> [UInt64] {
    var value = [UInt64](repeating: 0, count: limbs.count + 1)
    value[0] = 1
    for _ in 0..<(2 * UInt64.bitWidth * limbs.count) {
      var carry: UInt64 = 0
      for index in value.indices {
        let limb = value[index]
        value[index] = limb << 1 | carry
        carry = limb >> 63
      }
      let isTooLarge = value[limbs.count] != 0 || !Self.isLess(Array(value.dropLast()), limbs)
      if isTooLarge { Self.subtract(limbs, from: &value) }
    }
    return value.dropLast()
  }

  /// The inverse of an odd number modulo 2⁶⁴, by Newton's iteration: each step doubles the bits.
  private static func inverse(of number: UInt64) -> UInt64 {
    var inverse = number
    for _ in 0..<5 { inverse = inverse &* (2 &- number &* inverse) }
    assert(inverse &* number == 1)
    return inverse
  }

  private static func isLess(_ left: [UInt64], _ right: [UInt64]) -> Bool {
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index]
    }
    return false
  }

  /// Takes `number` off the lower limbs of `value`, which is not smaller.
  private static func subtract(_ number: [UInt64], from value: inout [UInt64]) {
    var borrow: UInt64 = 0
    for index in value.indices {
      let (first, isBorrowed) = value[index].subtractingReportingOverflow(
        index < number.count ? number[index] : 0)
      let (second, isBorrowedAgain) = first.subtractingReportingOverflow(borrow)
      value[index] = second
      borrow = isBorrowed || isBorrowedAgain ? 1 : 0
    }
    assert(borrow == 0)
  }
}
