import TestSupport
import Testing

@testable import TokenLedger

/// Scope sets against Swift's own sets.
@Suite struct ScopeSetCatalogTests {
  private static func members(_ catalog: ScopeSetCatalog, _ set: UInt32) -> [UInt32] {
    [UInt32](copying: catalog.members(of: set))
  }

  private static func supersets(_ catalog: ScopeSetCatalog, _ scopes: [UInt32]) -> Set<UInt32> {
    var sets: Set<UInt32> = []
    catalog.forEachSuperset(of: scopes.span) { set in
      let isNew = sets.insert(set).inserted
      #expect(isNew)
      return true
    }
    return sets
  }

  @Test func `set 0 is the empty one`() {
    var catalog = ScopeSetCatalog(seed: 0)
    #expect(catalog.count == 1)
    #expect(catalog.intern([]) == ScopeSetCatalog.emptySet)
    #expect(Self.members(catalog, 0).isEmpty)
    #expect(catalog.intern([0]) == 1 && catalog.intern([]) == 0)
  }

  @Test(arguments: CatalogTests.seeds)
  func `sets are found again through every growth`(seed: UInt64) {
    var catalog = ScopeSetCatalog(seed: seed)
    var expected: [[UInt32]] = [[]]
    for low in 0..<UInt32(40) {
      for high in low + 1..<41 { expected.append([low, high]) }
      expected.append([low])
    }
    for set in expected { _ = catalog.intern(set) }
    #expect(catalog.count == expected.count)
    for (number, set) in expected.enumerated() {
      #expect(catalog.number(of: set.span) == UInt32(number))
      #expect(Self.members(catalog, UInt32(number)) == set)
    }
    let stranger: [UInt32] = [0, 1, 2]
    #expect(catalog.number(of: stranger.span) == nil)
  }

  @Test(arguments: 0..<6)
  func `supersets are those that a set says, also where signatures collide`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var catalog = ScopeSetCatalog(seed: seed)
    var sets: [Set<UInt32>] = [[]]
    // Scopes k, k + 64, k + 128 share a bit.
    let scopes = (0..<UInt32(200)).filter { $0 % 64 < 9 }
    for scope in 0..<UInt32(200) { sets.append([scope]) }
    for _ in 0..<300 {
      let count = Int.random(in: 2...14, using: &generator)
      sets.append(Set((0..<count).compactMap { _ in scopes.randomElement(using: &generator) }))
    }
    var rows = 0
    var live: Set<UInt32> = []
    for set in sets {
      let number = catalog.intern(set.sorted())
      guard Bool.random(using: &generator) else { continue }
      catalog.insert(TokenRow(rows), into: number)
      live.insert(number)
      rows += 1
    }
    for _ in 0..<300 {
      let count = Int.random(in: 1...4, using: &generator)
      let wanted = Set((0..<count).compactMap { _ in scopes.randomElement(using: &generator) })
      let expected = live.filter { wanted.isSubset(of: Self.members(catalog, $0)) }
      #expect(Self.supersets(catalog, wanted.sorted()) == expected, "seed \(seed): \(wanted)")
    }
  }

  @Test func `a set without live rows is no answer`() {
    var catalog = ScopeSetCatalog(seed: 0)
    let set = catalog.intern([3])
    #expect(Self.supersets(catalog, [3]).isEmpty)
    catalog.insert(TokenRow(9), into: set)
    #expect(Self.supersets(catalog, [3]) == [set])
    catalog.remove(TokenRow(9), from: set)
    #expect(Self.supersets(catalog, [3]).isEmpty && catalog.rowCount(set) == 0)
  }

  @Test(arguments: 0..<4)
  func `random moves between sets keep the rows of each`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var catalog = ScopeSetCatalog(seed: 0)
    let numbers = (0..<UInt32(6)).map { catalog.intern([$0]) }
    var home: [Int: UInt32] = [:]
    for _ in 0..<3000 {
      let row = Int.random(in: 0..<200, using: &generator)
      if let set = home.removeValue(forKey: row) {
        catalog.remove(TokenRow(row), from: set)
      } else {
        let set = numbers[Int.random(in: 0..<numbers.count, using: &generator)]
        catalog.insert(TokenRow(row), into: set)
        home[row] = set
      }
    }
    for set in numbers {
      var rows: Set<Int> = []
      catalog.forEachRow(of: set) { row in rows.insert(row.index).inserted }
      #expect(rows == Set(home.filter { $0.value == set }.keys), "seed \(seed)")
      #expect(catalog.rowCount(set) == rows.count, "seed \(seed)")
    }
  }
}
