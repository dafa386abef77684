// Which secrets leave the log. The plan is made on the loop's thread from the state and read on the
// thread that rewrites; it never changes.
// Invariant: what a plan takes, no state from then on needs. The secrets of events up to `through`
// that no token has now will never be a token's again (schema/events.md section 4: each event takes
// over secrets of its own, or keeps what is there).

import EventLog
import TokenLedger

/// Says which secrets are to be erased.
struct ErasurePlan: SectionErasing {
  /// Which secrets of the events up to some event.
  enum Scope: Sendable {
    /// All but those at these places, which ascend.
    case allBut([SecretPlace])
    /// All of one token.
    case ofToken(TokenID)
  }

  let scope: Scope
  /// The last event whose secrets may go.
  let through: EventSequence

  func erases(_ index: Int, of event: LogEvent) -> Bool {
    guard event.sequence <= through.rawValue else { return false }
    switch scope {
    case .allBut(let needed):
      let place = SecretPlace(sequence: EventSequence(event.sequence), section: index)
      return !needed.containsInOrder(place)
    case .ofToken(let id):
      // A replay has read the event: what it cannot decode now was damaged since, and is found by
      // the checks of the frame.
      do throws(EventDecodingError) { return try Event.token(inFacts: event.facts) == id } catch {
        return false
      }
    }
  }
}

extension [SecretPlace] {
  /// Whether an ascending list has `place`.
  ///
  /// - Complexity: O(log count).
  fileprivate func containsInOrder(_ place: SecretPlace) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == place
  }
}
