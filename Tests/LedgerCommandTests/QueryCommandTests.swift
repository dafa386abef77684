import Testing

@testable import LedgerCommand

@Suite struct QueryCommandTests {
  private let ledger: LedgerDouble = {
    let ledger = LedgerDouble()
    let rows = Sample.dump(
      Sample.token(), Sample.token(pk: "8", replacing: "character_name", #""天下布武""#),
      Sample.token(pk: "9", replacing: "user", "null"))
    _ = run(["import", "--from-django-esi", "-"], on: ledger, input: rows)
    return ledger
  }()

  private func words(_ line: String...) throws -> [String] {
    guard case .run(let arguments) = try ArgumentParser.parse(["query"] + line) else { return [] }
    return LedgerRequest(filtersOf: arguments).words.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `flags become filters`() throws {
    #expect(try words() == ["TOKENS.FIND"])
    #expect(
      try words("--scopes", "a b", "--scope", "odd name", "--exactly", "", "--equivalent-to", "4")
        == [
          "TOKENS.FIND", "SCOPES", "a b", "SCOPES", "LIST", "1", "odd name", "EXACTLY", "",
          "EQUIVALENT", "4",
        ])
    #expect(
      try words(
        "--expired", "--fresh", "--refreshable", "--held", "--character", "5", "--user", "u",
        "--no-user")
        == [
          "TOKENS.FIND", "EXPIRED", "FRESH", "REFRESHABLE", "HELD", "CHARACTER", "5", "USER", "u",
          "NOUSER",
        ])
    #expect(
      try words("--type", "character", "--owner", "o", "--ids", "1,2")
        == ["TOKENS.FIND", "TYPE", "character", "OWNER", "o", "IDS", "2", "1", "2"])
  }

  @Test func `a scope named LIST is not taken for the keyword`() throws {
    #expect(try words("--scopes", "list") == ["TOKENS.FIND", "SCOPES", "list "])
  }

  @Test func `tokens are shown as a table that stays aligned under wide names`() {
    #expect(
      run(["query"], on: ledger).output == """
        id  character  name      user  type       scopes               created   expires
         7   95465499  Pilot     3     character  1       2026-11-23T11:44:09Z  in 3 min
         8   95465499  天下布武  3     character  1       2026-11-23T11:44:09Z  in 3 min
         9   95465499  Pilot     -     character  1       2026-11-23T11:44:09Z  in 3 min

        """)
  }

  @Test func `programs get one object a token, with booleans as booleans`() {
    let outcome = run(["query", "--json", "--limit", "1"], on: ledger)
    #expect(
      outcome.lines == [
        """
        {"id":7,"character_id":95465499,"character_name":"Pilot","owner_hash":"owner=",\
        "token_type":"character","user":"3","scopes":["publicData"],\
        "created_us":1795434249668000,"expires_us":1795435419668000,"expired":false,\
        "can_refresh":true,"access_fingerprint":"3befc535","refresh_fingerprint":"3a0ebda9",\
        "sso_version":2,"version":1}
        """
      ])
  }

  @Test func `chosen fields are shown as the ledger has them`() {
    let outcome = run(["query", "--fields", "user,id,can_refresh", "--after", "7"], on: ledger)
    #expect(outcome.output == "user  id  can_refresh\n3      8  yes\n-      9  yes\n")
  }

  @Test func `numbers are shown as numbers`() {
    #expect(run(["query", "--count"], on: ledger).output == "3\n")
    #expect(run(["query", "--count", "--json"], on: ledger).output == "{\"count\":3}\n")
  }

  @Test func `many tokens are read page by page`() throws {
    for id in 100..<2600 {
      ledger.tokens[Int64(id)] = LedgerDouble.Stored(id: Int64(id))
    }
    let outcome = run(["query", "--fields", "id", "--json", "--limit", "2100"], on: ledger)
    #expect(outcome.lines.count == 2100)
    #expect(outcome.lines.last == "{\"id\":2196}")
    #expect(ledger.commands.filter { $0 == "TOKENS.FIND" }.count == 3)
  }

  @Test func `a history is shown, and its absence is said`() {
    let outcome = run(["history", "7"], on: ledger)
    #expect(
      outcome.output.contains(
        "2026-11-23T12:00:00Z     0 s ago        7        7  created         uid 1000"))
    #expect(
      run(["history", "7", "--json"], on: ledger).output
        == "{\"id\":\"1795435200000-0\",\"seq\":\"7\",\"type\":\"created\",\"token\":\"7\","
        + "\"actor\":\"uid 1000\"}\n")
    #expect(run(["history", "70"], on: ledger).exitCode == .failed)
  }

  @Test func `figures are shown as names and values`() {
    #expect(run(["status"], on: ledger).output == "name    value\ntokens  3\n")
    #expect(run(["status", "--json"], on: ledger).output == "{\"tokens\":3}\n")
    #expect(run(["digest", "--json"], on: ledger).output == "{\"digest\":\"ab\"}\n")
  }

  @Test func `a daemon that does not answer has its own exit code`() {
    let outcome = run(["status"])
    #expect(outcome.exitCode == .notReachable)
    #expect(outcome.messages.contains("no daemon answers at /nowhere.sock"))
  }
}
