// The subcommand that folds a log again, as data.
// A file of its own, since it has many flags; its place in the order is in
// Subcommand+Table.swift.

extension Subcommand {
  static let replaying = Subcommand(
    .replay, "Folds the log again, event by event, to see how the state came to be.",
    discussion: """
      Works on the directory alone, also beside a daemon, and changes nothing there. Shown is what \
      lies between --from and --until; with neither --trace nor another way to look, a summary. A \
      CONDITION compares type, seq, token, character, user, scope, actor, reason, class or code \
      with = != ~ !~ < <= > >= (~ takes patterns), joined by and, or, not and parentheses. --step \
      takes commands from the standard input: help lists them.
      """,
    flags: [
      Flag(.from, .moment, "show from this moment on"),
      Flag(.until, .moment, "end after this moment"),
      Flag(.token, .id, "show only what happens to this token"),
      Flag(.trace, "a line for each event: what it is, and what it changed"),
      Flag(.break, .condition, "end behind the first event for which it holds; exit code 1: none"),
      Flag(.digestEvery, .count(minimum: 1), "the digest of the state after every N events"),
      Flag(.diff, "what changed between --from and --until, token by token"),
      Flag(.step, "stop behind events and take commands"),
      Flag(.into, .path("NEWDIR"), "copy the ledger up to --until, secrets left out"),
      Flag(.withSecrets, "with --into: copy the secrets, too"),
      Flag(.check, .path("SOCKET"), "compare with what this daemon has in memory"),
    ],
    exclusive: [.trace, .diff, .step, .into, .check], usesDaemon: false,
    examples: [
      Example(typed: "replay --token 42 --trace", purpose: "a token's life, change by change"),
      Example(
        typed: "replay --diff --from 2026-11-23T11:00:00Z --until 2026-11-23T12:00:00Z",
        purpose: "what an hour did"),
      Example(
        typed: "replay --break \"type=deleted and character=95465499\"",
        purpose: "the first time it went"),
      Example(typed: "replay --step --from \"#1200\"", purpose: "from an event on, by hand"),
      Example(typed: "replay --until \"#1200\" --into ./copy", purpose: "for a colleague"),
      Example(
        typed: "replay --data ./ledger --check ./ledger/tokenledger.sock",
        purpose: "is the daemon's memory what its log says?"),
    ])
}
