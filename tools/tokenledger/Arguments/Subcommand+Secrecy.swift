// The subcommands that take secrets out of the log, or keep the keys that seal them, as data.
// What they change is changed for good, which their pages say; their places in the order are in
// Subcommand+Table.swift.

extension Subcommand {
  static let compacting = Subcommand(
    .compact, "Rewrites the log without secrets that no token has any more.",
    discussion: """
      Superseded secrets go, access tokens that expired longer ago than the grace period, and \
      those of tokens deleted longer ago: these cannot be restored any more. Events, history and \
      hash chain stay. The daemon does it beside its work, by itself too (compact-after).
      """,
    flags: [
      Flag(.dryRun, "say what would be freed, and do nothing"),
      Flag(.grace, .count(minimum: 0), "hours that a deleted token keeps its secrets (168)"),
      Flag(.reason, .text("TEXT"), "why, for the history"),
    ],
    examples: [
      Example(typed: "compact --dry-run", purpose: "what it would free"),
      Example(typed: "compact --grace 24 --reason \"disk\"", purpose: "keep deleted ones a day"),
    ])

  static let snapshotting = Subcommand(
    .snapshot, "Writes a snapshot, from which the next start goes on.",
    discussion: """
      A snapshot is a cache: the ledger is the log, and snapshots may be deleted. The daemon makes \
      them by itself too (snapshot-after). The two latest are kept.
      """,
    examples: [Example(typed: "snapshot", purpose: "before a restart")])

  static let erasing = Subcommand(
    .erase, "Erases the secrets of a token from the log, now.",
    discussion: """
      The token stays, and so does its history; its access and refresh token are gone from every \
      segment when this returns. There is no way back. Files that a repair or a torn write left \
      beside the log are not touched.
      """,
    operands: [Operand(placeholder: "ID", kind: .id, summary: "the token, deleted or not")],
    flags: [Flag(.reason, .text("TEXT"), "why, for the history")],
    examples: [Example(typed: "erase 42 --reason \"asked by its owner\"", purpose: "at once")])

  static let keys = Subcommand(
    .key, "Shows the ids of the keys that seal secrets, or adds a new key.",
    discussion: """
      The last key of the file seals what is written from now on; those before it open what they \
      sealed, and stay. The keys themselves are not shown. Keep a copy of the file, not beside the \
      log: without it every secret is lost.
      """,
    operands: [
      Operand(placeholder: "ACTION", kind: .choice(["list", "rotate"]), summary: "what to do")
    ],
    flags: [Flag(.keyFile, .path("PATH"), "the key file (DIR/ledger.key)")],
    usesDaemon: false,
    examples: [
      Example(typed: "key list --data ./ledger", purpose: "which key seals"),
      Example(typed: "key rotate --data ./ledger", purpose: "then SIGHUP for the daemon"),
    ])
}
