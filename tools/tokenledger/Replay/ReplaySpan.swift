// Which part of a log a replay shows, and where it stops: the flags of a line, read once.
// Immutable. The fold itself always starts at the first event: what comes before the part is taken
// silently.

import TokenLedger

/// The part of a log that is looked at.
struct ReplaySpan {
  private let from: Moment?
  private let until: Moment?
  private let token: TokenID?
  /// Where it stops before the end; nil: nowhere.
  let condition: Condition?

  /// Reads the flags of a line.
  ///
  /// - Throws: `ConditionFault`.
  init(_ arguments: Arguments) throws {
    from = arguments.value(.from).flatMap { Moment($0) }
    until = arguments.value(.until).flatMap { Moment($0) }
    token = arguments.value(.token).flatMap { Int64($0) }.flatMap { TokenID($0) }
    condition = try arguments.value(.break).map { try ConditionParser.parse($0) }
  }

  /// Whether the replay takes an event in: all up to the end of the part.
  func takes(_ event: Event) -> Bool { until?.includes(event) ?? true }

  /// Whether an event is behind the part's beginning.
  func hasBegun(at event: Event) -> Bool { from?.isReached(by: event) ?? true }

  /// Whether a step is shown.
  func shows(_ step: ReplayStep) -> Bool {
    hasBegun(at: step.event) && (token == nil || step.event.token == token)
  }

  /// Whether the replay stops behind a step.
  func stops(at step: ReplayStep) -> Bool {
    shows(step) && condition?.holds(for: step) == true
  }
}
