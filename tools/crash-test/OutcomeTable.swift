// What came of all injections, counted: one row for each call, fault and phase.
// Rows are sorted, so that two runs with one seed print the same table. What is no outcome here is
// a finding, and ends the campaign.

/// What came of an injection.
enum Outcome: String, Comparable {
  /// Every write was acknowledged, and the daemon ended cleanly when asked to.
  case wentOn = "went on"
  /// Some writes were refused for want of room, and later ones taken.
  case refused = "refused, went on"
  /// A reader's connection was closed, with everything else in order.
  case dropped = "dropped a reader"
  /// It ended by itself with one line and exit code 74.
  case ended = "exit 74"
  /// The injected signal ended it.
  case killed = "killed"
  /// The run was over before the call was made so often.
  case notReached = "not reached"

  static func < (left: Outcome, right: Outcome) -> Bool { left.rawValue < right.rawValue }
}

/// Counts of outcomes.
struct OutcomeTable {
  private var counts: [String: [Outcome: Int]] = [:]

  mutating func note(_ outcome: Outcome, of injection: Injection) {
    let row = [
      Self.padded(injection.phase.rawValue, 12), Self.padded(injection.call, 12),
      Self.padded(injection.fault.rawValue, 7),
    ]
    counts[row.joined(separator: " "), default: [:]][outcome, default: 0] += 1
  }

  /// The table, a line for each row.
  var lines: [String] {
    counts.sorted { $0.key < $1.key }.map { row, outcomes in
      let cells = outcomes.sorted { $0.key < $1.key }.map { "\($0.key.rawValue): \($0.value)" }
      return row + " " + cells.joined(separator: ", ")
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
