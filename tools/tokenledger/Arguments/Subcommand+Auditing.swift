// The entries of the table for looking back: what happened, and the auditor's questions.
// What is asked is said here; how it is answered is in Commands/HistoryCommand.swift and
// Commands/Audit.

extension Subcommand {
  /// `history`.
  static let history = Subcommand(
    .history, "Shows what happened: to one token, or to all that the flags choose.",
    discussion: """
      Deleted tokens included, the oldest event first. Of one flag given again any value may fit; \
      different flags must all fit. A MOMENT is a time, an event id, or # and a sequence. A table \
      is coloured on a terminal only, and never with NO_COLOR.
      """,
    operands: [
      Operand(
        placeholder: "ID", kind: .id, summary: "the token; without it, the whole ledger",
        isOptional: true)
    ],
    flags: EventSelection.flags + [
      Flag(.count, .count(minimum: 1), "at most so many events"),
      Flag(.reverse, "newest first"),
    ] + EventWriter.flags,
    exclusive: EventWriter.exclusive,
    examples: [
      Example(typed: "history 42 --reverse --count 5", purpose: "the last five events of a token"),
      Example(
        typed: "history --user 17 --type deleted --since 2026-11-23T11:00:00Z",
        purpose: "what a user has lost since then"),
      Example(typed: "history --actor 33 --csv > actor.csv", purpose: "all that a uid did"),
      Example(
        typed: "history --cloudevents > events.jsonl", purpose: "everything, for an archive"),
    ])
}

extension Subcommand {
  /// `audit`.
  static let audit = Subcommand(
    .audit, "Answers an auditor's question about the ledger, past or present.",
    discussion: auditDiscussion,
    operands: [
      Operand(
        placeholder: "QUESTION", kind: .choice(AuditQuestion.allCases.map(\.rawValue)),
        summary: "one of those above"),
      Operand(
        placeholder: "SCOPES", kind: .text("SCOPES"),
        summary: "for who-can: all of these, with blanks between them", isOptional: true),
    ],
    flags: [
      Flag(.asof, .moment, "the state of then, and what was expired then"),
      Flag(.since, .moment, "events from this moment on"),
      Flag(.until, .moment, "events up to this moment"),
      Flag(.csv, "comma-separated values, for spreadsheets"),
    ],
    exclusive: [.json, .csv],
    examples: [
      Example(
        typed: "audit who-can esi-wallet.read_character_wallet.v1 --asof 2026-11-17T12:00:00Z",
        purpose: "who could read wallets last Tuesday"),
      Example(
        typed: "audit what-changed --since 2026-11-23T11:00:00Z", purpose: "since the outage"),
      Example(typed: "audit failures-by-reason --since 2026-11-23T00:00:00Z", purpose: "today"),
      Example(typed: "audit never-used-scopes", purpose: "what need not be asked for"),
      Example(typed: "audit deletions --csv > deletions.csv", purpose: "for a spreadsheet"),
    ])

  private static var auditDiscussion: String {
    let questions = AuditQuestion.allCases.map { "\($0.usage)\n\($0.meaning)" }
    return questions.joined(separator: "\n\n")
      + "\n\nA MOMENT is a time, an event id, or # and a sequence. No answer holds a secret."
  }
}
