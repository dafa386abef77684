// Events that were decided on and are not yet durable. Nobody may see them, but a decision must not
// contradict them: a command whose token or key is in flight waits until it is not.
//
//   submitted ──────────┐┌── pending ──
//   e1  e2  e3  e4  e5  ││ e6  e7  e8      waiting = e1 … e8, submittedCount = 5
//
// Invariant: `waiting` are the sequences after the state's last one, without a gap.

import TokenLedger

/// The events between the decision and the disk.
struct InFlight {
  private(set) var waiting: [Event] = []
  /// How many of them are in the batch that is being written.
  private(set) var submittedCount = 0
  private var tokens: [TokenID: EventSequence] = [:]
  private var keys: [Text: EventSequence] = [:]
  /// The highest id of a token that is being created.
  private var highestToken: TokenID?

  var isEmpty: Bool { waiting.isEmpty }
  /// The event that the next one follows; nil: the state's last.
  var last: Event? { waiting.last }

  /// The last event in flight for a token.
  func sequence(of token: TokenID) -> EventSequence? { tokens[token] }

  /// The event in flight that used a key.
  func sequence(ofKey key: Text) -> EventSequence? { keys[key] }

  /// The id after every one that is being created; nil when none is.
  var freeTokenID: TokenID?? { highestToken.map(\.next) }

  mutating func append(_ event: Event) {
    waiting.append(event)
    if let token = event.token {
      tokens[token] = event.sequence
      if event.tag == .created { highestToken = max(highestToken ?? token, token) }
    }
    if let key = event.key { keys[key.name] = event.sequence }
  }

  /// Notes that everything waiting is in the batch being written.
  mutating func submit() {
    submittedCount = waiting.count
  }

  /// Takes out the events of the batch that was written.
  ///
  /// - Complexity: O(events waiting).
  mutating func takeSubmitted() -> [Event] {
    let taken = Array(waiting[..<submittedCount])
    waiting.removeFirst(submittedCount)
    submittedCount = 0
    for event in taken { forget(event) }
    if waiting.isEmpty { highestToken = nil }
    return taken
  }

  /// Forgets everything: none of it will be written.
  mutating func removeAll() {
    self = InFlight()
  }

  private mutating func forget(_ event: Event) {
    if let token = event.token, tokens[token] == event.sequence { tokens[token] = nil }
    if let key = event.key { keys[key.name] = nil }
  }
}
