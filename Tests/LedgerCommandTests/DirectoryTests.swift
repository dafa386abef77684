import Foundation
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

/// The program on real directories, with the clock of the recorded dump.
@Suite struct DirectoryTests {
  private let expected: OracleCase

  init() throws {
    expected = try OracleCase.load("django-esi-dumpdata.expect.json")
  }

  private var clock: LedgerClock { frozen(at: expected.clock) }

  private func frozen(at seconds: Int64) -> LedgerClock {
    .frozen(UnixTime(clampingMicroseconds: seconds * 1_000_000))
  }

  private func opened(_ directory: String, at seconds: Int64) throws -> DirectoryEndpoint {
    try DirectoryEndpoint(directory, for: .reading, clock: frozen(at: seconds))
  }

  /// Runs a line on a directory; the ledger is open only meanwhile.
  private func run(_ words: [String], in directory: String) -> Outcome {
    let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
    let surroundings = Surroundings(
      console: console, environment: [:], now: { expected.clock * 1_000_000 },
      open: { (place, use) throws(EndpointError) in
        guard case .directory(let path) = place else { throw .noLedger(directory: "") }
        return try DirectoryEndpoint(path, for: use, clock: clock)
      },
      readInput: { Data() }, readLine: { nil })
    let exitCode = CommandLineRun(in: surroundings).run(words + ["--data", directory])
    return Outcome(
      exitCode: exitCode, output: console.output.text, messages: console.messages.text)
  }

  private func importRecorded(into directory: String) -> Outcome {
    run(["import", "--from-django-esi", recordedDump], in: directory)
  }

  @Test func `the recorded dump becomes a ledger, and again changes nothing`() throws {
    try withTemporaryDirectory { directory throws in
      let ledger = directory + "/ledger"
      #expect(importRecorded(into: ledger).output == "created 300, unchanged 0, skipped 0\n")
      let digest = run(["digest", "--json"], in: ledger)
      #expect(importRecorded(into: ledger).output == "created 0, unchanged 300, skipped 0\n")
      #expect(run(["digest", "--json"], in: ledger).digest == digest.digest)
      #expect(run(["status", "--json"], in: ledger).exitCode == .done)
    }
  }

  @Test func `an imported ledger answers every recorded question as django-esi did`() throws {
    try withTemporaryDirectory { directory throws in
      _ = importRecorded(into: directory)
      var endpoints: [Int64: DirectoryEndpoint] = [:]
      var asked = 0
      for query in expected.queries where query.quirk == nil {
        guard let flags = query.flags else { continue }
        let clock = query.clock ?? expected.clock
        let endpoint = try endpoints[clock] ?? opened(directory, at: clock)
        endpoints[clock] = endpoint
        let line = ["query", "--fields", "id", "--json"] + flags
        let outcome = LedgerCommandTests.run(line, on: endpoint)
        let ids = outcome.lines.compactMap { Int64($0.dropFirst(6).dropLast()) }
        #expect(ids == query.expect, "\(flags)")
        asked += 1
      }
      #expect(asked > 40)
    }
  }

