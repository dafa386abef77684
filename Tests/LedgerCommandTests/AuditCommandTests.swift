import Foundation
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

/// Every question of `audit` on a real directory whose answers are known.
@Suite struct AuditCommandTests {
  /// Six tokens over ten minutes; asked at the end of them.
  private func withPast(_ body: (KnownLedger) throws -> Void) throws {
    try KnownLedger.with { ledger throws in
      try ledger.create(1, ["a", "b"], "USER u")
      try ledger.create(2, ["a"], "USER v")
      ledger.seconds = 60
      try ledger.create(3, ["c"], "OWNER ~")
      try ledger.create(4, ["a", "d"], "USER u")
      ledger.seconds = 120
      for _ in 1...2 { try ledger.write("TOKEN.REFRESHED 1 ACCESS pl4nted") }
      ledger.seconds = 180
      for _ in 1...2 { try ledger.write("TOKEN.REFRESHFAILED 2 CLASS unavailable CODE http-503") }
      ledger.seconds = 240
      try ledger.end(4, "invalid_grant")
      ledger.seconds = 300
      try ledger.write("TOKEN.DELETE 2 REASON mistake")
      ledger.seconds = 360
      try ledger.write("TOKEN.RESTORE 2")
      ledger.seconds = 420
      try ledger.write("TOKEN.DELETE 2 REASON =again")
      ledger.seconds = 480
      try ledger.create(5, ["a"], "USER w")
      try ledger.write("TOKEN.DELETE 5")
      try ledger.revoke(5)
      ledger.seconds = 540
      try ledger.write("TOKEN.GRANT 1 e")
      try ledger.create(6, [])
      ledger.seconds = 600
      try body(ledger)
    }
  }

  /// The values of one column, spelt out.
  private func column(
    _ name: String, _ ledger: KnownLedger, _ words: String...
  ) throws -> [String] {
    try ledger.objects(["audit"] + words).map { row in
      switch row[name] {
      case let names as [String]: names.joined(separator: "+")
      case nil: "absent"
      case let value?: value is NSNull ? "null" : "\(value)"
      }
    }
  }

  @Test(
    arguments: [
      (["a"], ["1"]), (["a", "--asof", "2026-11-23T12:02:00Z"], ["1", "2", "4"]),
      (["a d", "--asof", "#5"], ["4"]), (["a", "--asof", "#0"], []), ([""], ["6"]),
      (["e"], ["1"]), (["a e", "--asof", "2026-11-23T12:08:00Z"], []),
    ] as [([String], [String])])
  func `who can do something is told for now and for then`(
    words: [String], tokens: [String]
  ) throws {
    try withPast { ledger throws in
      let rows = try ledger.objects(["audit", "who-can"] + words)
      #expect(rows.map { "\($0["token"] ?? "")" } == tokens)
    }
  }

