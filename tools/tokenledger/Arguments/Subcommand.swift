// What a subcommand is, as data. The table of all of them is in Subcommand+Table.swift.
// Immutable values. Each subcommand has one file in Commands/ that carries it out; flags of all
// subcommands may stand before its name.

/// The subcommands, by the word that is typed.
enum SubcommandName: String, CaseIterable, Hashable, Sendable {
  case `import`, export, query, history, restore, status, digest, verify, dump, repair
  case audit, replay, watch, report, compact, erase, key, snapshot, checkpoint, completion, man
}

/// One subcommand with all that may be typed behind it.
struct Subcommand: Sendable {
  /// An invocation and what it is for.
  struct Example: Sendable {
    /// What is typed behind `tokenledger `.
    let typed: String
    /// One phrase.
    let purpose: String
  }

  /// The word that is typed.
  let name: SubcommandName
  /// One sentence for the list of subcommands.
  let summary: String
  /// More for the subcommand's own page; may be empty.
  let discussion: String
  /// The words without a flag.
  let operands: [Operand]
  /// The subcommand's own flags.
  let flags: [Flag]
  /// Flags of which only one may be given.
  let exclusive: [FlagName]
  /// What people do with it.
  let examples: [Example]
  /// Whether it works on a ledger, and so takes `--socket` and `--data`.
  let usesLedger: Bool
  /// Whether it may go through a daemon; else it takes `--data` only.
  let usesDaemon: Bool

  /// A subcommand; most have no operands.
  init(
    _ name: SubcommandName, _ summary: String, discussion: String = "", operands: [Operand] = [],
    flags: [Flag] = [], exclusive: [FlagName] = [], usesLedger: Bool = true,
    usesDaemon: Bool = true, examples: [Example]
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.operands = operands
    self.flags = flags
    self.exclusive = exclusive
    self.examples = examples
    self.usesLedger = usesLedger
    self.usesDaemon = usesLedger && usesDaemon
  }

  /// The flags that may stand anywhere, also before the subcommand.
  static let commonFlags = [
    Flag(.socket, .path("PATH"), "the daemon's socket"),
    Flag(.data, .path("DIR"), "the ledger's directory, worked on without the daemon"),
    Flag(.json, "one JSON object a line, for programs"),
    Flag(.progress, "report progress also when the error output is no terminal"),
    Flag(.help, "show help and exit"),
    Flag(.version, "show the version and exit"),
  ]

  /// All flags that the subcommand takes.
  var allFlags: [Flag] {
    flags + Subcommand.commonFlags.filter { takes($0.name) }
  }

  /// Whether one of the common flags has a meaning for the subcommand.
  func takes(_ common: FlagName) -> Bool {
    switch common {
    case .help, .version: true
    case .socket: usesDaemon
    default: usesLedger
    }
  }

  /// The subcommand of that name.
  static func named(_ name: SubcommandName) -> Subcommand {
    guard let found = all.first(where: { $0.name == name })
    else { preconditionFailure("no entry for \(name) in the table of subcommands") }
    return found
  }
}
