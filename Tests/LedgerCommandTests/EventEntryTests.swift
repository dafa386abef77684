import LedgerServer
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct EventEntryTests {
  private func entry(_ pairs: [(String, String)]) throws -> EventEntry {
    let fields = pairs.flatMap { [Reply.bulk(Array($0.0.utf8)), .bulk(Array($0.1.utf8))] }
    return try EventEntry(
      .array([.bulk(Array("1795435200000-7".utf8)), .array(fields)]), of: "TEST")
  }

  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a b", ["a", "b"]), ("a%20b %25 c%0A", ["a b", "%", "c\n"]),
      ("%C3%A9 é", ["é", "é"]), ("%+1 %2 % %zz %", ["%+1", "%2", "%", "%zz", "%"]),
      ("a \u{301}b", ["a", "\u{301}b"]),
    ] as [(String, [String])])
  func `the names of scopes are what they were before they were joined`(
    _ text: String, _ names: [String]
  ) throws {
    let found = try entry([("scopes", text)]).scopeNames
    #expect(found.map { Array($0.utf8) } == names.map { Array($0.utf8) })
  }

  @Test func `values are typed by their names, and what is unknown stays text`() throws {
    let entry = try entry([
      ("token", "7"), ("bytes_cut", "18446744073709551615"), ("character_id", "-9"),
      ("unverified", "1"), ("attempt", "many"), ("code", "12"), ("of_a_newer_daemon", "1"),
    ])
    #expect(
      entry.fields.map(\.typed) == [
        .integer(7), .unsigned(.max), .integer(-9), .boolean(true), .string("many"),
        .string("12"), .string("1"),
      ])
    #expect(
      String(decoding: JSONValue.unsigned(.max).serialized, as: UTF8.self)
        == "18446744073709551615")
  }

  @Test(arguments: EventSamples.fullestEvents)
  func `every number that the ledger shows is one in JSON`(_ event: Event) throws {
    let pairs = EventFields(event).pairs.map {
      ($0.0.description, String(decoding: $0.1, as: UTF8.self))
    }
    for field in try entry(pairs).fields
    where !["seq", "key", "user", "unverified"].contains(field.name) {
      let isNumber = Int64(field.value) != nil || UInt64(field.value) != nil
      let isFingerprint = field.name.hasSuffix("_fingerprint")
      #expect(
        (field.typed != .string(field.value))
          == (isNumber && !isFingerprint || field.name == "scopes"))
    }
  }
}
