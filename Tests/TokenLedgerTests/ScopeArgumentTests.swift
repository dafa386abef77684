import TestSupport
import Testing
import TokenLedger

@Suite struct ScopeArgumentTests {
  /// The white space of FORMAT.md, written out.
  static let spaces: [UInt32] = [
    0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001,
    0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f,
    0x205f, 0x3000,
  ]

  @Test func `every code point splits exactly when it is in the table`() throws {
    let members = Set(Self.spaces)
    for value in UInt32(1)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array("a\(Character(scalar))b".utf8)
      var position = 0
      let first = ScopeArgument.nextName(in: bytes.span, from: &position)
      if (first == 0..<1) != members.contains(value) {
        Issue.record(
          "U+\(String(value, radix: 16)) is \(first.map(String.init(describing:)) ?? "–")")
      }
    }
  }

  @Test(arguments: [0x200b, 0x180e, 0x2060, 0xfeff, 0x1b, 0x08, 0x0e, 0x2027, 0x202a, 0x2030])
  func `a neighbour of the table belongs to the name`(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let name = Text.sample("a\(Character(scalar))b")
    #expect(ScopeArgument.text(name).names == [name])
  }

  @Test(arguments: spaces)
  func `runs, beginnings and ends of white space vanish`(value: UInt32) throws {
    let space = String(Character(try #require(Unicode.Scalar(value))))
    let argument = ScopeArgument.text(
      .sample(space + space + "b" + space + "a" + space + " b" + space))
    #expect(argument.names == ["b", "a", "b"].map(Text.sample))
    #expect(ScopeArgument.text(.sample(space)).names.isEmpty)
  }

  @Test func `a text of nothing names nothing`() {
    #expect(ScopeArgument.text(.empty).names.isEmpty)
    #expect(ScopeArgument.names([]).names.isEmpty)
    #expect(ScopeArgument(list: []).names.isEmpty)
    #expect(ScopeArgument(list: [.empty]).names.isEmpty)
  }

  @Test func `a list of one text is split, a longer one is taken as it is`() {
    let (odd, plain) = (Text.sample("a b"), Text.sample("c"))
    #expect(ScopeArgument(list: [odd]).names == [.sample("a"), .sample("b")])
    #expect(ScopeArgument(list: [odd, plain]).names == [odd, plain])
    #expect(ScopeArgument(list: [.empty, plain]).names == [.empty, plain])
    #expect(ScopeArgument(list: [odd, odd]).names == [odd, odd])
  }

  @Test func `white space cut inside a character splits nothing and reads nothing beyond`() {
    for value in Self.spaces {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let whole = Array(String(Character(scalar)).utf8)
      for length in 1..<max(whole.count, 1) {
        let cut = [0x61] + Array(whole[..<length])
        var position = 0
        let name = ScopeArgument.nextName(in: cut.span, from: &position)
        #expect(name == 0..<cut.count)
        #expect(position == cut.count)
        let between = cut + [0x62]
        position = 0
        let joined = ScopeArgument.nextName(in: between.span, from: &position)
        #expect(joined == 0..<between.count)
      }
    }
  }

  @Test(arguments: 0..<20)
  func `random texts split as a model over characters splits them`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let others: [UInt32] = [0x61, 0x62, 0xe9, 0x301, 0x200b, 0xfeff, 0x2060, 0x3001, 0x1f701, 0x84]
    let letters = (Self.spaces + others).compactMap(Unicode.Scalar.init)
    for _ in 0..<200 {
      let count = Int.random(in: 0...24, using: &generator)
      let scalars = (0..<count).compactMap { _ in letters.randomElement(using: &generator) }
      let expected = Self.split(scalars)
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      let names = ScopeArgument.text(.sample(String(view))).names
      #expect(names == expected, "seed \(seed): \(scalars.map(\.value))")
    }
  }

  /// Splits over code points, with nothing of the code under test.
  private static func split(_ scalars: [Unicode.Scalar]) -> [Text] {
    let pieces = scalars.split { spaces.contains($0.value) }
    return pieces.map { piece in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: piece)
      return Text.sample(String(view))
    }
  }
}
