// What the scope queries are asked of, prepared: the state, the rival's table, reused buffers.
// One owner, one filter, one result array: queries allocate nothing once these have grown. Rival
// and subject share the population, so that row i is the token i + 1 in both.

import TokenLedger

/// A query's scope names in bytes, as a socket brings them.
struct ScopeQuery {
  let names: [[UInt8]]
}

/// A character and scopes.
struct ScopeLookup {
  let character: CharacterID
  let query: ScopeQuery
  let argument: ScopeArgument
  let mask: ScopeMask
}

/// The state and all that is reused from query to query.
final class ScopeData {
  let population: Population
  let state: LedgerState
  let table: PlainTable
  private let validity = Validity(now: Population.now, duration: .standard)
  private var filter = TokenFilter()
  private var ids: [Int64] = []

  init(tokenCount: Int) throws {
    population = Population(tokenCount: tokenCount)
    state = try population.state()
    table = PlainTable(population)
  }

  func query(_ scopes: [Int]) -> ScopeQuery {
    ScopeQuery(names: scopes.map { population.names[$0].utf8 })
  }

  // MARK: Asking

  func count(_ query: ScopeQuery) -> Int {
    fill(query)
    return state.count(filter, validity)
  }

  /// How many of a character's tokens have the scopes.
  func count(_ query: ScopeQuery, of character: CharacterID) -> Int {
    fill(query)
    filter.require(character: character)
    return state.count(filter, validity)
  }

  /// Lists into the reused array and gives the number of ids.
  func list(_ query: ScopeQuery) -> Int {
    fill(query)
    ids.removeAll(keepingCapacity: true)
    state.appendIDs(filter, validity, to: &ids)
    return ids.count
  }

  func listByScan(_ mask: ScopeMask) -> Int {
    ids.removeAll(keepingCapacity: true)
    table.appendIDs(mask, to: &ids)
    return ids.count
  }

  /// The lowest id, or 0.
  func first(_ lookup: ScopeLookup) -> Int64 {
    filter.removeAll()
    filter.require(character: lookup.character)
    addScopes(lookup.query)
    return state.first(filter, validity)?.rawValue ?? 0
  }

  func getToken(_ lookup: ScopeLookup) -> Int64 {
    state.getToken(character: lookup.character, scopes: lookup.argument)?.rawValue ?? 0
  }

  /// The ids of a query, after a check that the plain scan finds the same.
  func checkedIDs(_ session: Session, _ query: ScopeQuery, _ mask: ScopeMask) throws -> [Int64] {
    _ = list(query)
    let found = ids
    _ = listByScan(mask)
    try session.check(found == ids, "ids listed")
    var hash = Checksum()
    for id in found { hash.add(Int(id)) }
    session.keep(hash)
    return found
  }

  /// Lookups for random tokens' characters; about half of them find something.
  func lookups(count: Int) -> [ScopeLookup] {
    var random = Random(seed: Random.fixedSeed &+ 7)
    return (0..<count).map { _ in
      let character = population.tokens[random.below(population.tokens.count)].character
      let scopes = [random.below(4), 4 + random.below(4)]
      return ScopeLookup(
        character: CharacterID(character), query: query(scopes),
        argument: .names(scopes.map { population.names[$0] }), mask: ScopeMask(scopes))
    }
  }

  private func fill(_ query: ScopeQuery) {
    filter.removeAll()
    addScopes(query)
  }

  private func addScopes(_ query: ScopeQuery) {
    filter.beginScopes()
    for name in query.names { filter.addScope(name.span, in: state) }
    filter.endScopes(.all, in: state)
  }
}

/// Where results are copied to: the rival of listing is a memcpy of what is to be listed.
final class CopyRoom {
  private var room: [Int64]

  init(capacity: Int) {
    room = [Int64](repeating: 0, count: capacity)
  }

  func copy(_ ids: [Int64]) -> UInt64 {
    // Safe: the room holds as many ids as there are tokens, and the two arrays do not overlap.
    precondition(ids.count <= room.count, "a result holds each token once")
    unsafe room.withUnsafeMutableBytes { target in
      unsafe ids.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
    return UInt64(truncatingIfNeeded: room[ids.count / 2])
  }
}
