import Foundation
import Testing

@testable import LedgerCommand

@Suite struct ExportCommandTests {
  private func ledger(_ dump: String? = nil) -> LedgerDouble {
    let ledger = LedgerDouble()
    let file = dump == nil ? recordedDump : "-"
    _ = run(["import", "--from-django-esi", file], on: ledger, input: dump ?? "")
    return ledger
  }

  private func export(_ ledger: LedgerDouble, to path: String, _ flags: String...) -> Outcome {
    run(["export", "--to-django-esi", path] + flags, on: ledger)
  }

  private func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }

  @Test func `an export with secrets brings back the same ledger`() throws {
    try withTemporaryDirectory { directory throws in
      let original = ledger()
      let outcome = export(original, to: directory + "/esi.json", "--with-secrets")
      #expect(outcome.exitCode == .done)
      #expect(outcome.output == "tokens 300, scopes 45\n")
      #expect(try mode(directory + "/esi.json") == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["esi.json"])

      let words = ["import", "--from-django-esi", directory + "/esi.json"]
      #expect(run(words, on: original).output == "created 0, unchanged 300, skipped 0\n")
      let copy = LedgerDouble()
      #expect(run(words, on: copy).output == "created 300, unchanged 0, skipped 0\n")
      for (id, token) in original.tokens {
        #expect(copy.tokens[id]?.values == token.values)
        #expect(copy.tokens[id]?.scopes == token.scopes)
      }
    }
  }

  @Test func `without the flag no secret is in the file`() throws {
    try withTemporaryDirectory { directory throws in
      let path = directory + "/esi.json"
      let rows = [
        Sample.token(), Sample.token(pk: "8", replacing: "refresh_token", "null"),
        Sample.token(pk: "9", replacing: "user", #""007""#),
      ]
      #expect(export(ledger(Sample.dump(rows[0], rows[1], rows[2])), to: path).exitCode == .done)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(!text.contains("at-7") && !text.contains("rt-7"))
      let lines = text.split(separator: "\n")
      #expect(lines.count == 6)
      #expect(
        lines[2] == """
          {"model":"esi.token","pk":7,"fields":{"created":"2026-11-23T11:44:09.668000Z",\
          "access_token":"","refresh_token":"","user":3,"character_id":95465499,\
          "character_name":"Pilot","token_type":"character","character_owner_hash":"owner=",\
          "sso_version":2,"scopes":[1]}},
          """)
      #expect(lines[3].contains(#""refresh_token":null"#))
      #expect(lines[4].contains(#""user":"007""#))
    }
  }

  @Test func `scopes are numbered from 1 in the order of code points`() throws {
    try withTemporaryDirectory { directory throws in
      let path = directory + "/esi.json"
      _ = export(ledger(), to: path)
      let rows = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: path)))
      let scopes = try #require(rows as? [[String: Any]]).filter {
        $0["model"] as? String == "esi.scope"
      }
      #expect(scopes.compactMap { $0["pk"] as? Int } == Array(1...45))
      let names = scopes.compactMap { ($0["fields"] as? [String: Any])?["name"] as? String }
      let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      #expect(names.map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
    }
  }

  @Test func `whoever may not see secrets is told so, and no file is left`() throws {
    try withTemporaryDirectory { directory throws in
      let ledger = ledger(Sample.dump(Sample.token()))
      ledger.isAdmin = false
      let outcome = export(ledger, to: directory + "/esi.json", "--with-secrets")
      #expect(outcome.exitCode == .failed)
      #expect(outcome.messages.contains("not allowed"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }
  }

  @Test func `an old file is replaced whole, and its permissions do not stay`() throws {
    try withTemporaryDirectory { directory throws in
      let path = directory + "/esi.json"
      try Data("old".utf8).write(to: URL(fileURLWithPath: path))
      _ = export(ledger(Sample.dump(Sample.token())), to: path, "--with-secrets")
      #expect(try mode(path) == 0o600)
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("rt-7"))
    }
  }

  @Test func `an empty ledger is an empty fixture`() throws {
    try withTemporaryDirectory { directory throws in
      let path = directory + "/esi.json"
      #expect(export(LedgerDouble(), to: path).output == "tokens 0, scopes 0\n")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "[]\n")
    }
  }

  @Test func `a place where no file can be is an input or output error`() {
    #expect(export(LedgerDouble(), to: "/nowhere/esi.json").exitCode == .failedIO)
    #expect(export(LedgerDouble(), to: "-").exitCode == .usage)
  }

  @Test func `outputs of an export hold no secret`() throws {
    try withTemporaryDirectory { directory throws in
      let ledger = ledger(Sample.dump(Sample.token()))
      let outcome = export(ledger, to: directory + "/esi.json", "--with-secrets", "--json")
      #expect(outcome.output == #"{"tokens":1,"scopes":1}"# + "\n")
      #expect(outcome.messages.isEmpty)
    }
  }
}
