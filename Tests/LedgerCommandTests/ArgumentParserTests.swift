import Testing

@testable import LedgerCommand

@Suite struct ArgumentParserTests {
  private func arguments(_ words: String...) throws -> Arguments {
    guard case .run(let arguments) = try ArgumentParser.parse(words) else {
      throw UsageError.noSubcommand
    }
    return arguments
  }

  @Test func `flags and operands may stand in any order`() throws {
    for words in [
      ["history", "42", "--count", "5", "--json"], ["--json", "history", "--count=5", "42"],
      ["history", "--count", "5", "--json", "--", "42"],
    ] {
      guard case .run(let arguments) = try ArgumentParser.parse(words) else {
        Issue.record("\(words) is a run")
        continue
      }
      #expect(arguments.subcommand == .history)
      #expect(arguments.operands == ["42"])
      #expect(arguments.integer(.count) == 5)
      #expect(arguments.has(.json))
    }
  }

  @Test func `a value may be empty, negative, or hold an equals sign`() throws {
    #expect(try arguments("query", "--scopes", "").values(.scopes) == [""])
    #expect(try arguments("query", "--scopes=").values(.scopes) == [""])
    #expect(try arguments("query", "--character", "-5").integer(.character) == -5)
    #expect(try arguments("query", "--owner=a=b").value(.owner) == "a=b")
    #expect(try arguments("query", "--owner=--x").value(.owner) == "--x")
  }

  @Test func `repeatable flags keep all values in order`() throws {
    #expect(try arguments("query", "--scopes", "a", "--scopes", "b").values(.scopes) == ["a", "b"])
  }

  @Test func `the same flag takes a number in one command and none in another`() throws {
    #expect(try arguments("query", "--count").has(.count))
    #expect(try arguments("history", "1", "--count", "9").integer(.count) == 9)
  }

  @Test(arguments: [
    ([], UsageError.noSubcommand),
    (["imprt"], .unknownSubcommand("imprt", near: "import")),
    (["zzz"], .unknownSubcommand("zzz", near: nil)),
    (["query", "--scoeps", "a"], .unknownFlag("--scoeps", near: "--scopes", .query)),
    (["query", "--zzzz=abc"], .unknownFlag("--zzzz", near: nil, .query)),
    (["query", "--limit"], .missingValue(.limit, placeholder: "N")),
    (["query", "--limit", "--json"], .missingValue(.limit, placeholder: "N")),
    (["query", "--json=yes"], .needlessValue(.json)),
    (["query", "--limit", "ten"], .wrongValue(.limit, .below(0))),
    (["query", "--limit", "-1"], .wrongValue(.limit, .below(0))),
    (["query", "--character", "9223372036854775808"], .wrongValue(.character, .notInteger)),
    (["query", "--ids", "1,,2"], .wrongValue(.ids, .notIDs)),
    (["query", "--ids", "0"], .wrongValue(.ids, .notIDs)),
    (
      ["query", "--type", "alliance"], .wrongValue(.type, .notOneOf(["character", "corporation"]))
    ),
    (["query", "--fields", "id,scops"], .wrongValue(.fields, .notField(near: "scopes"))),
    (["query", "--limit", "1", "--limit", "2"], .repeated(.limit)),
    (["query", "--count", "--first"], .excluded(.first, by: .count)),
    (["query", "--socket", "s", "--data", "d"], .excluded(.data, by: .socket)),
    (["query", "7"], .needlessOperand(.query)),
    (["restore", "7", "8"], .needlessOperand(.restore)),
    (["restore", "x"], .wrongOperand("ID", .notID)),
    (["restore", "--held", "--since", "1"], .excluded(.since, by: .held)),
    (["restore", "--since", "yesterday"], .wrongValue(.since, .notTime)),
    (["restore", "--since", "1", "--actor", "-1"], .wrongValue(.actor, .below(0))),
    (["history", "x"], .wrongOperand("ID", .notID)),
    (["history", "--csv", "--json"], .excluded(.csv, by: .json)),
    (["import"], .missingFlag(.fromDjangoESI, placeholder: "FILE", .import)),
    (["import", "--from-django-esi", ""], .wrongValue(.fromDjangoESI, .emptyPath)),
    (["completion", "bash", "--socket", "s"], .unknownFlag("--socket", near: nil, .completion)),
  ])
  func `a line that is wrong is refused by name`(_ words: [String], _ error: UsageError) {
    #expect(throws: error) { try ArgumentParser.parse(words) }
    let outcome = run(words)
    #expect(outcome.exitCode == .usage)
    #expect(outcome.output.isEmpty)
    #expect(outcome.messages.hasPrefix("tokenledger: "))
  }

  @Test func `the flags of every command are read back from its own help page`() {
    for subcommand in Subcommand.all {
      let page = run([subcommand.name.rawValue, "--help"])
      #expect(page.exitCode == .done)
      for flag in subcommand.allFlags { #expect(page.output.contains("  \(flag.usage) ")) }
      #expect(page.output.contains("examples:"))
    }
  }

  @Test func `every example can be typed`() throws {
    for example in Subcommand.all.flatMap(\.examples) {
      let words = shellWords(example.typed)
      guard case .run = try ArgumentParser.parse(words) else {
        Issue.record("\(example.typed) does not run")
        continue
      }
    }
  }

  @Test func `help lists every command, and no command is missing from the table`() {
    let page = run(["--help"]).output
    for name in SubcommandName.allCases {
      #expect(page.contains("  \(name.rawValue) "))
      #expect(Subcommand.named(name).name == name)
    }
    #expect(run(["help"]).output == page)
    #expect(run(["-h"]).output == page)
    #expect(run(["--version"]).output == "tokenledger \(ProgramVersion.text)\n")
  }

  /// The words of an example: blanks part them, quotes hold them together, `>` ends them.
  private func shellWords(_ line: String) -> [String] {
    let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
    let words = parts.enumerated().flatMap { index, part in
      index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
    }
    return Array(words.prefix { $0 != ">" })
  }
}
