import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct ImportCommandTests {
  private func imported(
    _ dump: String, into ledger: LedgerDouble, _ flags: String...
  ) -> Outcome {
    run(["import", "--from-django-esi", "-"] + flags, on: ledger, input: dump)
  }

  @Test func `the recorded dump is imported whole, and a second time changes nothing`() throws {
    let ledger = LedgerDouble()
    let words = ["import", "--from-django-esi", recordedDump]
    let first = run(words, on: ledger)
    #expect(first.exitCode == .done)
    #expect(first.output == "created 300, unchanged 0, skipped 0\n")
    #expect(first.messages.isEmpty)

    let expected = try OracleCase.load("django-esi-dumpdata.expect.json")
    #expect(Set(ledger.tokens.keys) == Set(expected.tokens.map(\.id)))
    for token in expected.tokens {
      let stored = try #require(ledger.tokens[token.id])
      #expect(stored.created.microseconds == token.createdMicroseconds)
      #expect(stored.values["NAME"] == Array(token.characterName.utf8))
      #expect(stored.values["USER"] == token.user.map { Array(String($0).utf8) })
      #expect(stored.values["REFRESH"] == token.refreshToken.map { Array($0.utf8) })
      #expect(Set(stored.scopes) == Set(token.scopes.map { Array($0.utf8) }))
    }

    let second = run(words, on: ledger)
    #expect(second.exitCode == .done)
    #expect(second.output == "created 0, unchanged 300, skipped 0\n")
    #expect(ledger.commands.filter { $0 == "TOKEN.CREATE" }.count == 300)
    #expect(ledger.greatestBatch <= RequestBatches<DumpedToken>.maximumRequests)
  }

  @Test func `one bad record and nothing of the file is imported`() {
    let ledger = LedgerDouble()
    let dump = Sample.dump(Sample.token(), Sample.token(pk: "8", replacing: "created", "5"))
    let outcome = imported(dump, into: ledger)
    #expect(outcome.exitCode == .failed)
    #expect(ledger.commands.isEmpty)
    #expect(outcome.messages.contains("esi.token pk 8 (index 2): created: should be a time"))
    #expect(outcome.messages.contains("--skip-invalid"))
    #expect(outcome.output == "created 0, unchanged 0, skipped 1\n")
  }

  @Test func `bad records are left out and named when asked for`() {
    let ledger = LedgerDouble()
    let dump = Sample.dump(Sample.token(), Sample.token(pk: "8", replacing: "created", "5"))
    let outcome = imported(dump, into: ledger, "--skip-invalid")
    #expect(outcome.exitCode == .done)
    #expect(Array(ledger.tokens.keys) == [7])
    #expect(outcome.messages.contains("esi.token pk 8 (index 2): created: "))
    #expect(outcome.output == "created 1, unchanged 0, skipped 1\n")
  }

  @Test(arguments: [
    ("created", #""2026-11-23T11:44:09.669Z""#, "created_us"), ("user", "4", "user"),
    ("user", "null", "user"), ("character_id", "1", "character_id"),
    ("character_name", #""pilot""#, "character_name"), ("scopes", "[]", "scopes"),
    ("character_owner_hash", #""o""#, "owner_hash"), ("sso_version", "1", "sso_version"),
    ("token_type", #""corporation""#, "token_type"), ("access_token", #""x""#, "access_token"),
    ("access_token", #""""#, "access_token"), ("refresh_token", #""x""#, "refresh_token"),
    ("refresh_token", "null", "refresh_token"),
  ])
  func `a token that the ledger has with another value is named, and nothing changes`(
    _ field: String, _ json: String, _ name: String
  ) {
    let ledger = LedgerDouble()
    _ = imported(Sample.dump(Sample.token()), into: ledger)
    let changed = Sample.dump(Sample.token(replacing: field, json), Sample.token(pk: "8"))
    let outcome = imported(changed, into: ledger)
    #expect(outcome.exitCode == .failed)
    #expect(
      outcome.messages.contains(
        "esi.token pk 7 (index 1): already in the ledger with other \(name)\n"))
    #expect(Array(ledger.tokens.keys) == [7])
  }

  @Test func `none and empty refresh tokens are told apart if the secrets may be seen`() {
    let ledger = LedgerDouble()
    _ = imported(Sample.dump(Sample.token(replacing: "refresh_token", "null")), into: ledger)
    let empty = Sample.dump(Sample.token(replacing: "refresh_token", #""""#))
    #expect(imported(empty, into: ledger).messages.contains("with other refresh_token"))
    ledger.isAdmin = false
    #expect(imported(empty, into: ledger).output == "created 0, unchanged 1, skipped 0\n")
  }

  @Test func `a token deleted in the ledger is named and not brought back`() {
    let ledger = LedgerDouble()
    ledger.deleted = [7]
    let dump = Sample.dump(Sample.token(), Sample.token(pk: "8"))
    let refused = imported(dump, into: ledger)
    #expect(refused.exitCode == .failed)
    #expect(refused.messages.contains("esi.token pk 7 (index 1): deleted in the ledger"))
    #expect(ledger.tokens.isEmpty)
    #expect(imported(dump, into: ledger, "--skip-invalid").exitCode == .done)
    #expect(Array(ledger.tokens.keys) == [8])
  }

  @Test func `a conflict that comes up only when creating is named, and the rest goes on`() {
    let ledger = LedgerDouble()
    ledger.conflicts = [7]
    let outcome = imported(Sample.dump(Sample.token(), Sample.token(pk: "8")), into: ledger)
    #expect(outcome.exitCode == .failed)
    #expect(outcome.messages.contains("esi.token pk 7 (index 1): refused by the ledger: CONFLICT"))
    #expect(outcome.output == "created 1, unchanged 0, skipped 1\n")
  }

  @Test(arguments: [
    ("DISKFULL no room", ExitCode.tryLater), ("DENIED writer", .failed), ("LOADING", .tryLater),
    ("READONLY a sync failed", .failedIO),
  ])
  func `what stops an import in the middle decides the exit code, and the next run goes on`(
    _ message: String, _ exitCode: ExitCode
  ) {
    let ledger = LedgerDouble()
    ledger.failure = (1, message)
    let dump = Sample.dump(Sample.token(), Sample.token(pk: "8"))
    let cutOff = imported(dump, into: ledger)
    #expect(cutOff.exitCode == exitCode)
    #expect(cutOff.output == "created 1, unchanged 0, skipped 0\n")
    ledger.failure = nil
    #expect(imported(dump, into: ledger).output == "created 1, unchanged 1, skipped 0\n")
  }

  @Test func `the report for programs is one object`() {
    let dump = Sample.dump(Sample.token(), Sample.token(pk: "8", replacing: "scopes", "[2]"))
    let outcome = imported(dump, into: LedgerDouble(), "--json", "--skip-invalid")
    #expect(
      outcome.output == """
        {"created":1,"unchanged":0,"skipped":1,"complete":true,"records":[{"index":2,\
        "model":"esi.token","pk":8,"problems":[{"field":"scopes","problem":"no esi.scope of the \
        file has the pk 2"}]}]}

        """)
  }

  @Test func `files that are none, or no dumps, are told apart`() throws {
    let missing = run(["import", "--from-django-esi", "/nowhere/esi.json"], on: LedgerDouble())
    #expect(missing.exitCode == .failedIO)
    #expect(missing.messages.contains("there is no such file"))
    #expect(imported("[", into: LedgerDouble()).exitCode == .failed)
    #expect(imported("{}", into: LedgerDouble()).messages.contains("not a list of records"))
  }

  @Test func `no output of an import holds a secret, wherever it stands in the file`() {
    let planted = "PLANTED-SECRET"
    let fields = [
      "created", "access_token", "refresh_token", "user", "character_id", "character_name",
      "token_type", "character_owner_hash", "sso_version", "scopes",
    ]
    let rows = fields.enumerated().flatMap { index, field -> [String] in
      ["\"\(planted)\"", "[\"\(planted)\"]", "\"\(planted)\\u0000\""].enumerated().map {
        Sample.token(pk: String(10 * index + $0.offset + 1), replacing: field, $0.element)
      }
    }
    let dump = "[\(([Sample.scope] + rows).joined(separator: ","))]"
    for flags in [[], ["--skip-invalid"], ["--json"]] {
      let ledger = LedgerDouble()
      let outcome = run(["import", "--from-django-esi", "-"] + flags, on: ledger, input: dump)
      #expect(!(outcome.output + outcome.messages).contains(planted))
    }
    let cut = run(["import", "--from-django-esi", "-"], input: String(dump.dropLast(30)))
    #expect(!(cut.output + cut.messages).contains(planted))
  }
}
