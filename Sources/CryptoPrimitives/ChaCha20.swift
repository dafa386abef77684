// The ChaCha20 stream cipher, four blocks at a time: each vector holds one word of the state for
// four consecutive blocks, so that a round is the same few vector instructions on all of them.
// Constant time: no branch and no address depends on key or data.
// Invariant: the state and the keystream in memory are wiped; what the compiler spilled of the
// registers is not reached.
//
// Source: RFC 8439 section 2.3 and 2.4. Cost: 0.26 µs for each 256 bytes begun; no allocation.

internal import Bytes
internal import CIntrinsics

/// A key and a nonce, ready to give their keystream.
///
/// Its owner calls `wipe` at the end: a `deinit` cannot, as it is given no way to write to the
/// state and would wipe a copy.
struct ChaCha20: ~Copyable {
  static let keySizeBytes = 32
  static let nonceSizeBytes = 12
  static let blockSizeBytes = 64
  /// The longest text from block 1 on: the counter has 32 bits and must not come round to block 0,
  /// which is the authenticator's key.
  static let textLimitBytes = Int(UInt32.max) * blockSizeBytes

  /// One word of the state for four blocks.
  typealias Lanes = SIMD4<UInt32>
  typealias Blocks = InlineArray<16, Lanes>

  /// The state with counter 0, each word four times.
  private var state: Blocks

  /// - Precondition: a key of 32 bytes and a nonce of 12.
  init(key: Span<UInt8>, nonce: Span<UInt8>) {
    precondition(key.count == Self.keySizeBytes, "a key has 32 bytes")
    precondition(nonce.count == Self.nonceSizeBytes, "a nonce has 12 bytes")
    // Safe: a span of bytes has no padding.
    let (keyBytes, nonceBytes) = unsafe (key.bytes, nonce.bytes)
    state = Blocks(repeating: Lanes())
    state[0] = Lanes(repeating: 0x6170_7865)
    state[1] = Lanes(repeating: 0x3320_646e)
    state[2] = Lanes(repeating: 0x7962_2d32)
    state[3] = Lanes(repeating: 0x6b20_6574)
    for index in 0..<8 { state[4 + index] = Lanes(repeating: keyBytes.integer(at: 4 * index)) }
    for index in 0..<3 { state[13 + index] = Lanes(repeating: nonceBytes.integer(at: 4 * index)) }
  }

  /// Overwrites the state; the value gives no keystream of the key any more.
  mutating func wipe() {
    Self.wipe(&state)
  }

  /// Combines `bytes` with the keystream from block 1 on.
  ///
  /// - Precondition: at most `textLimitBytes`.
  func apply(to bytes: inout MutableRawSpan) {
    precondition(bytes.byteCount <= Self.textLimitBytes, "the counter must not come round")
    var blocks = Blocks(repeating: Lanes())
    var offset = 0
    var counter: UInt32 = 1
    while offset < bytes.byteCount {
      fill(&blocks, from: counter)
      Self.apply(blocks, to: &bytes, at: offset)
      offset += 4 * Self.blockSizeBytes
      counter &+= 4
    }
    Self.wipe(&blocks)
  }

  /// The first 32 bytes of block 0: the key of the authenticator, section 2.6.
  func authenticatorKey() -> Poly1305.Key {
    var blocks = Blocks(repeating: Lanes())
    fill(&blocks, from: 0)
    let key = Poly1305.Key(
      r: (Self.pair(blocks[0][0], blocks[1][0]), Self.pair(blocks[2][0], blocks[3][0])),
      s: (Self.pair(blocks[4][0], blocks[5][0]), Self.pair(blocks[6][0], blocks[7][0])))
    Self.wipe(&blocks)
    return key
  }

