// A request that waits for workers: for the refresh of one token or of a selection, or for a login.
// Invariant: it is complete when nothing of it is outstanding, or earlier, when a failure stops
// it. It decides nothing about tokens; the executor answers it.

import TokenLedger

/// Who waits for refreshes, and how far they are.
///
/// A class: the connection and the desk look at the same one.
final class JobWait {
  /// What was asked.
  enum Question: Equatable {
    case access, refresh, refreshOrDelete
    /// TOKENS.BULKREFRESH, TOKENS.REQUIREVALID, TOKENS.CLEANUP.
    case selection
    /// SSO.CALLBACK: the number of the exchange.
    case login(Int64)
  }

  let question: Question
  /// When the asker gives up, on the monotonic clock.
  let deadlineMicroseconds: Int64
  /// Whether a definite failure is to end the token.
  var isEndingWanted: Bool {
    question == .refreshOrDelete || question == .selection && selection?.kind != .upkeep
  }
  /// The tokens whose refresh is not settled.
  private(set) var outstanding: Set<TokenID>
  /// The token of a question about one, and what became of it.
  let token: TokenID?
  private(set) var result: RefreshResult?
  /// The progress of a question about a selection.
  private(set) var selection: SelectionRefresh?
  /// The guard that asks for the selection; nil: the selection itself is the answer.
  var viewGuard: ViewGuard?
  /// What became of a login.
  var loginOutcome: LoginOutcome?
  /// The last event that the answer waits for, once it was decided on.
  var decided: EventSequence?

  /// Waits for one token.
  init(_ question: Question, _ token: TokenID, deadlineMicroseconds: Int64) {
    self.question = question
    self.token = token
    self.deadlineMicroseconds = deadlineMicroseconds
    outstanding = [token]
  }

  /// Waits for the exchange of a code.
  init(login number: Int64, deadlineMicroseconds: Int64) {
    question = .login(number)
    token = nil
    self.deadlineMicroseconds = deadlineMicroseconds
    outstanding = []
  }

  /// Waits for the tokens of a selection.
  init(_ selection: SelectionRefresh, deadlineMicroseconds: Int64) {
    question = .selection
    token = nil
    self.selection = selection
    self.deadlineMicroseconds = deadlineMicroseconds
    outstanding = Set(selection.jobs)
  }

  /// Whether it can be answered.
  var isComplete: Bool {
    if case .login = question { return loginOutcome != nil }
    return outstanding.isEmpty || selection?.isStopped == true
  }

  /// Goes on with another selection; nobody may have the wait meanwhile.
  func goOn(with selection: SelectionRefresh) {
    self.selection = selection
    outstanding = Set(selection.jobs)
    decided = nil
  }

  /// Takes what became of a token.
  func take(_ result: RefreshResult, of id: TokenID) {
    guard outstanding.remove(id) != nil else { return }
    if selection != nil { selection?.take(result, of: id) } else { self.result = result }
  }
}
