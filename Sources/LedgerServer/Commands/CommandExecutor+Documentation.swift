// COMMAND and its subcommands, answered from the table that schema/commands.json generates, so that
// they cannot say anything else than the documentation.
// redis-cli builds its hints from COMMAND DOCS and COMMAND; it wants flags as simple strings and
// names in lower case.

import RESP

extension CommandExecutor {
  func describeCommands(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    guard !arguments.isAtEnd else {
      try writeInformation(CommandName.allCases.map(Optional.some), &reply)
      return
    }
    let subcommand: CommandSubcommand = try self.subcommand(&arguments, for: session)
    switch subcommand {
    case .count: reply.writeInteger(Int64(CommandName.allCases.count))
    case .docs: writeDocumentation(try commands(&arguments).compactMap(\.self), &reply)
    case .info: try writeInformation(try commands(&arguments), &reply)
    case .list:
      reply.writeArrayHeader(count: CommandName.allCases.count)
      for command in CommandName.allCases { reply.writeBulk(command.lowercasedName) }
    }
  }

  /// The commands that are named, nil for unknown ones; all of them where none is.
  private func commands(_ arguments: inout ArgumentReader) throws(CommandError) -> [CommandName?] {
    guard !arguments.isAtEnd else { return CommandName.allCases }
    var commands: [CommandName?] = []
    while !arguments.isAtEnd { commands.append(Self.names[try arguments.next("a command")]) }
    return commands
  }

  // MARK: COMMAND INFO

  private func writeInformation(
    _ commands: [CommandName?], _ reply: inout ReplyWriter
  ) throws(CommandError) {
    reply.writeArrayHeader(count: commands.count)
    for command in commands {
      guard let command else {
        reply.writeNullArray()
        continue
      }
      writeInformation(command.specification, command.lowercasedName, &reply)
    }
  }

  /// The ten parts of Redis 7; keys, categories, tips and key specifications are empty.
  private func writeInformation(
    _ specification: CommandSpecification, _ name: String, _ reply: inout ReplyWriter
  ) {
    reply.writeArrayHeader(count: 10)
    reply.writeBulk(name)
    reply.writeInteger(Int64(specification.arity))
    reply.writeSetHeader(count: 1)
    reply.writeSimple(specification.effect == .write ? "write" : "readonly")
    for _ in 0..<3 { reply.writeInteger(0) }
    for _ in 0..<3 { reply.writeArrayHeader(count: 0) }
    reply.writeArrayHeader(count: specification.subcommands.count)
    for subcommand in specification.subcommands {
      writeInformation(subcommand, subcommand.fullName(of: name), &reply)
    }
  }

  // MARK: COMMAND DOCS

  private func writeDocumentation(_ commands: [CommandName], _ reply: inout ReplyWriter) {
    reply.writeMapHeader(pairCount: commands.count)
    for command in commands {
      reply.writeBulk(command.lowercasedName)
      writeDocumentation(command.specification, command.lowercasedName, &reply)
    }
  }

  private func writeDocumentation(
    _ specification: CommandSpecification, _ name: String, _ reply: inout ReplyWriter
  ) {
    let hasArguments = !specification.arguments.isEmpty
    let hasSubcommands = !specification.subcommands.isEmpty
    reply.writeMapHeader(pairCount: 4 + (hasArguments ? 1 : 0) + (hasSubcommands ? 1 : 0))
    reply.writePair("summary", specification.summary)
    reply.writePair("since", specification.since)
    reply.writePair("group", specification.group.rawValue)
    reply.writePair("complexity", specification.complexity)
    if hasArguments { write(specification.arguments, &reply) }
    guard hasSubcommands else { return }
    reply.writeBulk("subcommands")
    reply.writeMapHeader(pairCount: specification.subcommands.count)
    for subcommand in specification.subcommands {
      reply.writeBulk(subcommand.fullName(of: name))
      writeDocumentation(subcommand, name, &reply)
    }
  }

  private func write(_ arguments: [CommandArgument], _ reply: inout ReplyWriter) {
    reply.writeBulk("arguments")
    reply.writeArrayHeader(count: arguments.count)
    for argument in arguments { write(argument, &reply) }
  }

  private func write(_ argument: CommandArgument, _ reply: inout ReplyWriter) {
    let hasArguments = !argument.arguments.isEmpty
    let hasFlags = !argument.flags.isEmpty
    let optional = [argument.token != nil, hasFlags, hasArguments].count(where: \.self)
    reply.writeMapHeader(pairCount: 2 + optional)
    reply.writePair("name", argument.name)
    reply.writePair("type", argument.kind.rawValue)
    if let token = argument.token { reply.writePair("token", token) }
    if hasFlags { write(argument.flags, &reply) }
    if hasArguments { write(argument.arguments, &reply) }
  }

  private func write(_ flags: ArgumentFlags, _ reply: inout ReplyWriter) {
    let isBoth = flags.contains([.optional, .multiple])
    reply.writeBulk("flags")
    reply.writeSetHeader(count: isBoth ? 2 : 1)
    if flags.contains(.optional) { reply.writeSimple("optional") }
    if flags.contains(.multiple) { reply.writeSimple("multiple") }
  }

  // MARK: Subcommands

  /// Takes the name of a subcommand, and checks word count and role.
  func subcommand<Subcommand: RawRepresentable<UInt8>>(
    _ arguments: inout ArgumentReader, for session: Session
  ) throws(CommandError) -> Subcommand {
    let command = arguments.command
    let specification = command.specification
    let words = arguments.remaining + 1
    let name = try arguments.next("the subcommand")
    let index = specification.subcommands.firstIndex {
      name.equalsIgnoringCase(Array($0.name.description.utf8))
    }
    guard let index, let subcommand = Subcommand(rawValue: UInt8(index))
    else { throw .unknownSubcommand(command) }
    let found = specification.subcommands[index]
    guard found.arity < 0 ? words >= -found.arity : words == found.arity
    else { throw .wrongArity(found.fullName(of: command.lowercasedName)) }
    guard session.role >= found.role else { throw .denied(needed: found.role) }
    return subcommand
  }
}

extension CommandName {
  var lowercasedName: String { specification.name.description.lowercased() }
}

extension CommandSpecification {
  /// `client|setname`, of a subcommand.
  fileprivate func fullName(of command: String) -> String {
    "\(command)|\(name.description.lowercased())"
  }
}
