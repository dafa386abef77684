// schema/commands.json as values: the commands and the argument lists that several of them share.
// Reading is strict in form (fields, types, words); whether the parts agree with each other is
// Consistency.swift's question.

import Foundation

/// The whole file.
struct CommandFile {
  /// Shared argument lists, sorted by name.
  let fragments: [Fragment]
  /// In the order of the file, which is the order of the reference and of the generated enum.
  let commands: [Command]
}

/// An argument list with a name.
struct Fragment {
  let name: String
  let elements: [Element]
}

/// One place in an argument list.
indirect enum Element {
  case argument(Argument)
  /// All arguments of a fragment, each with the flags besides its own.
  case use(fragment: String, flags: [Flag], path: String)
}

/// One argument.
struct Argument {
  let name: String
  let kind: Kind
  let token: String?
  let flags: [Flag]
  let elements: [Element]
  let path: String
}

/// One command or subcommand.
struct Command {
  let name: String
  /// The case of the generated enum.
  let caseName: String
  let summary: String
  let since: String
  let group: Group
  let arity: Int
  let complexity: String
  let role: RoleWord
  let effect: EffectWord
  let elements: [Element]
  let reply: Reply
  let errors: [ErrorPrefix]
  let subcommands: [Command]
  let path: String
}

/// What the command answers, in words.
enum Reply {
  case same(String)
  case different(resp2: String, resp3: String)
}

extension CommandFile {
  /// Reads the file's bytes.
  ///
  /// - Throws: The first fault of form, with the way to it.
  init(json: Data) throws(SchemaFault) {
    guard let value = try? JSONSerialization.jsonObject(with: json) else {
      throw SchemaFault(path: "file", message: "is not JSON")
    }
    var fields = try Fields(value, path: "file")
    guard try fields.integer("format") == 1 else {
      throw SchemaFault(path: "file.format", message: "is not 1, the only format there is")
    }
    var shared = try Fields(fields.value("fragments"), path: "fragments")
    fragments = try shared.names.map { name throws(SchemaFault) in
      Fragment(name: name, elements: try shared.elements(name))
    }
    commands = try fields.list("commands").map { item throws(SchemaFault) in
      try Command(item.value, path: item.path, group: nil)
    }
    try fields.finish()
  }
}

extension Command {
  /// Reads a command or, given the group of its command, a subcommand.
  init(_ value: Any, path: String, group container: Group?) throws(SchemaFault) {
    var fields = try Fields(value, path: path)
    self.path = path
    name = try fields.string("name")
    caseName = try fields.string("case")
    summary = try fields.string("summary")
    since = try fields.string("since")
    let group = if let container { container } else { try fields.word("group", of: Group.self) }
    self.group = group
    arity = try fields.integer("arity")
    complexity = try fields.string("complexity")
    role = try fields.word("role", of: RoleWord.self)
    effect = try fields.word("effect", of: EffectWord.self)
    elements = try fields.elements("arguments")
    reply = try Reply(fields.value("reply"), path: "\(path).reply")
    errors = try fields.words("errors", of: ErrorPrefix.self)
    let inner = container == nil ? try fields.list("subcommands", mayBeMissing: true) : []
    subcommands = try inner.map { item throws(SchemaFault) in
      try Command(item.value, path: item.path, group: group)
    }
    try fields.finish()
  }
}

extension Reply {
  init(_ value: Any, path: String) throws(SchemaFault) {
    if let text = value as? String {
      self = .same(text)
      return
    }
    var fields = try Fields(value, path: path)
    self = .different(resp2: try fields.string("resp2"), resp3: try fields.string("resp3"))
    try fields.finish()
  }
}

extension Fields {
  /// An argument list.
  mutating func elements(
    _ name: String, mayBeMissing: Bool = false
  ) throws(SchemaFault) -> [Element] {
    try list(name, mayBeMissing: mayBeMissing).map { item throws(SchemaFault) in
      try Element(item.value, path: item.path)
    }
  }
}

extension Element {
  init(_ value: Any, path: String) throws(SchemaFault) {
    var fields = try Fields(value, path: path)
    if fields.optional("use") != nil {
      let flags = try fields.words("flags", of: Flag.self, mayBeMissing: true)
      self = .use(fragment: try fields.string("use"), flags: flags, path: path)
    } else {
      self = .argument(try Argument(&fields))
    }
    try fields.finish()
  }
}

extension Argument {
  init(_ fields: inout Fields) throws(SchemaFault) {
    path = fields.path
    name = try fields.string("name")
    kind = try fields.word("type", of: Kind.self)
    token = fields.optional("token") == nil ? nil : try fields.string("token")
    flags = try fields.words("flags", of: Flag.self, mayBeMissing: true)
    elements = try fields.elements("arguments", mayBeMissing: true)
  }
}
