// Tokens as an application with some hundred thousand of them has: 120 scopes from common to
// rare, about 4,000 distinct sets of very different popularity, two or three tokens a character.
// The same seed gives the same tokens on every machine.

import TokenLedger

/// One token of the population.
struct SampleToken {
  var character: Int64
  /// A number of ``Population/sets``.
  var set: Int
  var user: Int
  var created: Int64
}

/// The tokens and the queries of every suite.
struct Population {
  static let scopeCount = 120
  static let setCount = 4_000
  /// What every query asks about; the tokens were created in the day before it.
  static let now = UnixTime(clampingMicroseconds: 1_714_564_800_000_000)

  let names: [Text]
  /// Distinct scope sets, members ascending; a lower number is a more common scope.
  let sets: [[Int]]
  let tokens: [SampleToken]

  init(tokenCount: Int) {
    var random = Random()
    names = (0..<Self.scopeCount).map(Self.name)
    let sets = Self.makeSets(&random)
    self.sets = sets
    let characterCount = max(1, tokenCount * 2 / 5)
    tokens = (0..<tokenCount).map { _ in
      let popularity = random.fraction()
      let character = 90_000_000 + Int64(random.below(characterCount))
      return SampleToken(
        character: character, set: Int(popularity * popularity * Double(sets.count)),
        user: Int(character % 9_973), created: Self.created(&random))
    }
  }

  /// Queries for `size` scopes that are common: of the sixteen most common ones.
  func commonQueries(size: Int, count: Int = 64) -> [[Int]] {
    var random = Random(seed: Random.fixedSeed &+ UInt64(size))
    return (0..<count).map { _ in
      var members = Array(0..<max(4, size))
      for index in members.indices.dropLast() {
        members.swapAt(index, index + random.below(members.count - index))
      }
      return members[..<size].sorted()
    }
  }

  /// Queries for the `size` rarest scopes of some set that exists: few tokens match, never none.
  func rareQueries(size: Int, count: Int = 64) -> [[Int]] {
    var random = Random(seed: Random.fixedSeed &+ 1000 &+ UInt64(size))
    return (0..<count).map { _ in
      var set = sets[tokens[random.below(tokens.count)].set]
      while set.count < size { set = sets[tokens[random.below(tokens.count)].set] }
      return Array(set.suffix(size))
    }
  }

  /// The creation event of the token at `index`; without secrets.
  func creation(_ index: Int) -> Creation {
    let token = tokens[index]
    return Creation(
      character: CharacterID(token.character), characterName: .of("Pilot \(token.character)"),
      ownerHash: .of("owner-\(token.character)-hash="), type: .character,
      user: .of("user\(token.user)"), scopes: sets[token.set].map { names[$0] }.sorted(),
      created: UnixTime(clampingMicroseconds: token.created), ssoVersion: 2, access: .empty,
      refresh: .present(SecretDigest(UInt64(index))))
  }

  /// A state with all tokens; the token at index i has the id i + 1.
  func state() throws -> LedgerState {
    var state = LedgerState(seed: Random.fixedSeed)
    for index in tokens.indices {
      let sequence = state.lastSequence.next
      try state.apply(
        Event(
          sequence: sequence, id: state.lastEventID.following(at: .epoch),
          token: TokenID(Int64(index + 1)), actor: .peer(uid: 1000, pid: 42, clientName: nil),
          body: .created(creation(index))))
    }
    return state
  }

  // MARK: Making

  private static func name(_ scope: Int) -> Text {
    let kinds = [
      "skills", "assets", "wallet", "contracts", "industry", "markets", "planets", "mail",
    ]
    return .of("esi-\(kinds[scope % 8]).read_character_\(kinds[scope / 8 % 8])_\(scope).v1")
  }

  /// Scope k is in a set with a chance of 0.6 · 0.95^k, but never below 0.004.
  private static func makeSets(_ random: inout Random) -> [[Int]] {
    var seen: Set<[Int]> = []
    var sets: [[Int]] = []
    while sets.count < setCount {
      var chance = 0.6
      var members: [Int] = []
      for scope in 0..<scopeCount {
        if random.fraction() < max(chance, 0.004) { members.append(scope) }
        chance *= 0.95
      }
      if seen.insert(members).inserted { sets.append(members) }
    }
    return sets
  }

  private static func created(_ random: inout Random) -> Int64 {
    now.microseconds - Int64(random.below(86_400_000)) * 1000
  }
}

extension Text {
  /// A text that the benchmark itself made up.
  static func of(_ string: String) -> Text {
    guard let text = Text(string) else { preconditionFailure("made-up texts hold no U+0000") }
    return text
  }
}
