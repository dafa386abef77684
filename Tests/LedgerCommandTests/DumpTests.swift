import Foundation
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct DumpTests {
  /// A dump of one scope, `rows`, and tokens made of the good one by replacing one field's JSON.
  private func dump(_ field: String, _ json: String?, pk: String = "7") throws -> Dump {
    try Dump(Data("[\(Sample.scope), \(Sample.token(pk: pk, replacing: field, json))]".utf8))
  }

  @Test func `the recorded dump has no bad record`() throws {
    let dump = try Dump(Data(contentsOf: URL(fileURLWithPath: recordedDump)))
    #expect(dump.bad.isEmpty)
    #expect(dump.tokens.count == 300)
  }

  @Test(
    arguments: [
      ("created", "\"yesterday\"", FieldFault.Fault.notTime),
      ("created", "\"2026-11-23T12:00:00\"", .notTime),
      ("created", "\"1795435200\"", .notTime),
      ("created", "1795435200", .notTime),
      ("created", "null", .notTime),
      ("created", nil, .missing),
      ("access_token", "null", .notText),
      ("access_token", "5", .notText),
      ("access_token", "\"a\\u0000b\"", .holdsNullCharacter),
      ("refresh_token", "5", .notTextOrNull),
      ("refresh_token", nil, .missing),
      ("user", "true", .notUser),
      ("user", "1.5", .notUser),
      ("user", "[\"name\"]", .notUser),
      ("user", nil, .missing),
      ("character_id", "\"5\"", .notInteger),
      ("character_id", "1.5", .notInteger),
      ("character_id", "9223372036854775808", .notInteger),
      ("character_id", "true", .notInteger),
      ("character_name", "null", .notText),
      ("character_name", "\"\\u0000\"", .holdsNullCharacter),
      ("token_type", "\"alliance\"", .notTokenType),
      ("token_type", "\"Character\"", .notTokenType),
      ("token_type", "1", .notTokenType),
      ("character_owner_hash", "{}", .notText),
      ("sso_version", "-1", .notAmong(0...32767)),
      ("sso_version", "32768", .notAmong(0...32767)),
      ("scopes", "\"1\"", .notScopeKeys),
      ("scopes", "[\"publicData\"]", .notScopeKeys),
      ("scopes", "[[\"publicData\"]]", .notScopeKeys),
      ("scopes", "[1, 99]", .unknownScope(99)),
    ] as [(String, String?, FieldFault.Fault)])
  func `a bad field is named`(_ field: String, _ json: String?, _ fault: FieldFault.Fault) throws {
    let dump = try dump(field, json)
    let expected = BadRecord(
      index: 1, model: "esi.token", key: 7, faults: [FieldFault(field: field, fault: fault)])
    #expect(dump.bad == [expected])
    #expect(dump.tokens.isEmpty)
    #expect(expected.wording.hasPrefix("esi.token pk 7 (index 1): \(field): "))
  }

  @Test(arguments: ["0", "-3", "\"7\"", "null", "1.5", "true"])
  func `a primary key that is no id is named`(_ pk: String) throws {
    let bad = try #require(try dump("user", "1", pk: pk).bad.first)
    #expect(bad.faults == [FieldFault(field: "pk", fault: .notID)])
  }

  @Test(arguments: [
    ("character_name", Limits.characterNameBytes), ("character_owner_hash", Limits.ownerHashBytes),
    ("user", Limits.userBytes), ("access_token", Limits.secretBytes),
    ("refresh_token", Limits.secretBytes),
  ])
  func `a text may be as long as the limit, in bytes, and no longer`(
    _ field: String, _ limit: Int
  ) throws {
    let most = String(repeating: "é", count: limit / 2) + String(repeating: "e", count: limit % 2)
    #expect(try dump(field, "\"\(most)\"").bad.isEmpty)
    let bad = try #require(try dump(field, "\"\(most)e\"").bad.first)
    #expect(bad.faults == [FieldFault(field: field, fault: .longer(thanBytes: limit))])
  }

  @Test func `all faults of a record are named at once`() throws {
    let row = #"{"model": "esi.token", "pk": 7, "fields": {"user": 1, "scopes": []}}"#
    let bad = try #require(try Dump(Data("[\(row)]".utf8)).bad.first)
    #expect(bad.faults.count == 8)
    #expect(bad.faults.allSatisfy { $0.fault == .missing })
  }

  @Test(arguments: ["5", "null", "{}", #"{"pk": 1}"#, #"{"model": 5}"#])
  func `a row that is no record is named by its place`(_ row: String) throws {
    let dump = try Dump(Data("[\(Sample.scope), \(row), \(Sample.token())]".utf8))
    #expect(dump.bad.map(\.index) == [1])
    #expect(dump.bad.map(\.model) == [nil])
    #expect(dump.tokens.count == 1)
  }

  @Test func `a text that is not Unicode spoils its record only`() throws {
    let half = Sample.token(replacing: "user", #""\ud800""#)
    let dump = try Dump(Data(Sample.dump(half, Sample.token(pk: "8")).utf8))
    #expect(dump.bad.map(\.key) == [7])
    #expect(dump.tokens.map(\.id) == [8])
  }

  @Test(arguments: [
    ("", FieldFault.Fault.empty), ("\\u0000", .holdsNullCharacter),
    (
      String(repeating: "s", count: Limits.scopeNameBytes + 1),
      .longer(thanBytes: Limits.scopeNameBytes)
    ),
  ])
  func `a bad scope is named, and so are the tokens that have it`(
    _ name: String, _ fault: FieldFault.Fault
  ) throws {
    let scope = #"{"model": "esi.scope", "pk": 1, "fields": {"name": "\#(name)", "help_text": ""}}"#
    let dump = try Dump(Data("[\(Sample.token()), \(scope)]".utf8))
    #expect(dump.bad.map(\.index) == [0, 1])
    #expect(dump.bad[0].faults == [FieldFault(field: "scopes", fault: .badScope(1))])
    #expect(dump.bad[1].faults == [FieldFault(field: "name", fault: fault)])
  }

  @Test func `a second record with a key or a scope name is named`() throws {
    let same = #"{"model": "esi.scope", "pk": 2, "fields": {"name": "publicData"}}"#
    let dump = try Dump(
      Data("[\(Sample.scope), \(Sample.scope), \(same), \(Sample.token()), \(Sample.token())]".utf8)
    )
    #expect(dump.bad.map(\.index) == [1, 2, 4])
    #expect(dump.bad[1].faults == [FieldFault(field: "name", fault: .sameAs(index: 0))])
    #expect(dump.bad[2].faults == [FieldFault(field: "pk", fault: .sameAs(index: 3))])
    #expect(dump.tokens.count == 1)
  }

  @Test func `other models are of no concern, and the order of rows is not either`() throws {
    let others = #"{"model": "auth.user", "pk": "x"}, {"model": "esi.callbackredirect", "pk": 1}"#
    let dump = try Dump(Data("[\(Sample.token()), \(others), \(Sample.scope)]".utf8))
    #expect(dump.bad.isEmpty)
    #expect(dump.tokens.map { $0.scopes.map(\.string) } == [["publicData"]])
  }

  @Test(arguments: [
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "9007199254740992",
  ])
  func `integers keep every digit`(_ number: String) throws {
    let token = try #require(try dump("character_id", number).tokens.first)
    #expect(String(token.row.character) == number)
    #expect(try dump("user", number).tokens.first?.row.user == Text(number))
  }

  @Test func `texts are kept code point for code point`() throws {
    for text in ["é", "e\u{301}", "K", "\u{212A}", "\u{FEFF}x", "  padded  "] {
      let token = try #require(try dump("character_name", "\"\(text)\"").tokens.first)
      #expect(token.row.characterName.utf8 == Array(text.utf8))
    }
  }

  @Test func `null, empty and present are three kinds of refresh token`() throws {
    #expect(try dump("refresh_token", "null").tokens.first?.row.refresh.bytes == .some(nil))
    #expect(try dump("refresh_token", "\"\"").tokens.first?.row.refresh.bytes == [])
    #expect(try dump("refresh_token", "\"r\"").tokens.first?.row.refresh.bytes == [0x72])
  }

  @Test(arguments: [
    ("", DumpError.notJSON(atByte: nil)), ("{}", .notAList), ("5", .notAList), ("null", .notAList),
  ])
  func `what is no list is refused as a whole`(_ text: String, _ error: DumpError) {
    #expect {
      _ = try Dump(Data(text.utf8))
    } throws: { thrown in
      switch (thrown as? DumpError, error) {
      case (.notJSON, .notJSON), (.notAList, .notAList): true
      default: false
      }
    }
  }

  @Test func `a dump that was cut off is refused as a whole`() throws {
    let whole = Array("[\(Sample.scope), \(Sample.token())]".utf8)
    for end in 0..<whole.count {
      #expect(throws: DumpError.self) { _ = try Dump(Data(whole[..<end])) }
    }
  }
}
