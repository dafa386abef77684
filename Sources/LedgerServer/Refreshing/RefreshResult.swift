// What became of the refresh of one token, for those who asked for it: schema/protocol.md,
// "Refreshing", has the reply to each.
// Owner: the loop's thread.

import TokenLedger

/// What the refresh of a token came to.
enum RefreshResult: Equatable {
  case refreshed
  /// The token is not valid any more, and stays: nobody wanted it ended by that.
  case refused
  /// The token is not valid any more, and was ended.
  case ended
  /// The token is not valid any more, and is held back from its end.
  case heldBack
  case misconfigured
  case incomplete
  case unavailable
  /// The token was deleted meanwhile, by somebody else.
  case deleted
  /// The token has no usable refresh token any more.
  case notRefreshable

  /// What an outcome comes to; nil for a late one, which concerns nobody who waits.
  init?(_ outcome: OutcomeDecision, _ failureClass: RefreshFailure.Class?) {
    switch outcome {
    case .refreshed: self = .refreshed
    case .refused: self = .refused
    case .ended: self = .ended
    case .heldBack: self = .heldBack
    case .late: return nil
    case .failed:
      switch failureClass {
      case .configuration: self = .misconfigured
      case .unavailable: self = .unavailable
      default: self = .incomplete
      }
    }
  }
}
