// What a flag is, as data. Parsing, usage lines and help pages all come from the same table
// (Subcommand+Table.swift), so that none of them can promise what another does not keep.
// Immutable values; the names are what scripts rely on, so a name is never given another meaning.

/// Every flag of the program, by the word after `--`.
enum FlagName: String, CaseIterable, Hashable, Sendable {
  case socket, data, json, progress, help, version
  case fromDjangoESI = "from-django-esi"
  case skipInvalid = "skip-invalid"
  case toDjangoESI = "to-django-esi"
  case withSecrets = "with-secrets"
  case scopes, scope, exactly
  case equivalentTo = "equivalent-to"
  case expired, fresh, refreshable, character, user
  case noUser = "no-user"
  case type, owner, ids, count, exists, first, fields, limit, after, reverse
  case segment, from, offset
  case dryRun = "dry-run"
  case apply
  case held, since, until, actor, reason, token, asof
  case trace, `break`, diff, step, into, check, csv, cloudevents, last, html
  case digestEvery = "digest-every"
  case grace
  case keyFile = "key-file"
  case against, out

  /// The flag as it is typed.
  var typed: String { "--" + rawValue }
}

/// One flag of one subcommand.
struct Flag: Sendable {
  /// The word after `--`.
  let name: FlagName
  /// What stands behind it; nil for a flag that is given or not.
  let value: ValueKind?
  /// Whether it may be given more than once.
  let isRepeatable: Bool
  /// Whether the subcommand cannot do without it.
  let isRequired: Bool
  /// One phrase for the help page.
  let summary: String

  /// A flag with a value; most may be left out and are given once.
  init(
    _ name: FlagName, _ value: ValueKind, isRepeatable: Bool = false, isRequired: Bool = false,
    _ summary: String
  ) {
    self.name = name
    self.value = value
    self.isRepeatable = isRepeatable
    self.isRequired = isRequired
    self.summary = summary
  }

  /// A flag that is given or not.
  init(_ name: FlagName, _ summary: String) {
    self.name = name
    self.value = nil
    self.isRepeatable = false
    self.isRequired = false
    self.summary = summary
  }

  /// The flag with the placeholder of its value: `--limit N`.
  var usage: String { value.map { "\(name.typed) \($0.placeholder)" } ?? name.typed }
}

/// A word of a subcommand that stands without a flag.
struct Operand: Sendable {
  /// The word that stands for it in usage lines.
  let placeholder: String
  /// What it may be.
  let kind: ValueKind
  /// One phrase for the help page.
  let summary: String
  /// Whether the line may do without it; those behind it then may, too.
  var isOptional = false

  /// The word as usage lines show it.
  var usage: String { isOptional ? "[\(placeholder)]" : placeholder }
}
