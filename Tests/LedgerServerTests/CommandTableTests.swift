// The command table against schema/commands.json, read here by other code than the generator's:
// what the server answers from is what the schema says, and regenerating changes nothing.

import Foundation
import Testing

@testable import LedgerServer

@Suite struct CommandTableTests {
  @Test func `the enum has the commands of the schema in its order`() throws {
    let schema = try Schema.read()
    let names = CommandName.allCases.map { "\($0.specification.name)" }
    #expect(names == schema.commands.map { $0.text("name") })
    #expect(CommandName.allCases.map { "\($0)" } == schema.commands.map { $0.text("case") })
  }

  @Test func `the table says of every command what the schema says`() throws {
    let schema = try Schema.read()
    for (name, object) in zip(CommandName.allCases, schema.commands) {
      let specification = name.specification
      expectEqual(specification, object, group: object.text("group"), schema)
      let inner = object.objects("subcommands")
      #expect(specification.subcommands.count == inner.count)
      for (subcommand, object) in zip(specification.subcommands, inner) {
        expectEqual(subcommand, object, group: specification.group.rawValue, schema)
      }
    }
  }

  @Test func `what a request asks agrees with the table`() {
    for name in CommandName.allCases {
      #expect(name.arity == name.specification.arity)
      #expect(name.role == name.specification.role)
      #expect(name.effect == name.specification.effect)
    }
  }

  @Test func `the enums of subcommands have the table's order`() {
    func names(_ command: CommandName) -> [String] {
      command.specification.subcommands.map { "\($0.name)".lowercased() }
    }
    #expect(ClientSubcommand.allCases.map { "\($0)".lowercased() } == names(.client))
    #expect(CommandSubcommand.allCases.map { "\($0)".lowercased() } == names(.command))
    #expect(ConfigSubcommand.allCases.map { "\($0)".lowercased() } == names(.config))
    #expect(XinfoSubcommand.allCases.map { "\($0)".lowercased() } == names(.xinfo))
  }

  @Test func `roles rise from none to admin`() {
    #expect(Role.allCases == [.none, .reader, .user, .refresher, .writer, .admin])
    #expect(Role.allCases.sorted() == Role.allCases)
  }

  @Test func `regenerating changes nothing`() throws {
    let run = try Generator.run("--check", root: Schema.root)
    #expect(run.code == 0, "\(run.words)")
  }

