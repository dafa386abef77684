// The ChaCha20 stream cipher, four blocks at a time: each vector holds one word of the state for
// four consecutive blocks, so that a round is the same few vector instructions on all of them.
// Constant time: no branch and no address depends on key or data.
//
// Source: RFC 8439 section 2.3 and 2.4. Cost: about a nanosecond a byte; no allocation.

internal import Bytes
internal import CIntrinsics

/// A key and a nonce, ready to give their keystream.
///
/// The state is overwritten when the value ends.
struct ChaCha20: ~Copyable {
  static let keySizeBytes = 32
  static let nonceSizeBytes = 12
  static let blockSizeBytes = 64

  /// One word of the state for four blocks.
  typealias Lanes = SIMD4<UInt32>

  /// The state with counter 0.
  private var state: InlineArray<16, UInt32>

  /// - Precondition: a key of 32 bytes and a nonce of 12.
  init(key: Span<UInt8>, nonce: Span<UInt8>) {
    precondition(key.count == Self.keySizeBytes, "a key has 32 bytes")
    precondition(nonce.count == Self.nonceSizeBytes, "a nonce has 12 bytes")
    // Safe: a span of bytes has no padding.
    let (keyBytes, nonceBytes) = unsafe (key.bytes, nonce.bytes)
    state = InlineArray { index in
      switch index {
      case 0: 0x6170_7865
      case 1: 0x3320_646e
      case 2: 0x7962_2d32
      case 3: 0x6b20_6574
      case 4..<12: keyBytes.integer(at: 4 * (index - 4))
      case 12: 0
      default: nonceBytes.integer(at: 4 * (index - 13))
      }
    }
  }

  deinit {
    unsafe withUnsafePointer(to: state) { state in
      // Safe: nobody reads the state any more; the pointer covers exactly the value.
      unsafe ci_wipe(UnsafeMutableRawPointer(mutating: state), 16 * 4)
    }
  }

  /// Combines `bytes` with the keystream from block `counter` on.
  ///
  /// - Precondition: at most 256 GiB.
  func apply(to bytes: inout MutableRawSpan, counter: UInt32) {
    var offset = 0
    var counter = counter
    while offset < bytes.byteCount {
      var blocks = fourBlocks(counter)
      apply(blocks, to: &bytes, at: offset)
      unsafe withUnsafeMutablePointer(to: &blocks) { unsafe ci_wipe($0, 256) }
      offset += 4 * Self.blockSizeBytes
      counter &+= 4
    }
  }

  /// The first 32 bytes of block 0: the key of the authenticator, section 2.6.
  func authenticatorKey() -> Poly1305.Key {
    var blocks = fourBlocks(0)
    defer { unsafe withUnsafeMutablePointer(to: &blocks) { unsafe ci_wipe($0, 256) } }
    return Poly1305.Key(
      r: (Self.pair(blocks[0][0], blocks[1][0]), Self.pair(blocks[2][0], blocks[3][0])),
      s: (Self.pair(blocks[4][0], blocks[5][0]), Self.pair(blocks[6][0], blocks[7][0])))
  }

  /// Combines up to 256 bytes from `start` on.
  private func apply(
    _ blocks: borrowing InlineArray<16, Lanes>, to bytes: inout MutableRawSpan, at start: Int
  ) {
    var offset = start
    for block in 0..<4 {
      for word in stride(from: 0, to: 16, by: 4) {
        let stream = Lanes(
          blocks[word][block], blocks[word + 1][block], blocks[word + 2][block],
          blocks[word + 3][block])
        guard offset + 16 <= bytes.byteCount else {
          return applyLast(stream, to: &bytes, at: offset)
        }
        // Safe: any bits are a vector of words; the load and the store are checked.
        let text = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Lanes.self)
        bytes.storeBytes(of: text ^ stream, toByteOffset: offset, as: Lanes.self)
        offset += 16
      }
    }
  }

  /// Combines the last bytes, fewer than 16.
  private func applyLast(_ stream: Lanes, to bytes: inout MutableRawSpan, at start: Int) {
    for offset in start..<bytes.byteCount {
      let place = offset - start
      let key = UInt8(truncatingIfNeeded: stream[place / 4] &>> UInt32(8 * (place % 4)))
      bytes.storeBytes(
        of: bytes.bytes.byte(at: offset) ^ key, toByteOffset: offset, as: UInt8.self)
    }
  }

  /// The keystream of the blocks from `counter` on.
  private func fourBlocks(_ counter: UInt32) -> InlineArray<16, Lanes> {
    var start = InlineArray<16, Lanes> { Lanes(repeating: state[$0]) }
    start[12] = Lanes(counter, counter &+ 1, counter &+ 2, counter &+ 3)
    var words = start
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
    for index in words.indices { words[index] &+= start[index] }
    return words
  }

  private static func pair(_ low: UInt32, _ high: UInt32) -> UInt64 {
    UInt64(low) | UInt64(high) << 32
  }

  /// Section 2.1.
  @inline(__always)
  private static func quarterRound(
    _ words: inout InlineArray<16, Lanes>, _ a: Int, _ b: Int, _ c: Int, _ d: Int
  ) {
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
    words &<< Lanes(repeating: bits) | words &>> Lanes(repeating: 32 - bits)
  }
}
