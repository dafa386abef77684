// The table of subcommands: the one place that says what can be typed.
// Parser, usage lines, help pages and completion are made from it, so a flag is added here and read
// in its command, and nowhere else.

extension Subcommand {
  /// Every subcommand, in the order of the help page.
  static let all = [
    importing, exporting, querying, history, watching, audit, reporting, restoring, status, digest,
    replaying,
    verify, checkpoint, snapshotting, compacting, erasing, keys, dump, repair,
    completion, manual,
  ]

  private static let importing = Subcommand(
    .import, "Brings the tokens of another system into the ledger.",
    discussion: """
      FILE is what `manage.py dumpdata esi` writes, or - for the standard input. Ids and times are \
      kept. The whole file is checked first; one bad record, and nothing of it is imported, unless \
      --skip-invalid leaves the bad ones out. Run twice, it changes nothing.
      """,
    flags: [
      Flag(.fromDjangoESI, .path("FILE"), isRequired: true, "the JSON of `manage.py dumpdata esi`"),
      Flag(.skipInvalid, "leave bad records out, name them, and import the rest"),
    ],
    examples: [
      Example(typed: "import --from-django-esi esi.json", purpose: "into the ledger at hand"),
      Example(
        typed: "import --from-django-esi - --data ./ledger",
        purpose: "from a pipe, into a directory"),
    ])

  private static let exporting = Subcommand(
    .export, "Writes the tokens as a fixture for another system.",
    discussion: """
      FILE can be read by `manage.py loaddata`. Without --with-secrets the access and refresh \
      tokens are left empty. With it the role admin is needed, and the file is readable by its \
      owner only.
      """,
    flags: [
      Flag(.toDjangoESI, .path("FILE"), isRequired: true, "the fixture for `manage.py loaddata`"),
      Flag(.withSecrets, "also write the access and refresh tokens"),
    ],
    examples: [
      Example(typed: "export --to-django-esi esi.json", purpose: "without secrets"),
      Example(
        typed: "export --to-django-esi esi.json --with-secrets", purpose: "a way back to Django"),
    ])

  private static let querying = Subcommand(
    .query, "Finds tokens.",
    discussion: """
      All conditions given must hold; without one, all tokens are found. A scopes text is split at \
      white space; the empty text asks for tokens with no scopes.
      """,
    flags: [
      Flag(.scopes, .text("SCOPES"), isRepeatable: true, "has all these scopes, and maybe more"),
      Flag(.scope, .text("NAME"), isRepeatable: true, "has the scope of this name, taken as it is"),
      Flag(.exactly, .text("SCOPES"), isRepeatable: true, "has just these scopes"),
      Flag(
        .equivalentTo, .id, isRepeatable: true,
        "another token of its character and scopes, of its user or of none"),
      Flag(.expired, "expires now or did before"),
      Flag(.fresh, "expires later"),
      Flag(.refreshable, "has a refresh token"),
      Flag(.held, "held back by the guard against mass deletion"),
      Flag(.character, .integer, isRepeatable: true, "of this character"),
      Flag(.user, .text("USER"), isRepeatable: true, "of this user"),
      Flag(.noUser, "of no user"),
      Flag(.type, .choice(["character", "corporation"]), isRepeatable: true, "of this type"),
      Flag(.owner, .text("HASH"), isRepeatable: true, "of this owner hash"),
      Flag(.ids, .ids, isRepeatable: true, "one of these"),
      Flag(.asof, .moment, "as it was after this moment"),
      Flag(.after, .id, "only ids above this one"),
      Flag(.limit, .count(minimum: 0), "at most so many, the lowest ids"),
      Flag(.count, "show how many there are"),
      Flag(.exists, "show whether there is one"),
      Flag(.first, "show the lowest id"),
      Flag(.fields, .fields, "show these fields"),
    ],
    exclusive: [.count, .exists, .first, .fields],
    examples: [
      Example(
        typed: "query --scopes \"publicData esi-mail.read_mail.v1\" --count",
        purpose: "how many may do both"),
      Example(
        typed: "query --character 95465499 --json", purpose: "all that is known, for programs"),
      Example(typed: "query --expired --refreshable --fields id,user", purpose: "who waits"),
      Example(
        typed: "query --scopes esi-wallet.read_character_wallet.v1 --asof 2026-11-17T12:00:00Z",
        purpose: "who could read wallets then"),
    ])

  private static let restoring = Subcommand(
    .restore, "Brings deleted tokens back, or lets go of those held back.",
    discussion: """
      One token by its id, all that are held back, or all that were deleted in a span of time. A \
      token comes back as it was; what was changed since is left alone. Many at once need the role \
      admin.
      """,
    operands: [
      Operand(placeholder: "ID", kind: .id, summary: "the token", isOptional: true)
    ],
    flags: [
      Flag(.held, "all that the guard against mass deletion holds back"),
      Flag(.since, .time, "all that were deleted then or later"),
      Flag(.until, .time, "but not later than this"),
      Flag(.actor, .count(minimum: 0), "and only by the user with this uid"),
      Flag(.reason, .text("TEXT"), "why, for the history"),
    ],
    exclusive: [.held, .since],
    examples: [
      Example(typed: "restore 42 --reason mistake", purpose: "one token"),
      Example(
        typed: "restore --since 2026-11-23T11:00:00Z --reason outage",
        purpose: "the day after an outage"),
      Example(typed: "restore --held", purpose: "when the guard was right to wait"),
    ])

