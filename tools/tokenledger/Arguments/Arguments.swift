// What was typed, checked: every value fits its kind, every flag belongs to the subcommand.
// Invariant: whoever holds an `Arguments` need not check it again; a fault is a `UsageError`, which
// holds names of flags and commands and never a value.

/// The arguments of one run of a subcommand.
struct Arguments: Sendable {
  /// The subcommand.
  let subcommand: SubcommandName
  /// The words without a flag, as many as the subcommand needs, or more.
  private(set) var operands: [String] = []
  /// The values of each flag given, in order; a flag without value has the empty text.
  private var given: [FlagName: [String]] = [:]

  /// No arguments yet.
  init(_ subcommand: SubcommandName) {
    self.subcommand = subcommand
  }

  /// Whether the flag was given.
  func has(_ flag: FlagName) -> Bool { given[flag] != nil }

  /// The value of a flag that may be given once.
  func value(_ flag: FlagName) -> String? { given[flag]?.last }

  /// The values of a flag, in the order given.
  func values(_ flag: FlagName) -> [String] { given[flag] ?? [] }

  /// The value of a flag that was checked to be an integer.
  func integer(_ flag: FlagName) -> Int64? { value(flag).flatMap { Int64($0) } }

  /// The value of a flag that parsing requires.
  ///
  /// - Precondition: the table says that the flag is required.
  func required(_ flag: FlagName) -> String {
    guard let value = value(flag) else { preconditionFailure("\(flag.typed) is not required") }
    return value
  }

  /// Notes a flag.
  mutating func add(_ flag: FlagName, _ value: String) { given[flag, default: []].append(value) }

  /// Notes an operand.
  mutating func add(operand: String) { operands.append(operand) }
}

/// What somebody wants who typed a line.
enum Invocation: Sendable {
  /// The help page of a subcommand, or of the program.
  case help(SubcommandName?)
  /// The program's version.
  case version
  /// A run.
  case run(Arguments)
}

/// What is wrong with a line: names of flags and subcommands, never values.
enum UsageError: Error, Equatable, Sendable {
  case noSubcommand
  case unknownSubcommand(String, near: String?)
  case unknownFlag(String, near: String?, SubcommandName?)
  case missingValue(FlagName, placeholder: String)
  case needlessValue(FlagName)
  case wrongValue(FlagName, ValueFault)
  case repeated(FlagName)
  case excluded(FlagName, by: FlagName)
  case missingFlag(FlagName, placeholder: String, SubcommandName)
  case missingOperand(String, SubcommandName)
  case wrongOperand(String, ValueFault)
  case needlessOperand(SubcommandName)
  /// An operand and a flag that say the same thing in two ways.
  case excludedOperand(String, by: FlagName)
  case exportNeedsAFile
  /// A flag of the subcommand that means nothing to the question asked.
  case foreignFlag(FlagName, String)
  /// A restore names no tokens, or names them in two ways.
  case restoreNeedsOneChoice
  /// Neither of two flags was given, and the program does not choose.
  case noChoice(FlagName, FlagName, SubcommandName)
}
