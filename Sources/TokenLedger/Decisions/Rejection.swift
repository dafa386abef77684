// What the domain says when it says no. A rejection is a value: nothing was written, nothing
// changed, and the asker can act on it. The order of the cases is the order of precedence.
// Holds names and numbers only, never a byte of what was asked, which may be a secret.

/// Why a command was refused.
///
/// Where several apply, the first in this order is given.
public enum Rejection: Error, Equatable, Sendable {
  /// A value cannot be: which argument, and what would be right.
  case invalid(argument: String, expected: String)
  /// More than a named limit allows.
  case limit(what: String, maximum: Int)
  /// No live token has the id.
  case tokenNotFound(TokenID)
  /// The token is live and not held back: there is nothing to bring back.
  case nothingToRestore(TokenID)
  /// The token was deleted, and its secrets were erased: it cannot come back whole.
  case secretsErased(TokenID)
  /// The token has no refresh token, or an empty one.
  case notRefreshable(TokenID)
  /// The token's last refresh failed definitely, and an operator has to say what becomes of it.
  case tokenHeldBack(TokenID)
  /// No event has the sequence that is given as a lease's fence.
  case unknownFence(TokenID)
  /// The idempotency key was used for another request.
  case keyReused
  /// The id given for a new token is taken, also by a deleted one.
  case identifierTaken(TokenID)
  /// The token's version is not the expected one.
  case versionConflict(current: UInt32, expected: UInt32)
  /// No id above the last one is left.
  case identifiersExhausted
}
