// Reads a line by the table of subcommands. Flags and operands may stand in any order, common flags
// also before the subcommand; `--flag value` and `--flag=value` are the same; `--` ends the flags.
// Pure: nothing is opened, and no message is worded here (see Wording+Usage.swift).

/// A cursor over the words of a line.
struct ArgumentParser {
  private var words: ArraySlice<String>
  private var subcommand: Subcommand?
  private var arguments = Arguments(.status)
  private var areFlagsOver = false

  /// Reads `words`, the line without the program's own name.
  ///
  /// - Throws: the first thing that is wrong, reading from the left; what is missing comes last.
  static func parse(_ words: [String]) throws(UsageError) -> Invocation {
    var parser = ArgumentParser(words: words[...])
    return try parser.parse()
  }

  private init(words: ArraySlice<String>) {
    self.words = words
  }

  private mutating func parse() throws(UsageError) -> Invocation {
    while let word = words.popFirst() {
      if !areFlagsOver, word == "--" {
        areFlagsOver = true
      } else if !areFlagsOver, word.hasPrefix("-"), word != "-", Int64(word) == nil {
        try readFlag(word)
      } else {
        try readWord(word)
      }
    }
    if arguments.has(.help) { return .help(subcommand?.name) }
    if arguments.has(.version) { return .version }
    guard let subcommand else { throw .noSubcommand }
    try checkCompleteness(of: subcommand)
    return .run(arguments)
  }

  private mutating func readWord(_ word: String) throws(UsageError) {
    guard let subcommand else { return try readSubcommand(word) }
    let index = arguments.operands.count
    guard index < subcommand.operands.count else { throw .needlessOperand(subcommand.name) }
    let operand = subcommand.operands[index]
    if let fault = operand.kind.fault(of: word) { throw .wrongOperand(operand.placeholder, fault) }
    arguments.add(operand: word)
  }

  private mutating func readSubcommand(_ word: String) throws(UsageError) {
    guard word != "help" else { return arguments.add(.help, "") }
    guard let name = SubcommandName(rawValue: word) else {
      let near = nearName(to: word, among: SubcommandName.allCases.map(\.rawValue))
      throw .unknownSubcommand(word, near: near)
    }
    subcommand = .named(name)
    arguments = arguments.moved(to: name)
  }

  private mutating func readFlag(_ word: String) throws(UsageError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let typed = word == "-h" ? FlagName.help.typed : String(parts[0])
    let flags = subcommand?.allFlags ?? Subcommand.commonFlags
    guard let flag = flags.first(where: { $0.name.typed == typed }) else {
      let near = nearName(to: typed, among: flags.map(\.name.typed))
      throw .unknownFlag(typed, near: near, subcommand?.name)
    }
    if arguments.has(flag.name), !flag.isRepeatable, flag.value != nil {
      throw .repeated(flag.name)
    }
    try arguments.add(flag.name, readValue(of: flag, attached: parts.dropFirst().first))
  }

  private mutating func readValue(
    of flag: Flag, attached: Substring?
  ) throws(UsageError) -> String {
    guard let kind = flag.value else {
      if attached != nil { throw .needlessValue(flag.name) }
      return ""
    }
    let next = words.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
    guard let value = attached.map(String.init) ?? next
    else { throw .missingValue(flag.name, placeholder: kind.placeholder) }
    if attached == nil { words.removeFirst() }
    if let fault = kind.fault(of: value) { throw .wrongValue(flag.name, fault) }
    return value
  }

  private func checkCompleteness(of subcommand: Subcommand) throws(UsageError) {
    let missing = subcommand.operands.dropFirst(arguments.operands.count).first
    if let missing, !missing.isOptional {
      throw .missingOperand(missing.placeholder, subcommand.name)
    }
    if arguments.has(.socket), subcommand.usesLedger, !subcommand.usesDaemon {
      throw .unknownFlag(FlagName.socket.typed, near: FlagName.data.typed, subcommand.name)
    }
    for flag in subcommand.flags where flag.isRequired && !arguments.has(flag.name) {
      throw .missingFlag(flag.name, placeholder: flag.value?.placeholder ?? "", subcommand.name)
    }
    for group in [subcommand.exclusive, [.socket, .data]] {
      let given = group.filter(arguments.has)
      if given.count > 1 { throw .excluded(given[1], by: given[0]) }
    }
  }
}

extension Arguments {
  /// The same flags, given to another subcommand.
  fileprivate func moved(to subcommand: SubcommandName) -> Arguments {
    var moved = Arguments(subcommand)
    for flag in FlagName.allCases {
      for value in values(flag) { moved.add(flag, value) }
    }
    return moved
  }
}
