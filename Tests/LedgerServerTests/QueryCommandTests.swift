// Filters, result words and scopes: every combination gives what filtering a list of tokens by hand
// gives, however the words are ordered.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct QueryCommandTests {
  /// What a test knows of a token.
  private struct Known {
    var id: Int
    var character: Int
    var user: String?
    var isCorporation: Bool
    var scopes: Set<String>
    var age: Int
    var canRefresh: Bool
  }

  private let ledger: LocalLedger
  private let tokens: [Known]

  init() throws {
    ledger = try LocalLedger()
    var generator = SeededGenerator(seed: 5)
    var tokens: [Known] = []
    for id in 1...60 {
      let token = Known(
        id: id, character: Int.random(in: 1...4, using: &generator),
        user: [nil, "u", "v"].randomElement(using: &generator) ?? nil,
        isCorporation: Bool.random(using: &generator),
        scopes: Set(["a", "b", "c"].filter { _ in Bool.random(using: &generator) }),
        age: [0, 1169, 1170, 1171, 5000].randomElement(using: &generator) ?? 0,
        canRefresh: Bool.random(using: &generator))
      let parts = [
        "SCOPES LIST \(([token.scopes.count.description] + token.scopes).joined(separator: " "))",
        "CREATED \(LocalLedger.nowSeconds - Int64(token.age))",
        "TYPE \(token.isCorporation ? "corporation" : "character")",
        token.user.map { "USER \($0)" }, token.canRefresh ? "REFRESH r\(id)" : nil,
      ]
      #expect(
        ledger.create(parts.compactMap(\.self).joined(separator: " "), character: token.character)
          == ":\(id)")
      tokens.append(token)
    }
    for id in [7, 20, 33] { #expect(ledger.ask("TOKEN.DELETE \(id)") == ":1") }
    self.tokens = tokens.filter { ![7, 20, 33].contains($0.id) }
  }

  /// Filters in words, and what they keep.
  private var filters: [(String, (Known) -> Bool)] {
    [
      ("CHARACTER 2", { $0.character == 2 }), ("USER u", { $0.user == "u" }),
      ("NOUSER", { $0.user == nil }), ("TYPE corporation", { $0.isCorporation }),
      ("OWNER o", { _ in true }), ("OWNER p", { _ in false }), ("USER w", { _ in false }),
      ("IDS 4 60 3 7 3", { [3, 60].contains($0.id) }), ("IDS 0", { _ in false }),
      ("SCOPES a", { $0.scopes.contains("a") }), ("SCOPES ", { $0.scopes.isEmpty }),
      ("SCOPES LIST 2 a b", { $0.scopes.isSuperset(of: ["a", "b"]) }),
      ("EXACTLY LIST 2 b a", { $0.scopes == ["a", "b"] }),
      ("EXACTLY LIST 0", { $0.scopes.isEmpty }),
      ("SCOPES nobody", { _ in false }), ("EXPIRED", { $0.age >= 1170 }),
      ("FRESH", { $0.age < 1170 }), ("REFRESHABLE", { $0.canRefresh }),
    ]
  }

  private func list(_ ids: [Int]) -> String {
    "[" + ids.map { ":\($0)" }.joined(separator: ", ") + "]"
  }

  @Test func `every pair of filters keeps what both keep, in either order`() {
    for (first, isFirst) in filters {
      for (second, isSecond) in filters {
        let expected = tokens.filter { isFirst($0) && isSecond($0) }.map(\.id)
        #expect(
          ledger.ask("TOKENS.FIND \(first) \(second)") == list(expected), "\(first) \(second)")
      }
    }
  }

  @Test func `every result word shows the same tokens`() {
    for (filter, isKept) in filters {
      for after in [nil, -5, 0, 1, 30, 59, 60, Int.max] as [Int?] {
        for limit in [nil, 0, 1, 2, 1000, Int.max] as [Int?] {
          let kept = tokens.filter { isKept($0) && $0.id > after ?? .min }.prefix(limit ?? .max)
          let ids = kept.map(\.id)
          var words = filter
          if let limit { words += " LIMIT \(limit)" }
          if let after { words += " AFTER \(after)" }
          #expect(ledger.ask("TOKENS.FIND \(words)") == list(ids))
          #expect(ledger.ask("TOKENS.FIND COUNT \(words)") == ":\(ids.count)")
          #expect(ledger.ask("TOKENS.FIND \(words) EXISTS") == ":\(ids.isEmpty ? 0 : 1)")
          #expect(ledger.ask("TOKENS.FIND FIRST \(words)") == (ids.first.map { ":\($0)" } ?? "_"))
          let rows = kept.map { "[:\($0.character), :\($0.id), :\($0.id)]" }
          #expect(
            ledger.ask("TOKENS.FIND \(words) FIELDS 3 character_id id ID")
              == "[\(rows.joined(separator: ", "))]")
        }
      }
    }
  }

  @Test func `the commands with a condition of their own are TOKENS.FIND with that filter`() {
    for (filter, _) in filters {
      for (command, condition) in [
        ("TOKENS.REQUIRESCOPES a", "SCOPES a"), ("TOKENS.REQUIRESCOPESEXACT LIST 1 b", "EXACTLY b"),
        ("TOKENS.EQUIVALENTTO 1", "EQUIVALENT 1"), ("TOKENS.GETEXPIRED", "EXPIRED"),
      ] {
        let expected = ledger.ask("TOKENS.FIND \(condition) \(filter)")
        #expect(ledger.ask("\(command) \(filter)") == expected)
        #expect(ledger.ask("\(command.lowercased()) \(filter) limit 100") == expected)
      }
    }
  }

  @Test func `equivalents have the same character and scopes, and the same user or none`() {
    for token in tokens {
      let expected = tokens.filter {
        $0.id != token.id && $0.character == token.character && $0.scopes == token.scopes
          && ($0.user == token.user || $0.user == nil)
      }
      #expect(ledger.ask("TOKENS.EQUIVALENTTO \(token.id)") == list(expected.map(\.id)))
    }
  }

  @Test func `a lookup is the first of the character's tokens with all the scopes`() {
    for character in 1...5 {
      for scopes in [[], ["a"], ["b", "a"], ["nobody"]] {
        let wanted = (["LIST", "\(scopes.count)"] + scopes).joined(separator: " ")
        let first = ledger.ask("TOKENS.FIND CHARACTER \(character) SCOPES \(wanted) FIRST")
        let found = ledger.reply(words("TOKEN.LOOKUP \(character) \(wanted)")).value(for: "id")
        #expect((found?.shown ?? "_") == first)
      }
    }
  }

  @Test func `odd scopes are split and matched as documented`() throws {
    let ledger = try LocalLedger()
    let odd = ["a b", "list", "LIST", " a", "a\u{200b}", "\u{feff}a", "%20", "a"]
    #expect(
      ledger.ask(
        ["TOKEN.CREATE", "CHARACTER", "1", "NAME", "A", "OWNER", "o", "SCOPES", "LIST", "8"] + odd)
        == ":1")
    for name in odd {
      #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "LIST", "1", name]) == "[:1]", "\(name)")
      #expect(ledger.ask(["TOKENS.REQUIRESCOPESEXACT", "LIST", "1", name]) == "[]", "\(name)")
    }
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "a\u{2003}list\u{85} LIST\u{1c}%20"]) == "[:1]")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "a\u{200b}"]) == "[:1]")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "A"]) == "[]")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "LIST "]) == "[:1]")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "LIST", "0"]) == "[]")
    #expect(ledger.ask(["TOKENS.REQUIRESCOPES", "LIST", "2", "a b", "a"]) == "[:1]")
    let rows = ledger.reply(words("TOKENS.FIND FIELDS 1 scopes")).elements?.first?.elements?.first
    let sorted = odd.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    #expect(
      rows?.elements?.compactMap(\.text).map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
  }

  @Test func `no fields are empty rows`() {
    #expect(ledger.ask("TOKENS.FIND IDS 2 1 2 FIELDS 0") == "[[], []]")
  }
}
