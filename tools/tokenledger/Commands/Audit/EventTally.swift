// Events counted under one heading: how many, of how many tokens, the first and the last.
// The answers that group events are made of these.
// Memory: the tokens of each group, as numbers.

import TokenLedger

/// A count of events.
struct EventTally {
  private(set) var count: Int64 = 0
  private(set) var failures: Int64 = 0
  private var tokens: Set<Int64> = []
  private(set) var first: UnixTime?
  private(set) var last: UnixTime?

  /// Of how many tokens.
  var tokenCount: Int64 { Int64(tokens.count) }

  /// Counts an event; events come in their order.
  mutating func add(_ entry: EventEntry) {
    count += 1
    if entry.type == "refreshFailed" { failures += 1 }
    if let token = entry.token { tokens.insert(token) }
    if first == nil { first = entry.time }
    last = entry.time
  }
}