  @Test func `who can says characters, users and owners, and what was expired then`() throws {
    try withPast { ledger throws in
      let words = ["audit", "who-can", "a", "--asof", "2026-11-23T12:02:00Z"]
      let shown = ledger.run(words)
      #expect(
        shown.lines.last
          == "3 tokens of 3 characters, 2 users, 3 owners, as of 2026-11-23T12:02:00Z")
      ledger.seconds = 1170
      let now = try column("expired", ledger, "who-can", "c")
      let then = try column("expired", ledger, "who-can", "c", "--asof", "2026-11-23T12:10:00Z")
      ledger.seconds = 1231
      let later = try column("expired", ledger, "who-can", "c")
      #expect(now == ["0"] && then == ["0"])
      #expect(later == ["1"])
    }
  }

  @Test func `what changed is counted a token`() throws {
    try withPast { ledger throws in
      let words = ["what-changed", "--since", "2026-11-23T12:04:00Z"]
      func values(_ name: String) throws -> [String] {
        try ledger.objects(["audit"] + words).map { "\($0[name] ?? "")" }
      }
      #expect(try values("token") == ["1", "2", "4", "5", "6"])
      #expect(try values("created") == ["0", "0", "0", "1", "1"])
      #expect(try values("deleted") == ["0", "2", "1", "1", "0"])
      #expect(try values("restored") == ["0", "1", "0", "0", "0"])
      #expect(try values("failures") == ["0", "0", "1", "0", "0"])
      let scopes = try column("scopes_granted", ledger, "what-changed", "--since", "#1")
      #expect(scopes == ["e", "", "", "", "", ""])
      let summary = ledger.run(["audit"] + words).lines.last ?? ""
      #expect(summary.hasPrefix("10 events, 0 of them the ledger's own, 5 tokens: 2 created, "))
      #expect(summary.hasSuffix("1 restored, 0 logins, 0 refreshes, 1 failures, 1 scope granted"))
      let narrow = ["audit"] + words + ["--until", "2026-11-23T12:05:00Z"]
      #expect(try ledger.objects(narrow).count == 2)
    }
  }

  @Test func `refreshes are counted for whoever made them, whatever the process`() throws {
    try withPast { ledger throws in
      let actors = try column("actor", ledger, "refreshes-by-actor")
      #expect(actors == ["uid:\(UserID.current.rawValue)", "uid:7 worker"])
      let refreshes = try column("refreshes", ledger, "refreshes-by-actor")
      let failures = try column("failures", ledger, "refreshes-by-actor")
      let tokens = try column("tokens", ledger, "refreshes-by-actor")
      #expect(refreshes == ["2", "0"] && failures == ["2", "1"] && tokens == ["2", "1"])
      let first = try column("first", ledger, "refreshes-by-actor")
      #expect(first == ["2026-11-23T12:02:00.000000Z", "2026-11-23T12:04:00.000000Z"])
      let late = try column("actor", ledger, "refreshes-by-actor", "--since", "#12")
      #expect(late.isEmpty)
    }
  }

  @Test func `failures are counted by class and code`() throws {
    try withPast { ledger throws in
      let classes = try column("class", ledger, "failures-by-reason")
      let codes = try column("code", ledger, "failures-by-reason")
      let counts = try column("failures", ledger, "failures-by-reason")
      #expect(classes == ["unavailable", "definite"] && codes == ["http-503", "invalid_grant"])
      #expect(counts == ["2", "1"])
      let until = try column(
        "code", ledger, "failures-by-reason", "--until", "2026-11-23T12:03:00Z")
      #expect(until == ["http-503"])
      let output = ledger.run(["audit", "failures-by-reason"]).output
      #expect(output.hasSuffix("\n\n3 failures of 2 tokens\n"))
    }
  }

  @Test func `a scope is used when a token that has it was refreshed`() throws {
    try withPast { ledger throws in
      let words = "never-used-scopes"
      #expect(try column("scope", ledger, words) == ["c", "e"])
      let since = try column("known_since", ledger, words)
      #expect(since == ["2026-11-23T12:01:00.000000Z", "2026-11-23T12:09:00.000000Z"])
      // Deleting the token that used it does not make a scope unused.
      try ledger.create(7, ["b", "é f"].map { $0.replacing(" ", with: "_") })
      try ledger.write("TOKEN.DELETE 1")
      #expect(try column("scope", ledger, words) == ["c", "é f"])
      try ledger.write("TOKEN.REFRESHED 7 ACCESS x")
      #expect(try column("scope", ledger, words) == ["c"])
    }
  }

  @Test func `tokens of nobody are told, and which owner they lack`() throws {
    try withPast { ledger throws in
      #expect(try column("token", ledger, "without-owner") == ["3", "6"])
      #expect(try column("without_owner_hash", ledger, "without-owner") == ["1", "0"])
      #expect(try column("without_user", ledger, "without-owner") == ["1", "1"])
      #expect(
        ledger.run(["audit", "without-owner"]).lines.last
          == "2 tokens: 1 without owner hash, 2 without user")
    }
  }

  @Test func `a token without owner hash fails when a refresh names the owner`() throws {
    try KnownLedger.with { ledger throws in
      try ledger.create(1, ["a"], "OWNER ~")
      try ledger.write("TOKEN.REFRESHED 1 ACCESS x OWNER o")
      #expect(try column("code", ledger, "failures-by-reason") == ["owner_changed"])
      #expect(try column("refreshes", ledger, "refreshes-by-actor") == ["0"])
    }
  }

  @Test func `what ended stands out on a terminal`() throws {
    try withPast { ledger throws in
      let lines = ledger.run(["audit", "failures-by-reason"], isTerminal: true).lines
      #expect(lines[2].hasPrefix("\u{1b}[31mdefinite") && lines[2].hasSuffix("\u{1b}[0m"))
      #expect(lines[1].hasPrefix("unavailable"))
    }
  }

  @Test func `a deletion is told with its cause, and whether it can be undone`() throws {
    try withPast { ledger throws in
      #expect(try column("token", ledger, "deletions") == ["4", "2", "2", "5"])
      #expect(
        try column("undo", ledger, "deletions") == ["yes", "no, restored", "yes", "yes, revoked"])
      #expect(
        try column("cause_event", ledger, "deletions")
          == ["refreshFailed definite invalid_grant", "null", "null", "null"])
      #expect(
        try column("reason", ledger, "deletions") == ["null", "mistake", "=again", "null"])
      #expect(try column("user", ledger, "deletions") == ["u", "v", "v", "w"])
      #expect(try column("actor", ledger, "deletions").first == "uid:7 pid:9 worker")
      let narrow = try column("token", ledger, "deletions", "--since", "2026-11-23T12:07:00Z")
      #expect(narrow == ["2", "5"])
      #expect(ledger.run(["audit", "deletions", "--csv"]).output.contains(",'=again\r\n"))
    }
  }

  @Test func `a revocation counts until the token has another refresh token`() throws {
    try KnownLedger.with { ledger throws in
      for token in 1...3 {
        try ledger.create(token, ["a"])
        try ledger.write("TOKEN.DELETE \(token)")
        try ledger.revoke(Int64(token), failure: token == 1 ? "http-503" : nil)
        guard token > 1 else { continue }
        try ledger.write("TOKEN.RESTORE \(token)")
        let fresh = token == 2 ? "REFRESH pl4nted-new" : ""
        try ledger.write("TOKEN.REFRESHED \(token) ACCESS pl4nted \(fresh)")
        try ledger.write("TOKEN.DELETE \(token)")
      }
      #expect(
        try column("undo", ledger, "deletions")
          == ["yes", "no, restored", "yes", "no, restored", "yes, revoked"])
    }
  }

  @Test func `what can be undone can be, and what cannot is refused`() throws {
    try withPast { ledger throws in
      for token in try ledger.objects(["audit", "deletions"]) {
        guard let id = token["token"] as? Int, let undo = token["undo"] as? String else { continue }
        guard undo.hasPrefix("yes") else { continue }
        #expect(throws: Never.self) { try ledger.write("TOKEN.RESTORE \(id)") }
      }
      #expect(
        try Set(column("undo", ledger, "deletions")) == ["no, restored"])
    }
  }

  @Test(arguments: AuditQuestion.allCases)
  func `every question has a table, JSON and CSV of the same rows`(
    _ question: AuditQuestion
  ) throws {
    try withPast { ledger throws in
      var words = ["audit", question.rawValue]
      if question.takesScopes { words.append("a") }
      if question == .whatChanged { words += ["--since", "#1"] }
      let rows = try ledger.objects(words)
      let csv = ledger.run(words + ["--csv"]).output.split(separator: "\r\n")
      let table = ledger.run(words).lines
      #expect(!rows.isEmpty && csv.count == rows.count + 1 && table.count == rows.count + 2)
      for row in rows {
        #expect(Set(row.keys) == Set(csv[0].split(separator: ",").map(String.init)))
      }
      #expect(!ledger.run(words).output.unicodeScalars.contains("\u{1b}"))
      #expect(
        ledger.run(words, isTerminal: true, environment: ["NO_COLOR": "1"]).output
          == ledger.run(words).output)
    }
  }

  @Test func `an empty ledger has an answer to every question`() throws {
    try KnownLedger.with { ledger throws in
      for question in AuditQuestion.allCases {
        let scopes = question.takesScopes ? ["a"] : []
        let since = question == .whatChanged ? ["--since", "1"] : []
        let outcome = ledger.run(["audit", question.rawValue] + scopes + since)
        #expect(outcome.exitCode == .done && outcome.lines.count == 2, "\(question)")
      }
    }
  }

  @Test func `more tokens and events than a page holds are all counted`() throws {
    try KnownLedger.with { ledger throws in
      for character in 1...1201 {
        try ledger.create(character, ["a"])
        try ledger.write("TOKEN.REFRESHFAILED \(character) CLASS unavailable CODE x")
      }
      #expect(try ledger.objects(["audit", "who-can", "a"]).count == 1201)
      #expect(try column("tokens", ledger, "failures-by-reason") == ["1201"])
      #expect(try column("tokens", ledger, "never-used-scopes") == ["1201"])
      for character in 1...1201 { try ledger.write("TOKEN.DELETE \(character)") }
      let characters = try column("character_id", ledger, "deletions")
      #expect(characters == (1...1201).map(String.init))
    }
  }

  @Test(
    arguments: [
      (["who-can"], "SCOPES is missing"), (["deletions", "a"], "too many words"),
      (["what-changed"], "--since MOMENT is missing"), (["who-is"], "QUESTION: should be who-can"),
      (["deletions", "--asof", "#1"], "--asof does not go with deletions"),
      (["without-owner", "--since", "#1"], "--since does not go with without-owner"),
      (["who-can", "a", "--until", "#1"], "--until does not go with who-can"),
      (["deletions", "--csv", "--json"], "exclude each other"), ([], "QUESTION is missing"),
    ] as [([String], String)])
  func `words that do not go together are refused by name`(_ words: [String], _ hint: String) {
    let outcome = run(["audit"] + words)
    #expect(outcome.exitCode == .usage && outcome.messages.contains(hint), "\(outcome.messages)")
  }

  @Test func `a moment that lies ahead is refused`() throws {
    try withPast { ledger throws in
      let outcome = ledger.run(["audit", "who-can", "a", "--asof", "2030-01-01T00:00:00Z"])
      #expect(outcome.exitCode == .failed && outcome.output.isEmpty)
    }
  }
}