  private static let status = Subcommand(
    .status, "Shows the state of the ledger.",
    examples: [Example(typed: "status --json", purpose: "for monitoring")])

  private static let digest = Subcommand(
    .digest, "Shows the digest of the whole state, to compare two ledgers.",
    flags: [Flag(.asof, .moment, "as it was after this moment")],
    examples: [
      Example(typed: "digest --data ./copy", purpose: "of a copy"),
      Example(typed: "digest --asof \"#1200\"", purpose: "after the event with this sequence"),
    ])

  private static let verify = Subcommand(
    .verify, "Reads every byte of a ledger and says what is wrong with it.",
    discussion: """
      Checks each frame, the links between segments, the hash chain, and that the events fit each \
      other; also while a daemon writes. Changes nothing. Exit code 0: good, 65: damaged, or \
      changed since a checkpoint.
      """,
    flags: [
      Flag(
        .against, .path("FILE"), isRepeatable: true,
        "a checkpoint: finds what was changed before it, even with every check made anew")
    ],
    usesDaemon: false,
    examples: [
      Example(typed: "verify --data ./ledger", purpose: "every now and then, and after a crash"),
      Example(typed: "verify --data ./copy --json", purpose: "of a backup, for monitoring"),
    ])

  private static let checkpoint = Subcommand(
    .checkpoint, "Shows the head of the log, to be kept elsewhere.",
    discussion: """
      With a checkpoint, `verify --against` finds any edit, loss or insertion before it, also \
      where all checks and the whole chain were made anew. Keep it where whoever can change the \
      log cannot.
      """,
    flags: [Flag(.out, .path("FILE"), "write it to this file")],
    exclusive: [.out, .json],
    examples: [
      Example(typed: "checkpoint --out /mnt/elsewhere/today", purpose: "every day"),
      Example(typed: "verify --against /mnt/elsewhere/today --data ./ledger", purpose: "then"),
    ])

  private static let dump = Subcommand(
    .dump, "Shows the pieces of the log, good and bad, a line each.",
    discussion: """
      Frames with their offset, size and checks, and the facts of events; secrets as fingerprints \
      and sizes, never as bytes. Works on damaged logs too, and changes nothing.
      """,
    flags: [
      Flag(.segment, .text("NAME"), "only of the segment with this file name"),
      Flag(.from, .count(minimum: 1), "from the event with this sequence on"),
      Flag(.offset, .count(minimum: 0), "only what reaches behind this offset of its file"),
      Flag(.count, .count(minimum: 1), "at most so many pieces"),
    ],
    exclusive: [.from, .offset], usesDaemon: false,
    examples: [
      Example(
        typed: "dump --segment 00000000000000000001.segment --offset 4096 --count 3",
        purpose: "what stands at a place"),
      Example(typed: "dump --from 1200 --json", purpose: "the log from an event on"),
    ])

  private static let repair = Subcommand(
    .repair, "Says what can be done about a damaged log, and does it.",
    discussion: """
      Flipped bits, padding and trailers are mended where the hash chain proves it; the log is cut \
      before the first damage that is left. What is given up is said in full, and kept; files are \
      copied to DIR/repair-N before they are changed. No daemon may run meanwhile.
      """,
    flags: [
      Flag(.dryRun, "say what would be done, and do nothing"),
      Flag(.apply, "do it"),
    ],
    exclusive: [.dryRun, .apply], usesDaemon: false,
    examples: [
      Example(typed: "repair --data ./ledger --dry-run", purpose: "first"),
      Example(typed: "repair --data ./ledger --apply", purpose: "then, if that is acceptable"),
    ])

  private static let completion = Subcommand(
    .completion, "Writes the completion script of a shell.",
    operands: [
      Operand(placeholder: "SHELL", kind: .choice(["bash", "zsh", "fish"]), summary: "the shell")
    ],
    usesLedger: false,
    examples: [
      Example(
        typed: "completion bash > ~/.local/share/bash-completion/completions/tokenledger",
        purpose: "for one user"),
      Example(
        typed: "completion zsh > ~/.zsh/completions/_tokenledger",
        purpose: "into a folder of fpath"),
      Example(
        typed: "completion fish > ~/.config/fish/completions/tokenledger.fish",
        purpose: "for fish"),
    ])

  private static let manual = Subcommand(
    .man, "Writes the manual page.", usesLedger: false,
    examples: [
      Example(typed: "man > ~/.local/share/man/man1/tokenledger.1", purpose: "for one user")
    ])
}
