// The subcommands that take secrets out of the log, as data.
// Both change the ledger for good, which their pages say; their places in the order are in
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
}
