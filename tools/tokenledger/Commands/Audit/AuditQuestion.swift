// The auditor's questions, by the names that are typed, with what each takes and what its answer
// means. The help page is made from here, so a definition is written once.
// Each question has one file beside this one that answers it.

/// A question about the ledger's past or present.
enum AuditQuestion: String, CaseIterable {
  case whoCan = "who-can"
  case whatChanged = "what-changed"
  case refreshesByActor = "refreshes-by-actor"
  case failuresByReason = "failures-by-reason"
  case neverUsedScopes = "never-used-scopes"
  case withoutOwner = "without-owner"
  case deletions

  /// How the question is typed, with the flags that it takes.
  var usage: String {
    switch self {
    case .whoCan: "who-can SCOPES [--asof MOMENT]"
    case .whatChanged: "what-changed --since MOMENT [--until MOMENT]"
    case .refreshesByActor, .failuresByReason, .deletions:
      "\(rawValue) [--since MOMENT] [--until MOMENT]"
    case .neverUsedScopes, .withoutOwner: rawValue
    }
  }

  /// What is answered, and what the words of the answer mean.
  var meaning: String {
    switch self {
    case .whoCan: "The tokens with all these scopes, with character, user and owner; now or then."
    case .whatChanged:
      "What happened to each token in the span: how often it was deleted, restored, refreshed …"
    case .refreshesByActor:
      """
      Refreshes by who told their outcome: uid and name of a worker or a program, whatever its pid.
      """
    case .failuresByReason: "Failed refreshes by class and code; failed revocations are none."
    case .neverUsedScopes:
      """
      Scopes of live tokens with which no token, deleted ones included, was ever refreshed. A \
      refresh is the only use that the ledger sees: not the calls that are made with a token, and \
      nothing before an import. Refreshes that nobody asked for (--keep-fresh, --keep-alive) count.
      """
    case .withoutOwner:
      """
      Live tokens without owner hash or without user. On a token without hash a refresh that names \
      the owner fails for good, as if the character had changed hands. A token without user, as a \
      login of an unknown visitor leaves it, is found by no user's queries.
      """
    case .deletions:
      """
      Deleted tokens, why, by whom, and whether `tokenledger restore` can undo it: "yes"; "yes, \
      revoked" if its refresh token is worthless since; "no, restored" if that was done already.
      """
    }
  }

  /// Whether the scopes are an operand of the question.
  var takesScopes: Bool { self == .whoCan }

  /// The flags of `audit` that mean something to the question.
  var flags: Set<FlagName> {
    switch self {
    case .whoCan: [.asof]
    case .whatChanged, .refreshesByActor, .failuresByReason, .deletions: [.since, .until]
    case .neverUsedScopes, .withoutOwner: []
    }
  }

  /// Checks what the table of subcommands cannot say: which words go with which question.
  func check(_ arguments: Arguments) throws(UsageError) {
    let operands = arguments.operands.count
    if takesScopes, operands < 2 { throw .missingOperand("SCOPES", .audit) }
    if !takesScopes, operands > 1 { throw .needlessOperand(.audit) }
    for flag in [FlagName.asof, .since, .until] where arguments.has(flag) && !flags.contains(flag) {
      throw .foreignFlag(flag, rawValue)
    }
    if self == .whatChanged, !arguments.has(.since) {
      throw .missingFlag(.since, placeholder: "MOMENT", .audit)
    }
  }

  /// Finds the answer.
  func answer(_ audit: Audit) throws -> AuditAnswer {
    switch self {
    case .whoCan: try WhoCan.answer(audit)
    case .whatChanged: try WhatChanged.answer(audit)
    case .refreshesByActor: try RefreshesByActor.answer(audit)
    case .failuresByReason: try FailuresByReason.answer(audit)
    case .neverUsedScopes: try NeverUsedScopes.answer(audit)
    case .withoutOwner: try WithoutOwner.answer(audit)
    case .deletions: try Deletions.answer(audit)
    }
  }
}
