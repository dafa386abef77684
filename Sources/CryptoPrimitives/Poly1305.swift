// The Poly1305 one-time authenticator, in three limbs of 44, 44 and 42 bits with products of 128.
// Constant time: no branch and no address depends on key or message, only on its length.
// A key serves for one message; `ChaCha20Poly1305` makes one for each nonce.
//
// Source: RFC 8439 section 2.5. Cost: about a nanosecond a byte; no allocation.

internal import Bytes
internal import CIntrinsics

/// A message being authenticated.
struct Poly1305 {
  /// A one-time key: the factor, and what is added at the end, as little-endian numbers.
  struct Key {
    let r: (UInt64, UInt64)
    let s: (UInt64, UInt64)
  }

  private static let blockSizeBytes = 16
  private static let mask44: UInt64 = (1 << 44) - 1
  private static let mask42: UInt64 = (1 << 42) - 1

  /// The factor r, clamped.
  private let r: (UInt64, UInt64, UInt64)
  /// The limbs of r that wrap around, times 20: 2^132 is 20 modulo 2^130 - 5.
  private let s: (UInt64, UInt64)
  /// What is added at the end.
  private let pad: (UInt64, UInt64)
  /// The sum so far.
  private var h: (UInt64, UInt64, UInt64) = (0, 0, 0)

  init(key: Key) {
    let (low, high) = key.r
    r = (
      low & 0xffc_0fff_ffff, (low >> 44 | high << 20) & 0xfff_ffc0_ffff,
      (high >> 24) & 0x00f_ffff_fc0f
    )
    s = (r.1 * 20, r.2 * 20)
    pad = key.s
  }

  /// Takes in a message whole, the end of its last block filled with zeros if `isPadded`, or
  /// marked as RFC 8439 section 2.5.1 has it.
  mutating func update(_ bytes: RawSpan, isPadded: Bool) {
    var offset = 0
    while offset + Self.blockSizeBytes <= bytes.byteCount {
      add(bytes.integer(at: offset), bytes.integer(at: offset + 8), highBit: 1 << 40)
      offset += Self.blockSizeBytes
    }
    guard offset < bytes.byteCount else { return }
    var words: (UInt64, UInt64) = (0, 0)
    for place in 0..<bytes.byteCount - offset {
      let byte = UInt64(bytes.byte(at: offset + place))
      if place < 8 { words.0 |= byte << UInt64(8 * place) }
      if place >= 8 { words.1 |= byte << UInt64(8 * (place - 8)) }
    }
    guard !isPadded else { return add(words.0, words.1, highBit: 1 << 40) }
    let end = bytes.byteCount - offset
    if end < 8 { words.0 |= 1 << UInt64(8 * end) } else { words.1 |= 1 << UInt64(8 * (end - 8)) }
    add(words.0, words.1, highBit: 0)
  }

  /// Takes in one whole block, given as two numbers.
  mutating func update(_ low: UInt64, _ high: UInt64) {
    add(low, high, highBit: 1 << 40)
  }

  /// Adds a block and multiplies by r.
  private mutating func add(_ low: UInt64, _ high: UInt64, highBit: UInt64) {
    let h0 = h.0 &+ (low & Self.mask44)
    let h1 = h.1 &+ ((low >> 44 | high << 20) & Self.mask44)
    let h2 = h.2 &+ ((high >> 24) & Self.mask42 | highBit)
    let d0 = Self.product(h0, r.0) &+ Self.product(h1, s.1) &+ Self.product(h2, s.0)
    let d1 = Self.product(h0, r.1) &+ Self.product(h1, r.0) &+ Self.product(h2, s.1)
    let d2 = Self.product(h0, r.2) &+ Self.product(h1, r.1) &+ Self.product(h2, r.0)
    let e1 = d1 &+ d0 >> 44
    let e2 = d2 &+ e1 >> 44
    let carry = UInt64(truncatingIfNeeded: e2 >> 42)
    let low0 = (UInt64(truncatingIfNeeded: d0) & Self.mask44) &+ carry &* 5
    h.0 = low0 & Self.mask44
    h.1 = (UInt64(truncatingIfNeeded: e1) & Self.mask44) &+ low0 >> 44
    h.2 = UInt64(truncatingIfNeeded: e2) & Self.mask42
  }

  @inline(__always)
  private static func product(_ one: UInt64, _ other: UInt64) -> UInt128 {
    UInt128(one) &* UInt128(other)
  }

  /// Overwrites the key and the sum; of no use afterwards.
  mutating func wipe() {
    // Safe: the pointer covers exactly the value, in place, and zeros are numbers.
    unsafe withUnsafeMutableBytes(of: &self) { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe ci_wipe(start, bytes.count)
    }
  }

  /// The tag, as two numbers in little-endian order.
  func finalize() -> (low: UInt64, high: UInt64) {
    var (h0, h1, h2) = h
    // Two rounds of carrying, so that each limb is below its size.
    for _ in 0..<2 {
      h2 &+= h1 >> 44
      h1 &= Self.mask44
      h0 &+= (h2 >> 42) &* 5
      h2 &= Self.mask42
      h1 &+= h0 >> 44
      h0 &= Self.mask44
    }
    h2 &+= h1 >> 44
    h1 &= Self.mask44
    // h - p, which is taken where it is not negative.
    let g0 = h0 &+ 5
    let g1 = h1 &+ g0 >> 44
    let g2 = h2 &+ g1 >> 44 &- (1 << 42)
    let mask = (g2 >> 63) &- 1
    h0 = (h0 & ~mask) | (g0 & Self.mask44 & mask)
    h1 = (h1 & ~mask) | (g1 & Self.mask44 & mask)
    h2 = (h2 & ~mask) | (g2 & mask)
    let low = h0 | h1 << 44
    let high = h1 >> 20 | h2 << 24
    let (sum, carry) = low.addingReportingOverflow(pad.0)
    return (sum, high &+ pad.1 &+ (carry ? 1 : 0))
  }
}
