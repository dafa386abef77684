// The table of command names and keywords: every name in any case, and nothing else.

import Testing

@testable import LedgerServer

@Suite struct NameTableTests {
  private func value(_ table: NameTable<Int>, _ name: String) -> Int? {
    let bytes = Array(name.utf8)
    return table[bytes.span]
  }

  @Test func `a name is found in any case, and nothing beside it`() {
    let names = (0..<300).map { "NAME.\($0)" } + ["A", "-", "LIB-NAME"]
    let table = NameTable(names.enumerated().map { ($1, $0) })
    for (index, name) in names.enumerated() {
      #expect(value(table, name) == index)
      #expect(value(table, name.lowercased()) == index)
      #expect(value(table, name.prefix(1).lowercased() + name.dropFirst()) == index)
      #expect(value(table, name + "X") == nil)
      #expect(value(table, name + " ") == nil)
      #expect(value(table, "\u{e9}" + name) == nil)
    }
    #expect(value(table, "") == nil)
    #expect(value(table, String(repeating: "A", count: 100_000)) == nil)
  }

  @Test func `bytes that differ from letters in one bit are not letters`() {
    let table = NameTable([("@[`{", 1), ("AZ", 2)])
    #expect(value(table, "@[`{") == 1)
    #expect(value(table, "`{@[") == nil)
    #expect(value(table, "aZ") == 2)
    #expect(value(table, "\u{1}\u{1a}") == nil)
    for byte in UInt8.min...UInt8.max {
      let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      #expect(uppercased(byte) == (isLower ? byte - 32 : byte))
    }
  }

  @Test func `every command and keyword is in its table`() {
    for command in CommandName.allCases {
      let bytes = Array(command.lowercasedName.utf8)
      #expect(CommandExecutor.names[bytes.span] == command)
    }
    for keyword in Keyword.allCases {
      let bytes = Array(keyword.word.utf8)
      #expect(Keyword.table[bytes.span] == keyword)
    }
    for field in TokenField.allCases {
      let bytes = Array(field.name.description.utf8)
      #expect(TokenField.table[bytes.span] == field)
    }
  }

  @Test func `a name twice in a table traps, also in another case`() async {
    await #expect(processExitsWith: .failure) { _ = NameTable([("A", 1), ("B", 2), ("a", 3)]) }
  }
}
