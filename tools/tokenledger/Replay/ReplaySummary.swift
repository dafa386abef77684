// What a replay came to: how many events of which kinds, the tokens, and the digest that says
// whether two replays came to the same.
// Pure but for the output.

import TokenLedger

/// The last words of a replay.
enum ReplaySummary {
  /// Shows them.
  static func show(_ replayed: ReplayedState, _ session: Session) throws {
    let state = Figures(replayed)
    guard session.arguments.has(.json) else {
      return try session.console.write(Array(state.text.utf8))
    }
    try session.write(state.json)
  }

  /// What is shown.
  private struct Figures {
    let events: Int64
    let last: Event?
    let tokens: Int64
    let deleted: Int64
    let digest: String
    /// By kind, in the order of their tags.
    let counts: [(name: String, count: Int)]

    init(_ replayed: ReplayedState) {
      events = Int64(replayed.state.lastSequence.rawValue)
      last = replayed.last
      tokens = Int64(replayed.state.tokenCount)
      deleted = Int64(replayed.state.deletedCount)
      digest = replayed.digest
      counts = Event.Tag.allCases.compactMap { tag in
        replayed.counts[tag].map { (tag.name.description, $0) }
      }
    }

    var text: String {
      var table = Table([Table.Column("event"), Table.Column("count", .right)])
      for (name, count) in counts { table.add([name, String(count)]) }
      let end = last.map { "to #\($0.sequence.rawValue), \($0.id.text)" } ?? "none"
      return table.text + """
        events \(events), \(end)
        tokens \(tokens), deleted \(deleted)
        digest \(digest)

        """
    }

    var json: JSONValue {
      .members([
        "events": .integer(events), "last_event_id": last.map { .string($0.id.text) } ?? .null,
        "tokens": .integer(tokens), "deleted_tokens": .integer(deleted),
        "digest": .string(digest),
        "types": .object(
          counts.map { JSONValue.Member(name: $0.name, value: .integer(Int64($0.count))) }),
      ])
    }
  }
}