  @Test(arguments: [
    (#""arity": -7"#, #""arity": -6"#, "commands[0]: arity is -6, but the arguments say -7"),
    (#""case": "tokenGet""#, #""case": "getToken""#, #"is not "TOKEN.GET" in camel case"#),
    (#""name": "TOKEN.GET""#, #""name": "TOKEN.CREATE""#, #""TOKEN.CREATE" stands twice"#),
    (#""role": "writer""#, #""role": "root""#, #"commands[0].role: "root" is none of none"#),
    (#""group": "token""#, #""group": "x""#, #"commands[0].group: "x" is none of"#),
    (#""type": "integer""#, #""type": "int""#, #""int" is none of string, integer"#),
    (#""since":"#, #""sinse":"#, #"commands[0]: has no field "since""#),
    (#""effect": "write","#, #""effect": "write", "x": 1,"#, #"has the unknown field "x""#),
    (#"{ "use": "type" }"#, #"{ "use": "kind" }"#, #"no fragment "kind""#),
    (#"{ "use": "type" }"#, #"{ "use": "filter" }"#, "fragments.filter: holds itself"),
    (#""DISKFULL", "#, "", "role and effect call for the error DISKFULL"),
    (#""format": 1"#, #""format": 2"#, "file.format: is not 1"),
    (#""format": 1,"#, #""format": 1"#, "file: is not JSON"),
  ])
  func `a schema that contradicts itself is refused`(
    good: String, bad: String, words: String
  ) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = root.appending(path: "schema")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = try String(contentsOf: Schema.url, encoding: .utf8)
    let first = try #require(text.range(of: good))
    try text.replacingCharacters(in: first, with: bad)
      .write(to: folder.appending(path: "commands.json"), atomically: true, encoding: .utf8)
    let run = try Generator.run("--check", root: root)
    #expect(run.code == 65)
    #expect(run.words.contains(words), "\(run.words)")
  }

  private func expectEqual(
    _ specification: CommandSpecification, _ object: Schema.Object, group: String,
    _ schema: Schema
  ) {
    let name = object.text("name")
    #expect("\(specification.name)" == name)
    #expect(specification.summary == object.text("summary"), "\(name)")
    #expect(specification.since == object.text("since"), "\(name)")
    #expect(specification.group.rawValue == group, "\(name)")
    #expect(specification.arity == object.fields["arity"] as? Int, "\(name)")
    #expect(specification.complexity == object.text("complexity"), "\(name)")
    #expect("\(specification.role)" == object.text("role"), "\(name)")
    #expect("\(specification.effect)" == object.text("effect"), "\(name)")
    let arguments = schema.arguments(object)
    #expect(specification.arguments.map(Schema.text) == arguments, "\(name)")
  }
}

/// The schema's file as loose JSON, with its arguments expanded to one text each.
private struct Schema {
  struct Object {
    let fields: [String: Any]

    func text(_ name: String) -> String { fields[name] as? String ?? "" }
    func texts(_ name: String) -> [String] { fields[name] as? [String] ?? [] }
    func objects(_ name: String) -> [Object] {
      (fields[name] as? [[String: Any]] ?? []).map(Object.init)
    }
  }

  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
  static let url = root.appending(path: "schema/commands.json")

  let commands: [Object]
  let fragments: Object

  static func read() throws -> Schema {
    let json = try Data(contentsOf: url)
    let file = Object(
      fields: try #require(JSONSerialization.jsonObject(with: json) as? [String: Any]))
    let fragments = try #require(file.fields["fragments"] as? [String: Any])
    return Schema(commands: file.objects("commands"), fragments: Object(fields: fragments))
  }

  func arguments(_ object: Object, in field: String = "arguments") -> [String] {
    object.objects(field).flatMap { argument -> [String] in
      let flags = Set(argument.texts("flags"))
      let use = argument.text("use")
      return use.isEmpty ? [text(argument, flags)] : shared(use, flags)
    }
  }

  private func shared(_ fragment: String, _ flags: Set<String>) -> [String] {
    fragments.objects(fragment).flatMap { argument -> [String] in
      let flags = flags.union(argument.texts("flags"))
      let use = argument.text("use")
      return use.isEmpty ? [text(argument, flags)] : shared(use, flags)
    }
  }

  private func text(_ argument: Object, _ flags: Set<String>) -> String {
    Self.text(
      argument.text("name"), argument.text("type"), argument.text("token"), flags,
      arguments(argument))
  }

  /// The same text of an argument of the table.
  static func text(_ argument: CommandArgument) -> String {
    let flags = [
      argument.flags.contains(.optional) ? ["optional"] : [],
      argument.flags.contains(.multiple) ? ["multiple"] : [],
    ]
    return text(
      argument.name, argument.kind.rawValue, argument.token ?? "", Set(flags.joined()),
      argument.arguments.map(text))
  }

  private static func text(
    _ name: String, _ type: String, _ token: String, _ flags: Set<String>, _ inner: [String]
  ) -> String {
    "\(name) \(type) \(token) \(flags.sorted()) (\(inner.joined(separator: "; ")))"
  }
}

/// The program tools/command-table, built into the folder that the tests run from.
private enum Generator {
  static func run(_ option: String, root: URL) throws -> (code: Int32, words: String) {
    let process = Process()
    let program: URL = try #require(built("command-table"))
    process.executableURL = program
    process.arguments = [option, "--root", root.path]
    let output = Pipe()
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  private static func built(_ name: String) -> URL? {
    let arguments = CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    let folders = arguments.flatMap { [$0, $0.appending(path: "../../..").standardized] }
    return folders.map { $0.appending(path: name) }.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
    }
  }
}
