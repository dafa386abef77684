// Base64url against the vectors of RFC 4648, every length and every wrong spelling.

import CryptoPrimitives
import Testing

@Suite struct Base64URLTests {
  private func decoded(_ text: String) -> [UInt8]? {
    Base64URL.decode(Array(text.utf8).span)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
    ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func `the published vectors come out, without padding`(plain: String, text: String) {
    #expect(Base64URL.encode(Array(plain.utf8).span) == text)
    #expect(decoded(text) == Array(plain.utf8))
  }

  @Test func `the example of RFC 7515 appendix C comes out`() {
    #expect(Base64URL.encode([3, 236, 255, 224, 193].span) == "A-z_4ME")
  }

  @Test func `bytes of every length and value come back`() {
    let bytes = (0..<512).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for count in 0...bytes.count {
      let piece = Array(bytes[..<count])
      #expect(Base64URL.decode(Array(Base64URL.encode(piece.span).utf8).span) == piece)
    }
  }

  @Test(arguments: ["A", "AAAAA", "Zg==", "Zg=", "Zm9v\n", " Zg", "Z+8v", "Z/8v", "Zé8", "Zm 9"])
  func `what is not spelled so is refused`(text: String) {
    #expect(decoded(text) == nil)
  }

  @Test func `bits behind the last byte are refused`() {
    for (good, bad) in [("Zg", "Zh"), ("Zm8", "Zm9"), ("AA", "AP"), ("AAA", "AAB")] {
      #expect(decoded(good) != nil && decoded(bad) == nil)
    }
  }
}
