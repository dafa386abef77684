// `audit refreshes-by-actor`: who told the outcomes of refreshes, good and bad, and of how many
// tokens. An actor is a uid and the name that the client gave itself; its pid changes with every
// start and is left out. Schema: schema/events.md section 6, `actor`.

import TokenLedger

/// Refreshes, by who made them.
enum RefreshesByActor {
  private static let columns = [
    Table.Column("actor"), Table.Column("refreshes", .right), Table.Column("failures", .right),
    Table.Column("tokens", .right), Table.Column("first"), Table.Column("last"),
  ]

  /// Counts them.
  static func answer(_ audit: Audit) throws -> AuditAnswer {
    var answer = AuditAnswer(columns)
    var actors: [String: EventTally] = [:]
    try audit.forEachEvent([.refreshed, .refreshFailed]) { entry in
      actors[entry.actorWithoutProcess, default: EventTally()].add(entry)
    }
    let sorted = actors.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    for (actor, tally) in sorted {
      answer.add([
        .text(actor), .number(tally.count - tally.failures), .number(tally.failures),
        .number(tally.tokenCount), .init(tally.first), .init(tally.last),
      ])
    }
    let failures = actors.values.reduce(0) { $0 + $1.failures }
    let refreshes = actors.values.reduce(0) { $0 + $1.count } - failures
    answer.summary =
      "\(refreshes) refreshes and \(AuditAnswer.counted(failures, "failure")) by "
      + AuditAnswer.counted(actors.count, "actor")
    return answer
  }
}

extension EventEntry {
  /// Who asked, whatever the process: `uid:1000 name`.
  fileprivate var actorWithoutProcess: String {
    let words = actor.utf8.split(
      separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count > 1, words[1].starts(with: "pid:".utf8) else { return actor }
    return ([words[0]] + words.dropFirst(2)).map { String(decoding: $0, as: UTF8.self) }
      .joined(separator: " ")
  }
}
