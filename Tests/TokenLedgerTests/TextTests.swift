import Bytes
import TestSupport
import Testing
import TokenLedger

@Suite struct TextTests {
  private static func text(_ bytes: [UInt8]) -> Text? { Text(bytes.span) }
  private static func isValid(_ bytes: [UInt8]) -> Bool { Text.isValid(bytes.span) }

  /// Texts that Swift's String holds for equal, or for nothing.
  static let lookalikes: [(String, String)] = [
    ("\u{e9}", "e\u{301}"), ("K", "\u{212a}"), ("\u{c5}", "\u{212b}"), ("a", "A"), ("a", "a "),
    ("", "\u{feff}"), ("a", "a\u{200b}"), ("\u{ac00}", "\u{1100}\u{1161}"),
  ]

  @Test(arguments: lookalikes)
  func `texts are equal by their bytes alone`(one: String, other: String) throws {
    let (left, right) = (try #require(Text(one)), try #require(Text(other)))
    #expect(left != right)
    #expect((left < right) != (right < left))
    #expect(Set([left, right, left]).count == 2)
    #expect(Text(one) == left)
  }

  @Test func `texts are ordered as their code points are`() {
    let scalars: [UInt32] = [1, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000]
    let texts = scalars.compactMap(Unicode.Scalar.init).map { Text.sample(String(Character($0))) }
    for (lower, higher) in zip(texts, texts.dropFirst()) {
      #expect(lower < higher)
      #expect(!(higher < lower))
    }
    #expect(Text.empty < Text.sample("\u{1}"))
    #expect(Text.sample("a") < Text.sample("aa"))
  }

  @Test(arguments: ["\0", "a\0", "\0a", "a\0b"])
  func `a text with U+0000 is none`(string: String) {
    #expect(Text(string) == nil)
    let bytes = Array(string.utf8)
    #expect(Self.text(bytes) == nil)
    #expect(!Self.isValid(bytes))
  }

  @Test(
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xe0, 0x80, 0x80], [0xe2, 0x80],
      [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xff], [0x61, 0xfe], [0xc3, 0x28],
    ] as [[UInt8]])
  func `bytes that are no UTF-8 are no text`(bytes: [UInt8]) {
    #expect(Self.text(bytes) == nil)
    let inside = Array("good ".utf8) + bytes + Array(" end".utf8)
    #expect(Self.text(inside) == nil)
  }

  @Test func `a text cut inside a character is none, cut between characters it is one`() {
    let whole = Array("aé漢🜁".utf8)
    let borders: Set<Int> = [0, 1, 3, 6, 10]
    for length in 0...whole.count {
      let cut = Array(whole[..<length])
      #expect((Self.text(cut) != nil) == borders.contains(length), "\(length) bytes")
    }
  }

  @Test func `random bytes are a text exactly when they are UTF-8 without U+0000`() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<4000 {
      let count = Int.random(in: 0...6, using: &generator)
      let bytes =
        (0..<count).map { _ in
          [0x00, 0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0x9f].randomElement(using: &generator)
            ?? 0
        } as [UInt8]
      let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
      #expect((Self.text(bytes) != nil) == isText, "\(bytes)")
      #expect(Self.isValid(bytes) == isText, "\(bytes)")
      if let text = Self.text(bytes) { #expect(text.utf8 == bytes) }
    }
  }
}