  @Test func `every token is shown as the recorded one`() throws {
    try withTemporaryDirectory { directory throws in
      _ = importRecorded(into: directory)
      let outcome = run(["query", "--json"], in: directory)
      let rows = try outcome.lines.map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      for (row, token) in zip(rows, expected.tokens.sorted { $0.id < $1.id }) {
        #expect(row["id"] as? Int64 == token.id)
        #expect(row["character_id"] as? Int64 == token.characterID)
        #expect(row["created_us"] as? Int64 == token.createdMicroseconds)
        #expect(row["expires_us"] as? Int64 == token.expect.expiresMicroseconds)
        #expect(row["expired"] as? Bool == token.expect.expired)
        #expect(row["can_refresh"] as? Bool == token.expect.canRefresh)
        #expect(row["user"] as? String == token.user.map(String.init))
        #expect(
          (row["character_name"] as? String).map { Array($0.utf8) }
            == Array(token.characterName.utf8))
      }
      #expect(rows.count == expected.tokens.count)
    }
  }

  @Test func `an export imported into another ledger gives the same digest`() throws {
    try withTemporaryDirectory { directory throws in
      let (original, copy) = (directory + "/a", directory + "/b")
      let file = directory + "/esi.json"
      _ = importRecorded(into: original)
      let export = run(["export", "--to-django-esi", file, "--with-secrets"], in: original)
      #expect(export.output == "tokens 300, scopes 45\n")
      let words = ["import", "--from-django-esi", file]
      #expect(run(words, in: original).output == "created 0, unchanged 300, skipped 0\n")
      #expect(run(words, in: copy).output == "created 300, unchanged 0, skipped 0\n")
      let digest = run(["digest", "--json"], in: original).digest
      #expect(digest?.count == 64)
      #expect(run(["digest", "--json"], in: copy).digest == digest)
    }
  }

  @Test func `a batch with a conflict in its midst gives each request its own reply`() throws {
    try withTemporaryDirectory { directory throws in
      let endpoint = try DirectoryEndpoint(directory, for: .writing, clock: clock)
      let dump = try Dump(
        Data("[\(Sample.scope), \(Sample.token()), \(Sample.token(pk: "8"))]".utf8))
      let creations = dump.tokens.map(\.creation)
      let replies = try endpoint.pipeline([creations[0], creations[0], creations[1]])
      #expect(replies.map(\.integer) == [7, nil, 8])
      #expect(replies[1].errorPrefix == "CONFLICT")
    }
  }

  @Test func `a ledger that another process writes to is named with that process`() throws {
    try withTemporaryDirectory { directory throws in
      let store = try LedgerStore.open(directory)
      let outcome = importRecorded(into: directory)
      #expect(outcome.exitCode == .tryLater)
      #expect(outcome.messages.contains("the process \(ProcessID.current.rawValue) writes"))
      #expect(outcome.messages.contains("--socket \(directory)/tokenledger.sock"))
      #expect(run(["query", "--count"], in: directory).output == "0\n")
      withExtendedLifetime(store) {}
    }
  }

  @Test func `a directory without a ledger is no empty ledger`() throws {
    try withTemporaryDirectory { directory throws in
      for words in [["query"], ["status"], ["export", "--to-django-esi", directory + "/x"]] {
        let outcome = run(words, in: directory + "/none")
        #expect(outcome.exitCode == .failedIO)
        #expect(outcome.messages.contains("there is no ledger in"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    }
  }

  @Test func `a query and a digest look back to a moment`() throws {
    try withTemporaryDirectory { directory throws in
      let ledger = directory + "/ledger"
      let file = directory + "/dump.json"
      try Data(Sample.dump(Sample.token(), Sample.token(pk: "8")).utf8)
        .write(to: URL(fileURLWithPath: file))
      #expect(run(["import", "--from-django-esi", file], in: ledger).exitCode == .done)
      // The ledger was opened, and two tokens were created.
      for (moment, count) in [("#0", "0"), ("#1", "0"), ("#2", "1"), ("#3", "2")] {
        #expect(run(["query", "--asof", moment, "--count"], in: ledger).output == "\(count)\n")
      }
      #expect(run(["query", "--asof", "#2"], in: ledger).output.contains("7"))
      #expect(run(["query", "--asof", "#99"], in: ledger).exitCode == .failed)
      #expect(run(["query", "--asof", "soon"], in: ledger).exitCode == .usage)
      let digests = ["#2", "#3"].map { run(["digest", "--asof", $0], in: ledger).output }
      #expect(digests[0] != digests[1] && digests[1] == run(["digest"], in: ledger).output)
    }
  }

  @Test func `no output on a ledger with secrets holds one`() throws {
    try withTemporaryDirectory { directory throws in
      let file = directory + "/dump.json"
      let planted = Sample.dump(
        Sample.token(replacing: "access_token", #""PLANTED""#),
        Sample.token(pk: "8", replacing: "refresh_token", #""PLANTED""#))
      try Data(planted.utf8).write(to: URL(fileURLWithPath: file))
      let ledger = directory + "/ledger"
      for words in [
        ["import", "--from-django-esi", file], ["import", "--from-django-esi", file], ["query"],
        ["query", "--json"], ["history", "7"], ["history", "8", "--json"], ["status"], ["digest"],
        ["query", "--json", "--asof", "#3"], ["digest", "--asof", "#3"],
        ["export", "--to-django-esi", directory + "/out.json"],
      ] {
        let outcome = run(words, in: ledger)
        #expect(outcome.exitCode == .done, "\(words)")
        #expect(!(outcome.output + outcome.messages).contains("PLANTED"), "\(words)")
      }
      let export = try String(contentsOfFile: directory + "/out.json", encoding: .utf8)
      #expect(!export.contains("PLANTED"))
    }
  }
}

extension Outcome {
  /// The digest in the output of `digest --json`.
  fileprivate var digest: String? {
    let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    return object?["digest"] as? String
  }
}

extension OracleQuery {
  /// The flags that ask the same; nil for what the command line has no flag for.
  fileprivate var flags: [String]? {
    switch op {
    case "require_scopes": return scopes.flagsOfScopes
    case "require_scopes_exact": return scopes.text.map { ["--exactly", $0] }
    case "equivalent_to": return token.map { ["--equivalent-to", String($0)] }
    case "get_expired": return ["--expired"]
    case "filter_character": return characterID.map { ["--character", String($0)] }
    case "filter_user": return user.map { ["--user", String($0)] } ?? ["--no-user"]
    case "filter_type": return tokenType.map { ["--type", $0] }
    case "filter_ids": return ids.map { ["--ids", $0.map(String.init).joined(separator: ",")] }
    case "order_by_id", "all": return []
    case "get_token":
      guard let characterID, let flags = scopes.flagsOfScopes else { return nil }
      return ["--character", String(characterID), "--limit", "1"] + flags
    case "chain":
      let parts = (steps ?? []).map(\.flags)
      return parts.contains { $0 == nil } ? nil : parts.flatMap { $0 ?? [] }
    default: return nil
    }
  }
}

extension OracleScopes? {
  /// The scopes as one text that is split; nil for a list whose names must be taken as they are.
  fileprivate var text: String? {
    switch self {
    case nil: return ""
    case .text(let text): return text
    case .list(let names):
      let isPlain =
        names.count < 2 || names.allSatisfy { !$0.isEmpty && !$0.contains(where: \.isWhitespace) }
      return isPlain ? names.joined(separator: " ") : nil
    }
  }

  fileprivate var flagsOfScopes: [String]? {
    if case .list(let names) = self, names.count > 1 { return names.flatMap { ["--scope", $0] } }
    return text.map { ["--scopes", $0] }
  }
}
