import Foundation
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

/// `history` on real directories.
@Suite struct HistoryCommandTests {
  /// Two tokens of two users: the first one renewed, failed and deleted, a minute each.
  private func withPast(_ body: (KnownLedger) throws -> Void) throws {
    try KnownLedger.with { ledger in
      try ledger.create(1, ["a", "b"], "USER u REASON first")
      ledger.seconds = 60
      try ledger.create(2, ["a"], "USER v KEY k")
      ledger.seconds = 120
      try ledger.write("TOKEN.REFRESHED 1 ACCESS pl4nted")
      ledger.seconds = 180
      try ledger.end(1, "invalid_grant")
      try ledger.write("TOKEN.RESTORE 1")
      ledger.seconds = 240
      try ledger.write("TOKEN.DELETE 1 REASON =1+1")
      ledger.seconds = 300
      try body(ledger)
    }
  }

  private func sequences(_ ledger: KnownLedger, _ words: String...) throws -> [String] {
    try ledger.objects(["history"] + words).compactMap { $0["seq"] as? String }
  }

  @Test func `the ledger's history holds every event, a token's its own`() throws {
    try withPast { ledger in
      let all = try sequences(ledger)
      #expect(all == (1...all.count).map(String.init))
      let own = try ledger.objects(["history", "1"])
      #expect(own.allSatisfy { $0["token"] as? String == "1" } && own.count == all.count - 2)
      #expect(try sequences(ledger, "--token", "1") == sequences(ledger, "1"))
      #expect(try sequences(ledger, "--reverse") == all.reversed())
      #expect(try sequences(ledger, "--reverse", "--count", "2") == all.suffix(2).reversed())
    }
  }

  @Test(
    arguments: [
      (["--type", "created"], ["2", "3"]), (["--type", "created", "--user", "v"], ["3"]),
      (["--character", "1", "--type", "refreshed"], ["4"]), (["--reason", "f*"], ["2"]),
      (["--type", "opened", "--type", "refreshed"], ["1", "4"]),
      (["--since", "2026-11-23T12:01:00Z", "--until", "#4"], ["3", "4"]),
      (["--actor", "system", "--type", "created"], []),
      (["--until", "#1", "--type", "deleted"], []),
    ] as [([String], [String])])
  func `flags choose events together`(flags: [String], sequences: [String]) throws {
    try withPast { ledger in
      let found = try ledger.objects(["history"] + flags).compactMap { $0["seq"] as? String }
      #expect(found == sequences)
    }
  }

  @Test func `flags narrow the history of one token, but do not name another`() throws {
    try withPast { ledger in
      let refreshes = try sequences(ledger, "1", "--type", "refreshed")
      #expect(refreshes == ["4"])
      for flag in [["--token", "2"], ["--character", "1"], ["--user", "u"]] {
        let outcome = ledger.run(["history", "1"] + flag)
        #expect(outcome.exitCode == .usage && outcome.messages.contains("ID and \(flag[0])"))
      }
      #expect(ledger.run(["history", "9"]).exitCode == .failed)
      #expect(ledger.run(["history", "--token", "9"]).exitCode == .done)
    }
  }

  @Test func `times are told absolutely and from the session's clock`() throws {
    try withPast { ledger in
      let lines = ledger.run(["history", "--type", "created"]).lines
      let columns = lines.map { $0.split(separator: "  ").map { $0.filter { $0 != " " } } }
      #expect(lines.count == 3)
      #expect(columns[0] == ["time", "ago", "seq", "token", "type", "actor", "details"])
      #expect(columns[1].prefix(5) == ["2026-11-23T12:00:00Z", "5minago", "2", "1", "created"])
      #expect(columns[2].prefix(5) == ["2026-11-23T12:01:00Z", "4minago", "3", "2", "created"])
      #expect(lines[1].contains("created=2026-11-23T12:00:00Z"))
    }
  }