  /// The keystream of the blocks from `counter` on.
  private func fill(_ blocks: inout Blocks, from counter: UInt32) {
    let counters = Lanes(counter, counter &+ 1, counter &+ 2, counter &+ 3)
    // A copy that the compiler can keep in registers; `blocks` has an address to be wiped at.
    var words = state
    words[12] = counters
    for _ in 0..<10 {
      Self.quarterRound(&words, 0, 4, 8, 12)
      Self.quarterRound(&words, 1, 5, 9, 13)
      Self.quarterRound(&words, 2, 6, 10, 14)
      Self.quarterRound(&words, 3, 7, 11, 15)
      Self.quarterRound(&words, 0, 5, 10, 15)
      Self.quarterRound(&words, 1, 6, 11, 12)
      Self.quarterRound(&words, 2, 7, 8, 13)
      Self.quarterRound(&words, 3, 4, 9, 14)
    }
    for index in words.indices { words[index] &+= state[index] }
    words[12] &+= counters
    blocks = words
  }

  /// Combines up to 256 bytes from `start` on.
  private static func apply(
    _ blocks: borrowing Blocks, to bytes: inout MutableRawSpan, at start: Int
  ) {
    let words = blocks.span  // Indexing the array itself would copy all of it, each time.
    for quarter in 0..<4 {
      let place = start + 16 * quarter
      let (a, b) = (words[4 * quarter], words[4 * quarter + 1])
      let (c, d) = (words[4 * quarter + 2], words[4 * quarter + 3])
      combine(Lanes(a[0], b[0], c[0], d[0]), with: &bytes, at: place)
      combine(Lanes(a[1], b[1], c[1], d[1]), with: &bytes, at: place + blockSizeBytes)
      combine(Lanes(a[2], b[2], c[2], d[2]), with: &bytes, at: place + 2 * blockSizeBytes)
      combine(Lanes(a[3], b[3], c[3], d[3]), with: &bytes, at: place + 3 * blockSizeBytes)
    }
  }

  /// Combines 16 bytes from `start` on, or those that there are.
  @inline(__always)
  private static func combine(
    _ stream: Lanes, with bytes: inout MutableRawSpan, at start: Int
  ) {
    guard start + 16 <= bytes.byteCount else { return combineLast(stream, with: &bytes, at: start) }
    // Safe: any bits are a vector of words; the load and the store are checked.
    let text = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: Lanes.self)
    bytes.storeBytes(of: text ^ stream, toByteOffset: start, as: Lanes.self)
  }

  /// Combines the last bytes, fewer than 16 or none.
  private static func combineLast(
    _ stream: Lanes, with bytes: inout MutableRawSpan, at start: Int
  ) {
    var offset = start
    while offset < bytes.byteCount {
      let place = offset - start
      let key = UInt8(truncatingIfNeeded: stream[place / 4] &>> UInt32(8 * (place % 4)))
      bytes.storeBytes(
        of: bytes.bytes.byte(at: offset) ^ key, toByteOffset: offset, as: UInt8.self)
      offset += 1
    }
  }

  private static func wipe(_ blocks: inout Blocks) {
    var words = blocks.mutableSpan
    // Safe: the pointer covers exactly the vectors, in place, and zeros are a vector.
    unsafe words.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      unsafe ci_wipe(start, bytes.count)
    }
  }

  private static func pair(_ low: UInt32, _ high: UInt32) -> UInt64 {
    UInt64(low) | UInt64(high) << 32
  }

  /// Section 2.1.
  @inline(__always)
  private static func quarterRound(_ words: inout Blocks, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    words[a] &+= words[b]
    words[d] = rotated(words[d] ^ words[a], 16)
    words[c] &+= words[d]
    words[b] = rotated(words[b] ^ words[c], 12)
    words[a] &+= words[b]
    words[d] = rotated(words[d] ^ words[a], 8)
    words[c] &+= words[d]
    words[b] = rotated(words[b] ^ words[c], 7)
  }

  /// Rotates each word left by `bits`, from 1 to 31.
  @inline(__always)
  private static func rotated(_ words: Lanes, _ bits: UInt32) -> Lanes {
    words &<< Lanes(repeating: bits) &+ words &>> Lanes(repeating: 32 - bits)
  }
}
