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
