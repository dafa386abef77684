// Integers as text, strictly: one way to write each number.
//
// Redis accepts integers only in the form in which it would print them, and so do we: what parses
// also prints back to the same bytes. No `String`, no allocation. Owner: nobody; functions only.

/// Reads the decimal integer that makes up the whole of a text, or nil when it is none.
///
/// The form is the one that Redis takes: an optional minus sign and digits. No plus sign, no
/// leading zeros, no `-0`, no white space, nothing after the digits. The range is that of `Int64`.
///
/// - Complexity: O(*n*), with *n* at most 20: anything longer is refused at once.
/// - Source: `string2ll` of Redis.
public func parseInteger(_ text: Span<UInt8>) -> Int64? {
  let isNegative = text.count > 1 && text[0] == ASCII.minus
  let first = isNegative ? 1 : 0
  guard text.count > first, text.count <= 20 else { return nil }
  if text[first] == ASCII.zero { return text.count == 1 ? 0 : nil }

  if text.count - first <= safeDigits { return shortInteger(text, from: first, isNegative) }
  var magnitude: UInt64 = 0
  for index in first..<text.count {
    let digit = text[index] &- ASCII.zero
    guard digit < 10 else { return nil }
    let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
    let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
    guard !overflowed, !carried else { return nil }
    magnitude = sum
  }
  return signed(magnitude, isNegative: isNegative)
}

/// So many digits cannot overflow 63 bits.
private let safeDigits = 18

/// Reads at most ``safeDigits`` digits: nearly every number there is, without a look at overflow.
private func shortInteger(_ text: Span<UInt8>, from first: Int, _ isNegative: Bool) -> Int64? {
  var magnitude: Int64 = 0
  for index in first..<text.count {
    let digit = text[index] &- ASCII.zero
    guard digit < 10 else { return nil }
    magnitude = magnitude &* 10 &+ Int64(digit)
  }
  return isNegative ? -magnitude : magnitude
}

/// The number with this magnitude and sign, or nil when `Int64` has none.
private func signed(_ magnitude: UInt64, isNegative: Bool) -> Int64? {
  guard isNegative else { return Int64(exactly: magnitude) }
  guard magnitude <= Int64.min.magnitude else { return nil }
  return Int64(truncatingIfNeeded: 0 &- magnitude)
}