  @Test func `ends and failures are coloured on a terminal, and nothing anywhere else`() throws {
    try withPast { ledger in
      let words = ["history"]
      let coloured = ledger.run(words, isTerminal: true).lines
      let red = coloured.filter { $0.hasPrefix("\u{1b}[31m") && $0.hasSuffix("\u{1b}[0m") }
      #expect(red.allSatisfy { $0.contains("deleted") || $0.contains("class=definite") })
      #expect(red.contains { $0.contains("deleted") } && red.contains { $0.contains("definite") })
      let plain = ledger.run(words).output
      #expect(!plain.unicodeScalars.contains("\u{1b}"))
      for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
        #expect(ledger.run(words, isTerminal: true, environment: environment).output == plain)
      }
      let unset = ledger.run(words, isTerminal: true, environment: ["NO_COLOR": ""])
      #expect(unset.output.unicodeScalars.contains("\u{1b}"))
      for form in ["--json", "--csv", "--cloudevents"] {
        let output = ledger.run(words + [form], isTerminal: true).output
        #expect(!output.unicodeScalars.contains("\u{1b}"), "\(form)")
      }
    }
  }

  @Test func `the forms exclude each other`() {
    for pair in [["--json", "--csv"], ["--csv", "--cloudevents"], ["--cloudevents", "--json"]] {
      #expect(run(["history"] + pair).exitCode == .usage)
    }
  }

  @Test func `the columns of CSV are the same for every list, also for an empty one`() throws {
    let heading = "id,time,sequence,type,token,actor,cause,previous,reason,key,details\r\n"
    try withPast { ledger in
      let whole = ledger.run(["history", "--csv"]).output
      #expect(whole.hasPrefix(heading))
      #expect(whole.contains(#"""scopes"":[""a"",""b""]"#))
      let none = ledger.run(["history", "--csv", "--type", "compacted"])
      #expect(none.output == heading)
      let deleted = ledger.run([
        "history", "--csv", "--type", "deleted", "--reverse", "--count", "1",
      ])
      #expect(deleted.output.contains(",'=1+1,,{}\r\n"))
    }
  }

  @Test func `numbers are numbers in a CloudEvent, and its envelope names the ledger`() throws {
    try withPast { ledger in
      let lines = ledger.run(["history", "--cloudevents", "--type", "refreshed"]).lines
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
      let ledgerID = try #require(ledger.objects(["status"]).first?["ledger"] as? String)
      #expect(object["source"] as? String == "tokenledger:\(ledgerID)")
      #expect(object["time"] as? String == "2026-11-23T12:02:00.000Z")
      #expect(object["sequence"] as? String == "00000000000000000004")
      let data = try #require(object["data"] as? [String: Any])
      #expect(data["created_us"] as? Int64 == 1_795_435_320_000_000)
      #expect(data["token"] as? Int == 1 && data["previous"] as? Int == 2)
      #expect(data["seq"] == nil && data["type"] == nil)
    }
  }

  @Test func `a long history comes page by page, each event once`() throws {
    try KnownLedger.with { ledger in
      try ledger.create(1, ["a"])
      for _ in 0..<2500 { try ledger.write("TOKEN.REFRESHED 1 ACCESS x") }
      let all = try sequences(ledger)
      #expect(all == (1...2502).map(String.init))
      #expect(try sequences(ledger, "--reverse") == all.reversed())
      #expect(try sequences(ledger, "1", "--count", "1500") == (2...1501).map(String.init))
      let lines = ledger.run(["history"]).lines
      #expect(lines.count == 2503 && lines.count { $0.hasPrefix("time ") } == 1)
      let places = lines.map { $0.utf8.prefix { $0 != UInt8(ascii: "r") }.count }
      #expect(Set(places.suffix(2500)).count == 1, "the column of types stays where it is")
      let endpoint = try DirectoryEndpoint(ledger.directory, for: .reading)
      for order in [EventPages.Order.oldestFirst, .newestFirst] {
        var pages = EventPages(
          endpoint, LedgerRequest("LEDGER.HISTORY"), order, limit: 2000, pageEvents: 7)
        var seen: [Int64] = []
        while let page = try pages.next() {
          #expect(page.count <= 7)
          seen += page.compactMap(\.sequence)
        }
        #expect(seen == (order == .oldestFirst ? Array(1...2000) : (503...2502).reversed()))
      }
    }
  }
}
