import TestSupport
import Testing

@testable import TokenLedger

/// The hash tables at their growth, with seeds good and bad, against dictionaries.
@Suite struct CatalogTests {
  static let seeds: [UInt64] = [0, 1, .max, 0x9e37_79b9_7f4a_7c15]

  @Test(arguments: seeds)
  func `texts are numbered in the order of their appearance`(seed: UInt64) {
    var catalog = TextCatalog(seed: seed)
    let texts = ["", "a", "aa", "\u{1}", "\u{1}\u{1}", "abcdefgh", "abcdefghi", "é", "e\u{301}"]
    let many = texts + (0..<3000).map { "scope.number-\($0).v1" }
    for (number, text) in many.enumerated() {
      let name = Text.sample(text)
      #expect(catalog.number(of: name.utf8.span) == nil)
      #expect(catalog.intern(name) == UInt32(number))
      #expect(catalog.intern(name) == UInt32(number))
      #expect(catalog.count == number + 1)
    }
    for (number, text) in many.enumerated() {
      let name = Text.sample(text)
      #expect(catalog.number(of: name.utf8.span) == UInt32(number))
      #expect(catalog.text(UInt32(number)) == name)
    }
    #expect(catalog.number(of: Text.sample("scope.number-3000.v1").utf8.span) == nil)
  }

  @Test(arguments: seeds)
  func `integers keep their values through every growth`(seed: UInt64) {
    var table = IntegerTable(seed: seed)
    var keys: [Int64] = [0, 1, -1, .min, .max, Int64(bitPattern: seed)]
    keys += (0..<1500).map { Int64($0) << 32 | 5 } + (2..<1500).map { Int64($0) * -4096 }
    var expected: [Int64: UInt32] = [:]
    for key in keys where expected[key] == nil {
      #expect(table[key] == nil)
      let value = UInt32(expected.count)
      table.insert(key, value)
      expected[key] = value
      #expect(table[key] == value && table.count == expected.count)
    }
    for (key, value) in expected where table[key] != value { Issue.record("\(key)") }
    for key in [Int64(7777), -3, 1 << 62] where table[key] != nil { Issue.record("\(key)") }
  }

  @Test func `the highest value that a table holds comes back`() {
    var table = IntegerTable(seed: 0)
    let highest = UInt32.max - 1
    table.insert(1, highest)
    #expect(table[1] == highest)
  }

  @Test func `a key is inserted once`() async {
    await #expect(processExitsWith: .failure) {
      var table = IntegerTable(seed: 0)
      table.insert(1, 1)
      table.insert(1, 2)
    }
  }

  @Test func `texts that differ in length or in one byte have different hashes`() {
    var hashes: Set<UInt64> = []
    var count = 0
    for length in 0...40 {
      for position in 0..<max(length, 1) {
        var bytes = [UInt8](repeating: 0x61, count: length)
        if length > 0 { bytes[position] = 0x62 }
        hashes.insert(bytes.span.hash(seed: 3))
        count += 1
      }
    }
    #expect(hashes.count == count)
  }
}
