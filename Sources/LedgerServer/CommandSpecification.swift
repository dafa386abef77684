// What a command of the socket is, as data: the types that the generated CommandTable.swift
// fills from schema/commands.json, and that COMMAND DOCS, INFO and LIST answer from.
// Nothing here runs on the hot path: a request asks `CommandName` for arity, role and effect.
// Immutable, so any thread may read it. Schema: schema/commands.json, schema/protocol.md.

/// What a connection may do; each role may do all that the one before it may.
///
/// The daemon gives a role to a connection by the uid and gid that the kernel attests.
///
/// - Source: `schema/protocol.md`, "Identity and roles".
public enum Role: UInt8, CaseIterable, Comparable, Sendable {
  /// Commands that say nothing about the ledger: greeting, ping, command documentation.
  case none = 0
  /// Queries, histories and figures; no secrets.
  case reader = 1
  /// Also access tokens.
  case user = 2
  /// Also refresh jobs, which carry refresh tokens.
  case refresher = 3
  /// Also create, grant and delete.
  case writer = 4
  /// Everything, also both secrets of any token and the end of the daemon.
  case admin = 5

  /// Orders the roles by what they may do.
  public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// What a command does to the ledger, which decides when it may run and when it is answered.
enum CommandEffect: UInt8, Sendable {
  /// Looks at the state: waits for this connection's earlier writes, never for the disk.
  case read
  /// Appends events: answered when they are durable.
  case write
  /// Touches neither state nor log: answered at once, also while the ledger is loading.
  case connection
}

/// The chapter of the command reference that a command stands in.
enum CommandGroup: String, Sendable {
  case token, tokens, refresh, sso, ledger, stream, connection, server
}

/// One command, or one subcommand of a command.
struct CommandSpecification: Sendable {
  /// The name in capitals; of a subcommand, its second word alone (`SETNAME`).
  let name: StaticString
  let summary: String
  /// The version that had the command first.
  let since: String
  let group: CommandGroup
  /// The number of words with the name (and the subcommand): n means exactly n, -n at least n.
  let arity: Int
  let complexity: String
  /// The least role that may run it.
  let role: Role
  let effect: CommandEffect
  let arguments: [CommandArgument]
  /// In the order of the enum of its subcommands; empty for a command without.
  let subcommands: [CommandSpecification]
}

/// One argument of a command, in the form of Redis's COMMAND DOCS.
struct CommandArgument: Sendable {
  /// The word that stands for the value in documentation: lower case, hyphens.
  let name: String
  let kind: ArgumentKind
  /// The keyword before the value; of a pure token, the keyword that is the argument.
  let token: String?
  let flags: ArgumentFlags
  /// The choices of a `oneOf`, the sequence of a `block`; empty otherwise.
  let arguments: [CommandArgument]

  /// An argument; most have no flags and no arguments of their own.
  init(
    _ name: String, _ kind: ArgumentKind, token: String? = nil, _ flags: ArgumentFlags = [],
    _ arguments: [CommandArgument] = []
  ) {
    self.name = name
    self.kind = kind
    self.token = token
    self.flags = flags
    self.arguments = arguments
  }
}

extension [CommandArgument] {
  /// The lists one after the other; literals joined by `+` would take the compiler long.
  static func list(_ parts: [CommandArgument]...) -> [CommandArgument] { parts.flatMap(\.self) }

  /// The arguments, each with the flags besides its own.
  static func flagged(_ list: [CommandArgument], _ flags: ArgumentFlags) -> [CommandArgument] {
    list.map {
      CommandArgument($0.name, $0.kind, token: $0.token, $0.flags.union(flags), $0.arguments)
    }
  }
}

/// The form of an argument; the raw value is Redis's name for it.
enum ArgumentKind: String, Sendable {
  case string, integer, double, key, pattern, block
  case pureToken = "pure-token"
  case oneOf = "oneof"
  case unixTime = "unix-time"
}

/// What else holds of an argument.
///
/// COMMAND DOCS sends the flags as simple strings: redis-cli 7.0 aborts on bulk strings there.
struct ArgumentFlags: OptionSet, Sendable {
  let rawValue: UInt8

  /// It may be left out.
  static let optional = ArgumentFlags(rawValue: 1 << 0)
  /// It may stand several times, one after the other.
  static let multiple = ArgumentFlags(rawValue: 1 << 1)
}
