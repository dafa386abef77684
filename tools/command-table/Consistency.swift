// Whether the parts of schema/commands.json agree with each other: no name twice, fragments known
// and free of cycles, arity as the arguments say, errors as role and effect say.
// Every fault is reported, not only the first.

extension CommandFile {
  /// All contradictions; none for a file that may be generated from.
  func faults() -> [SchemaFault] {
    // Words can only be counted once every fragment is known and none holds itself.
    let structure = fragmentFaults()
    guard structure.isEmpty else { return structure }
    return repeated(commands) + fragments.flatMap { argumentFaults($0.elements) }
      + commands.flatMap { faults($0, words: 1) + subcommandFaults($0) }
  }

  private func faults(_ command: Command, words nameWords: Int) -> [SchemaFault] {
    nameFaults(command) + arityFaults(command, nameWords) + errorFaults(command)
      + argumentFaults(command.elements)
  }

  private func subcommandFaults(_ command: Command) -> [SchemaFault] {
    repeated(command.subcommands) + command.subcommands.flatMap { faults($0, words: 2) }
  }
}

// MARK: - Names

extension CommandFile {
  private func repeated(_ commands: [Command]) -> [SchemaFault] {
    var seen: Set<String> = []
    return commands.compactMap { command in
      guard !seen.insert(command.name).inserted else { return nil }
      return SchemaFault(path: command.path, message: "\"\(command.name)\" stands twice")
    }
  }

  private func nameFaults(_ command: Command) -> [SchemaFault] {
    var faults: [SchemaFault] = []
    func expect(_ holds: Bool, _ message: String) {
      if !holds { faults.append(SchemaFault(path: command.path, message: message)) }
    }
    let letters = command.name.filter { $0 != "." && $0 != "-" }
    expect(
      !letters.isEmpty && letters.allSatisfy { ("A"..."Z").contains($0) },
      "the name \"\(command.name)\" is not of capitals, dots and hyphens")
    expect(
      command.caseName.lowercased() == letters.lowercased()
        && command.caseName.first?.isLowercase == true,
      "the case \"\(command.caseName)\" is not \"\(command.name)\" in camel case")
    expect(
      command.since.split(separator: ".").compactMap { Int($0) }.count == 3,
      "since \"\(command.since)\" is not a version")
    expect(
      command.summary.hasSuffix(".") && command.complexity.hasSuffix("."),
      "summary and complexity must end with a full stop")
    return faults
  }
}

// MARK: - Arity and errors

extension CommandFile {
  private func arityFaults(_ command: Command, _ nameWords: Int) -> [SchemaFault] {
    guard command.subcommands.isEmpty else {
      let stands = command.elements.isEmpty && [-1, -2].contains(command.arity)
      return stands
        ? []
        : [SchemaFault(path: command.path, message: "has subcommands, so arity is -1 or -2")]
    }
    let name = WordCount(least: nameWords, greatest: nameWords)
    let arity = (name + words(command.elements)).arity
    guard command.arity != arity else { return [] }
    let message = "arity is \(command.arity), but the arguments say \(arity)"
    return [SchemaFault(path: command.path, message: message)]
  }

  private func errorFaults(_ command: Command) -> [SchemaFault] {
    var needed: [ErrorPrefix] = [.err]
    let inner = command.subcommands.map(\.role)
    if command.role != .none || inner.contains(where: { $0 != .none }) { needed.append(.denied) }
    if command.effect == .write { needed += [.diskFull, .readOnly, .limit] }
    return needed.filter { !command.errors.contains($0) }.map {
      SchemaFault(
        path: command.path, message: "role and effect call for the error \($0.rawValue)")
    }
  }
}

// MARK: - Arguments and fragments

extension CommandFile {
  private func argumentFaults(_ elements: [Element]) -> [SchemaFault] {
    elements.flatMap { element -> [SchemaFault] in
      guard case .argument(let argument) = element else { return [] }
      return shapeFaults(argument) + argumentFaults(argument.elements)
    }
  }

  private func shapeFaults(_ argument: Argument) -> [SchemaFault] {
    let inner = flattened(argument.elements).count
    let message: String? =
      switch argument.kind {
      case .pureToken where argument.token == nil: "a pure-token needs a token"
      case .block where inner == 0: "a block needs arguments"
      case .oneOf where inner < 2: "a oneof needs two arguments or more"
      case .oneOf, .block: nil
      default: inner == 0 ? nil : "only oneof and block have arguments"
      }
    return message.map { [SchemaFault(path: argument.path, message: $0)] } ?? []
  }

  private func fragmentFaults() -> [SchemaFault] {
    let lists =
      fragments.map(\.elements) + commands.map(\.elements)
      + commands.flatMap { $0.subcommands.map(\.elements) }
    let uses = lists.flatMap { Self.uses(in: $0) }
    let unknown = uses.filter { use in !fragments.contains { $0.name == use.fragment } }
    let unused = fragments.filter { fragment in !uses.contains { $0.fragment == fragment.name } }
    let cyclic = fragments.filter { reaches($0.name, from: $0, depth: fragments.count) }
    return unknown.map { SchemaFault(path: $0.path, message: "no fragment \"\($0.fragment)\"") }
      + unused.map { SchemaFault(path: "fragments.\($0.name)", message: "is never used") }
      + cyclic.map { SchemaFault(path: "fragments.\($0.name)", message: "holds itself") }
  }

  /// Whether the fragment uses the name, itself or through at most `depth` others.
  private func reaches(_ name: String, from fragment: Fragment, depth: Int) -> Bool {
    let used = Self.uses(in: fragment.elements).map(\.fragment)
    guard !used.contains(name) else { return true }
    guard depth > 0 else { return false }
    let next = fragments.filter { used.contains($0.name) }
    return next.contains { reaches(name, from: $0, depth: depth - 1) }
  }

  private static func uses(in elements: [Element]) -> [(fragment: String, path: String)] {
    elements.flatMap { element -> [(fragment: String, path: String)] in
      switch element {
      case .use(let fragment, _, let path): [(fragment, path)]
      case .argument(let argument): uses(in: argument.elements)
      }
    }
  }
}
