// What changed between two moments: of each token that had an event in between, how it was and how
// it is. Owner: the replay.
// Memory: the tokens that changed, not the events.

import TokenLedger

/// The tokens that had an event, as they were before their first one.
struct ReplayDifference {
  private var before: [TokenID: Token?] = [:]

  /// Notes a step of the part that is looked at.
  mutating func note(_ step: ReplayStep) {
    guard let id = step.event.token, before[id] == nil else { return }
    before[id] = .some(step.before)
  }

  /// Shows each token's fate and its changes, in ascending id.
  func show(_ replayed: ReplayedState, _ session: Session) throws {
    for (id, was) in before.sorted(by: { $0.key < $1.key }) {
      let isNow = replayed.state.tokenEvenIfDeleted(id)
      guard let fate = TokenFate(from: was, to: isNow) else { continue }
      let changes = FieldChange.changes(from: was, to: isNow)
      guard session.arguments.has(.json) else {
        let words = changes.map(\.text).joined(separator: ", ")
        try session.console.writeLine("token \(id.rawValue) \(fate.rawValue): \(words)".harmless)
        continue
      }
      try session.write(
        .members([
          "token": .integer(id.rawValue), "fate": .string(fate.rawValue),
          "changes": .list(changes.map(\.json)),
        ]))
    }
  }
}
