// The rivals in memory: what a careful application writes without an index (a bit mask per token,
// scanned branch-free), and what most write first (a Set of names per token). They are given what
// an index has to find first: masks are resolved before the clock starts, while the subject looks
// its scope names up in every query.

import TokenLedger

/// The members of a scope set as bits.
struct ScopeMask {
  var low: UInt64 = 0
  var high: UInt64 = 0

  init(_ members: [Int]) {
    for member in members {
      if member < 64 { low |= 1 << UInt64(member) } else { high |= 1 << UInt64(member - 64) }
    }
  }

  /// Whether all of `other` is in here.
  @inline(__always)
  func contains(_ other: ScopeMask) -> Bool {
    (other.low & ~low) | (other.high & ~high) == 0
  }
}

/// All tokens as plain arrays.
struct PlainTable {
  let masks: [ScopeMask]
  let characters: [Int64]
  let nameSets: [Set<String>]
  /// Ids by character, ascending.
  let byCharacter: [Int64: [Int64]]

  init(_ population: Population) {
    let setMasks = population.sets.map(ScopeMask.init)
    let setNames = population.sets.map { Set($0.map { population.names[$0].string }) }
    masks = population.tokens.map { setMasks[$0.set] }
    nameSets = population.tokens.map { setNames[$0.set] }
    characters = population.tokens.map(\.character)
    var byCharacter: [Int64: [Int64]] = [:]
    for (index, token) in population.tokens.enumerated() {
      byCharacter[token.character, default: []].append(Int64(index + 1))
    }
    self.byCharacter = byCharacter
  }

  /// How many tokens have all scopes of `wanted`.
  func count(_ wanted: ScopeMask) -> Int {
    var count: UInt64 = 0
    let span = masks.span
    for index in span.indices {
      let lacking = (wanted.low & ~span[index].low) | (wanted.high & ~span[index].high)
      count &+= UInt64(UInt8(lacking == 0 ? 1 : 0))
    }
    return Int(count)
  }

  /// Appends the ids of the tokens with all scopes of `wanted`, ascending.
  func appendIDs(_ wanted: ScopeMask, to ids: inout [Int64]) {
    for index in masks.indices where masks[index].contains(wanted) { ids.append(Int64(index + 1)) }
  }

  /// How many tokens have all names of `wanted`.
  func count(_ wanted: Set<String>) -> Int {
    var count = 0
    for names in nameSets where wanted.isSubset(of: names) { count += 1 }
    return count
  }

  /// The lowest id of a character's tokens with all scopes of `wanted`, or 0.
  func first(of character: Int64, _ wanted: ScopeMask) -> Int64 {
    for id in byCharacter[character] ?? [] where masks[Int(id - 1)].contains(wanted) { return id }
    return 0
  }
}
