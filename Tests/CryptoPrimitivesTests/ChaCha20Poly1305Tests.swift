// The AEAD against RFC 8439 and against OpenSSL, and what tampering comes to. The vectors of
// `Tests/Fixtures/chacha20-poly1305-v1` were made once, as the file says.

import Foundation
import Testing

@testable import CryptoPrimitives

@Suite struct ChaCha20Poly1305Tests {
  private struct Vectors: Decodable {
    struct Case: Decodable {
      let name, key, nonce, associated, plain, sealed: String
    }
    let cases: [Case]
  }

  private static func vectors() throws -> [Vectors.Case] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Fixtures/chacha20-poly1305-v1/vectors.json")
    return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).cases
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8.filter { $0 != 0x20 && $0 != 0x0a })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }

  /// Numbers of eight bytes in little-endian order.
  private static func words(_ hex: String) -> [UInt64] {
    let bytes = bytes(hex)
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
  }

  private func seal(
    _ plain: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ associated: [UInt8]
  ) -> [UInt8] {
    var output: [UInt8] = []
    ChaCha20Poly1305.seal(
      plain.span, key: key.span, nonce: nonce.span, associated: associated.span,
      appendingTo: &output)
    return output
  }

  private func open(
    _ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ associated: [UInt8]
  ) -> [UInt8]? {
    var output: [UInt8] = [1, 2, 3]
    let isGood = ChaCha20Poly1305.open(
      sealed.span, key: key.span, nonce: nonce.span, associated: associated.span,
      appendingTo: &output)
    #expect(output.starts(with: [1, 2, 3]) && (isGood || output.count == 3))
    return isGood ? Array(output.dropFirst(3)) : nil
  }

  @Test func `texts are sealed as OpenSSL seals them, and opened again`() throws {
    let vectors = try Self.vectors()
    #expect(vectors.count > 140)
    for vector in vectors {
      let plain = Self.bytes(vector.plain)
      let (key, nonce) = (Self.bytes(vector.key), Self.bytes(vector.nonce))
      let associated = Self.bytes(vector.associated)
      let sealed = seal(plain, key, nonce, associated)
      #expect(sealed == Self.bytes(vector.sealed), "\(vector.name)")
      #expect(open(sealed, key, nonce, associated) == plain, "\(vector.name)")
    }
  }

  @Test func `the keystream is that of the RFC`() {
    // Section 2.4.2: the first bytes of the text's encryption.
    let key = (0..<32).map { UInt8($0) }
    let nonce = Self.bytes("000000000000004a00000000")
    let sealed = seal(Array("Ladies and Gentlemen of the class".utf8), key, nonce, [])
    #expect(Array(sealed.prefix(16)) == Self.bytes("6e2e359a2568f98041ba0728dd0d6981"))
  }

  @Test(
    arguments: [
      // RFC 8439 section 2.5.2 and appendix A.3, numbers 7 to 11: carries at the limit.
      (
        "85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b",
        "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
        "a8061dc1305136c6c22b8baf0c0127a9"
      ),
      (
        "01000000000000000000000000000000 00000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff"
          + "11000000000000000000000000000000",
        "05000000000000000000000000000000"
      ),
      (
        "01000000000000000000000000000000 00000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe"
          + "01010101010101010101010101010101",
        "00000000000000000000000000000000"
      ),
      (
        "02000000000000000000000000000000 00000000000000000000000000000000",
        "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff"
      ),
      (
        "01000000000000000400000000000000 00000000000000000000000000000000",
        "e33594d7505e43b90000000000000000" + "3394d7505e4379cd0100000000000000"
          + "0000000000000000000000000000000001000000000000000000000000000000",
        "14000000000000005500000000000000"
      ),
      (
        "01000000000000000400000000000000 00000000000000000000000000000000",
        "e33594d7505e43b90000000000000000" + "3394d7505e4379cd0100000000000000"
          + "00000000000000000000000000000000",
        "13000000000000000000000000000000"
      ),
    ] as [(String, String, String)])
  func `tags are those of the RFC, at the limits of carrying too`(
    key: String, message: String, tag: String
  ) {
    let words = Self.words(key)
    var authenticator = Poly1305(
      key: Poly1305.Key(r: (words[0], words[1]), s: (words[2], words[3])))
    let bytes = Self.bytes(message)
    // Safe: a span of bytes has no padding.
    authenticator.update(unsafe bytes.span.bytes, isPadded: false)
    let found = authenticator.finalize()
    #expect([found.low, found.high] == Self.words(tag))
  }

  @Test func `a changed bit anywhere opens nothing`() {
    let key = (0..<32).map { UInt8($0) }
    let nonce = (0..<12).map { UInt8($0) }
    let associated: [UInt8] = [7, 8, 9]
    let sealed = seal(Array("a secret of some length".utf8), key, nonce, associated)
    for bit in 0..<8 * sealed.count {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(open(changed, key, nonce, associated) == nil)
    }
    for count in 0..<sealed.count {
      #expect(open(Array(sealed.prefix(count)), key, nonce, associated) == nil)
    }
    for bit in 0..<256 {
      var changed = key
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(open(sealed, changed, nonce, associated) == nil)
    }
    #expect(open(sealed, key, nonce.reversed(), associated) == nil)
    #expect(open(sealed, key, nonce, [7, 8]) == nil)
    #expect(open(sealed, key, nonce, [7, 8, 9, 0]) == nil)
  }

  @Test func `a wiped buffer holds zeros`() {
    var buffer = Array("secret".utf8)
    buffer.wipe()
    #expect(buffer == [0, 0, 0, 0, 0, 0])
    var none: [UInt8] = []
    none.wipe()
    #expect(none.isEmpty)
  }
}
