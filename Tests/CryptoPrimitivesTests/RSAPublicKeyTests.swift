// RS256 against signatures made by OpenSSL, and against messages encoded in each wrong way that a
// lenient verifier takes (in the manner of Project Wycheproof): `Tests/Fixtures/rs256-v1`.

import CryptoPrimitives
import Foundation
import Testing

/// The vectors of the fixture.
private struct Vectors: Decodable {
  struct Key: Decodable {
    let bits: Int
    let modulus: String
    let exponent: String
    let cases: [Case]
  }
  struct Case: Decodable {
    let name: String
    let message: String
    let signature: String
    let valid: Bool
  }
  let keys: [Key]

  static func load() throws -> Vectors {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = fixtures.appending(path: "Fixtures/rs256-v1/vectors.json")
    return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
  }
}

private func bytes(_ hex: String) -> [UInt8] {
  let digits = Array(hex.utf8)
  return stride(from: 0, to: digits.count, by: 2).compactMap {
    UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
  }
}

private func digest(_ message: String) -> SHA256Digest {
  SHA256.digest(of: Array(message.utf8).span)
}

@Suite struct RSAPublicKeyTests {
  @Test func `exactly the well-formed signatures are accepted`() throws {
    let vectors = try Vectors.load()
    #expect(vectors.keys.reduce(0) { $0 + $1.cases.count } > 60)
    for key in vectors.keys {
      let opened = RSAPublicKey(
        modulus: bytes(key.modulus).span, exponent: bytes(key.exponent).span)
      let publicKey = try #require(opened)
      for each in key.cases {
        let isAccepted = publicKey.isSignature(
          bytes(each.signature).span, of: digest(each.message))
        #expect(isAccepted == each.valid, "\(key.bits) bits: \(each.name)")
      }
    }
  }

  @Test func `a signature with any one bit flipped is refused`() throws {
    let key = try #require(try Vectors.load().keys.first)
    let opened = RSAPublicKey(modulus: bytes(key.modulus).span, exponent: bytes(key.exponent).span)
    let publicKey = try #require(opened)
    let each = try #require(key.cases.first { $0.valid })
    let signature = bytes(each.signature)
    for bit in stride(from: 0, to: signature.count * 8, by: 37) {
      var flipped = signature
      flipped[bit / 8] ^= 1 << (bit % 8)
      let isAccepted = publicKey.isSignature(flipped.span, of: digest(each.message))
      #expect(!isAccepted, "bit \(bit)")
    }
  }

  @Test func `keys that are too small, too large, even, or with a bad exponent are none`() {
    func key(_ modulus: [UInt8], _ exponent: [UInt8] = [1, 0, 1]) -> RSAPublicKey? {
      RSAPublicKey(modulus: modulus.span, exponent: exponent.span)
    }
    func modulus(_ bits: Int) -> [UInt8] {
      [UInt8(1) << ((bits - 1) % 8)] + [UInt8](repeating: 0xFF, count: (bits - 1) / 8)
    }
    #expect(key(modulus(2048)) != nil && key(modulus(4096)) != nil)
    #expect(key(modulus(2047)) == nil && key(modulus(4097)) == nil)
    #expect(key([0, 0] + modulus(2048), [0, 3]) != nil, "leading zeros do not count")
    #expect(key(modulus(2048).dropLast() + [0xFE]) == nil, "even")
    for exponent in [[], [0], [1], [2], [1, 0, 0], [1, 0, 0, 0, 1]] as [[UInt8]] {
      #expect(key(modulus(2048), exponent) == nil, "exponent \(exponent)")
    }
    #expect(key([]) == nil && key([UInt8](repeating: 0, count: 256)) == nil)
  }
}
