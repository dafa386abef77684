// Keyed hashes and derived keys against the vectors of their RFCs: RFC 4231 for HMAC, RFC 5869 for
// HKDF. Keys shorter than a block, longer than one, and of its size are among them.

import CryptoPrimitives
import Testing

@Suite struct KeyedHashTests {
  private func code(_ message: [UInt8], _ key: [UInt8]) -> String {
    HMACSHA256.code(of: message.span, key: key.span).hex
  }

  @Test func `codes are those of RFC 4231`() {
    #expect(
      code(Array("Hi There".utf8), Array(repeating: 0x0b, count: 20))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      code(Array("what do ya want for nothing?".utf8), Array("Jefe".utf8))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      code(
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        Array(repeating: 0xaa, count: 131))
        == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
  }

  @Test func `derived keys are those of RFC 5869`() {
    // Test case 1, of whose 42 bytes these are the first 32.
    let key = [UInt8](repeating: 0x0b, count: 22)
    let salt = (0..<13).map { UInt8($0) }
    let info = (0xf0..<0xfa).map { UInt8($0) }
    let derived = HKDFSHA256.derive(from: key.span, salt: salt.span, info: info.span).hex
    #expect(derived == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
  }
}
