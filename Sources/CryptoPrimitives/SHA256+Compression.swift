// The compression function of SHA-256 in Swift, for processors without the instructions. It is
// the reference for them too: the tests hold the two against each other.
//
// Source: FIPS 180-4. Cost: about 4 ns a byte, a seventh of the speed of the instructions; no
// allocation, as every table has a fixed size.

/// The state before the first block, FIPS 180-4 §5.3.3.
let initialState: SHA256State = [
  0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
  0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
]

/// Folds whole blocks of 64 bytes into `state`.
///
/// - Complexity: O(*n*); about 4 nanoseconds a byte.
/// - Source: FIPS 180-4 §6.2.2.
func compressInSoftware(_ blocks: RawSpan, into state: inout SHA256State) {
  var offset = 0
  while offset < blocks.byteCount {
    compressBlock(blocks.extracting(offset..<offset + SHA256.blockSizeBytes), into: &state)
    offset += SHA256.blockSizeBytes
  }
}

private func compressBlock(_ block: RawSpan, into state: inout SHA256State) {
  let schedule = messageSchedule(block)
  let words = schedule.span  // Indexing the array itself would copy all of it, in every round.
  var (a, b, c, d) = (state[0], state[1], state[2], state[3])
  var (e, f, g, h) = (state[4], state[5], state[6], state[7])
  for round in 0..<64 {
    let choice = (e & f) ^ (~e & g)
    let majority = (a & b) ^ (a & c) ^ (b & c)
    let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    let t1 = h &+ sum1 &+ choice &+ roundConstants[round] &+ words[round]
    let t2 = sum0 &+ majority
    (h, g, f, e) = (g, f, e, d &+ t1)
    (d, c, b, a) = (c, b, a, t1 &+ t2)
  }
  let after: SHA256State = [a, b, c, d, e, f, g, h]
  for index in state.indices { state[index] &+= after[index] }
}

/// The 64 words that the rounds take in: the block's 16, and 48 made from them (§6.2.2 step 1).
private func messageSchedule(_ block: RawSpan) -> InlineArray<64, UInt32> {
  var words = InlineArray<64, UInt32>(repeating: 0)
  for index in 0..<16 {
    // Safe: the load is checked against the span's bounds, and a `UInt32` may have any bits.
    let word = unsafe block.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
    words[index] = UInt32(bigEndian: word)
  }
  for index in 16..<64 {
    let (w2, w15) = (words[index - 2], words[index - 15])
    let sigma1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >> 10)
    let sigma0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >> 3)
    words[index] = sigma1 &+ words[index - 7] &+ sigma0 &+ words[index - 16]
  }
  return words
}

/// Rotates right by `bits`, from 1 to 31.
private func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 {
  word &>> bits | word &<< (32 - bits)
}

/// FIPS 180-4 §4.2.2.
private let roundConstants: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
  0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
  0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
  0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
  0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
  0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
  0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
  0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
