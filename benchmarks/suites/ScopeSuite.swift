// Scope queries in process, as LedgerServer asks them: names in bytes, one filter kept and filled
// again. Sketch: n names hashed, then a walk over the sets that contain the rarest scope.
// Targets: design section 7 (2 and 3 scopes ≤ 5 µs at 100,000 tokens; listing ≥ 0.5 of memcpy).

import TokenLedger

/// Counts, lists and lookups over the population.
enum ScopeSuite {
  static func run(_ session: Session) throws {
    let data = try ScopeData(tokenCount: session.options.tokenCount)
    session.figure("tokens", Double(data.state.tokenCount), "")
    session.figure("distinct scope sets", Double(data.state.scopeSetCount), "")
    for size in [1, 2, 3, 8] {
      try counts(session, data, "\(size) common", data.population.commonQueries(size: size))
      try counts(session, data, "\(size) rare", data.population.rareQueries(size: size))
    }
    try namedSets(session, data)
    try listing(session, data, "common", data.population.commonQueries(size: 2))
    try listing(session, data, "rare", data.population.rareQueries(size: 2))
    try lookups(session, data)
  }

  // MARK: Counting

  private static func counts(
    _ session: Session, _ data: ScopeData, _ name: String, _ scopes: [[Int]]
  ) throws {
    let queries = scopes.map { data.query($0) }
    let masks = scopes.map(ScopeMask.init)
    for (query, mask) in zip(queries, masks) {
      let (ours, plain) = (data.count(query), data.table.count(mask))
      try session.check(ours == plain, "count of \(name): \(ours), a plain scan finds \(plain)")
      session.keep(ours)
    }
    let contest = try session.contest(
      "count, \(name)",
      subjects: [.inProcess("TokenFilter count") { UInt64(data.count(queries[$0 & 63])) }],
      rivals: [.inProcess("mask scan") { UInt64(data.table.count(masks[$0 & 63])) }])
    guard name.hasPrefix("2") || name.hasPrefix("3") else { return }
    let microseconds = contest.subjects[0].processorTimes.median / 1000
    session.figure("count, \(name): CPU time", microseconds, "µs", limit: 5)
  }

  private static func namedSets(_ session: Session, _ data: ScopeData) throws {
    let scopes = data.population.commonQueries(size: 2)
    let queries = scopes.map { data.query($0) }
    let names = scopes.map { Set($0.map { data.population.names[$0].string }) }
    try session.check(
      data.count(queries[0]) == data.table.count(names[0]), "count by sets of names")
    try session.contest(
      "count, 2 common, as first written",
      subjects: [.inProcess("TokenFilter count") { UInt64(data.count(queries[$0 & 63])) }],
      rivals: [.inProcess("Set<String> per token") { UInt64(data.table.count(names[$0 & 63])) }])
  }

  // MARK: Listing

  private static func listing(
    _ session: Session, _ data: ScopeData, _ name: String, _ scopes: [[Int]]
  ) throws {
    let queries = scopes.map { data.query($0) }
    let masks = scopes.map(ScopeMask.init)
    let results = try queries.indices.map { try data.checkedIDs(session, queries[$0], masks[$0]) }
    let room = CopyRoom(capacity: data.population.tokens.count)
    let perQuery = Double(results.map(\.count).reduce(0, +)) / Double(results.count)
    session.figure("ids listed a query, 2 \(name)", perQuery, "")
    try session.contest(
      "list ids, 2 \(name)",
      subjects: [.inProcess("appendIDs") { UInt64(data.list(queries[$0 & 63])) }],
      rivals: [.inProcess("memcpy of the result") { room.copy(results[$0 & 63]) }], target: 0.5)
    try session.contest(
      "list ids, 2 \(name), by hand",
      subjects: [.inProcess("appendIDs") { UInt64(data.list(queries[$0 & 63])) }],
      rivals: [.inProcess("mask scan") { UInt64(data.listByScan(masks[$0 & 63])) }])
  }

  // MARK: Looking up

  private static func lookups(_ session: Session, _ data: ScopeData) throws {
    let asked = data.lookups(count: 1024)
    for lookup in asked {
      let ours = data.first(lookup)
      let plain = data.table.first(of: lookup.character.rawValue, lookup.mask)
      try session.check(ours == plain, "lookup: \(ours), a plain table finds \(plain)")
      session.keep(Int(ours))
    }
    try session.contest(
      "getToken(character, 2 scopes)",
      subjects: [
        .inProcess("TokenFilter first") { UInt64(data.first(asked[$0 & 1023])) },
        .inProcess("getToken") { UInt64(data.getToken(asked[$0 & 1023])) },
      ],
      rivals: [
        .inProcess("Dictionary and masks") {
          let lookup = asked[$0 & 1023]
          return UInt64(data.table.first(of: lookup.character.rawValue, lookup.mask))
        }
      ])
  }
}
