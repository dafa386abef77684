// `replay` on a directory whose events are known one by one.

import EventLog
import Foundation
import LedgerServer
import LedgerStore
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct ReplayCommandTests {
  private func withLedger(_ body: (LivedDirectory) throws -> Void) throws {
    try withTemporaryDirectory { directory throws in try body(LivedDirectory(in: directory)) }
  }

  /// The sequences that lines begin with.
  private func sequences(_ outcome: Outcome) -> [Int] {
    outcome.lines.compactMap { line in
      line.hasPrefix("#") ? Int(line.dropFirst().prefix { $0.isNumber }) : nil
    }
  }

  @Test func `a summary counts the events and ends with the ledger's digest`() throws {
    try withLedger { ledger in
      let outcome = ledger.run("replay")
      #expect(outcome.exitCode == .done)
      #expect(outcome.lines.contains("created            2"))
      #expect(outcome.output.contains("events 9, to #9"))
      let digest = "\(try LedgerStore.openForReading(ledger.path).state.digest())"
      #expect(outcome.lines.last == "digest \(digest)")
      #expect(ledger.run("replay").output == outcome.output)
      let object = try #require(try ledger.run("replay", "--json").objects.last)
      #expect(object["digest"] as? String == digest && object["tokens"] as? Int == 1)
    }
  }

  @Test func `a trace says what each event changed`() throws {
    try withLedger { ledger in
      let lines = ledger.run("replay", "--trace").lines
      #expect(lines[1].contains("created token 1: character_id 1, character_name A"))
      #expect(lines[3].contains("scopesGranted token 1: scopes a -> a b, version 1 -> 2"))
      #expect(lines[3].hasSuffix("reason: more"))
      #expect(lines[4].contains("access ") && lines[4].contains("previous_refresh none -> "))
      #expect(lines[6].contains("deleted token 1: version 3 -> 4, deleted no -> yes"))
      #expect(lines[7].contains("restored token 1: version 4 -> 5, deleted yes -> no"))
      let objects = try ledger.run("replay", "--trace", "--json", "--until", "#4").objects
      let changes = objects[3]["changes"] as? [[String: Any]]
      #expect(changes?.first?["field"] as? String == "scopes")
      #expect(changes?.first?["after"] as? String == "a b")
    }
  }

  @Test(
    arguments: [
      (["--from", "#3", "--until", "#5"], [3, 4, 5]), (["--token", "2"], [3, 6, 9]),
      (["--token", "1", "--from", "#5"], [5, 7, 8]),
      (["--from", "1795435440", "--until", "1795435500.999"], [5, 6]),
      (["--from", "1795435440000-0", "--until", "1795435440000-0"], [5]),
      (["--break", "type=deleted"], [1, 2, 3, 4, 5, 6, 7]),
      (["--break", "type=deleted and character=2"], [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      (["--from", "#8", "--break", "scope=b"], [8]),
      (["--break", "code~invalid_*"], [1, 2, 3, 4, 5, 6]),
      (["--break", "user=u and seq>3"], [1, 2, 3, 4]), (["--until", "#0"], []),
      (["--break", "actor=system"], [1]), (["--break", "reason=outage"], [1, 2, 3, 4, 5, 6, 7]),
    ] as [([String], [Int])])
  func `the flags choose a part`(flags: [String], expected: [Int]) throws {
    try withLedger { ledger in
      let words = ["replay", "--trace", "--json", "--data", ledger.path] + flags
      let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
      let surroundings = Surroundings(
        console: console, environment: [:], now: { 0 }, open: LedgerOpening.open,
        readInput: { Data() }, readLine: { nil })
      #expect(CommandLineRun(in: surroundings).run(words) == .done)
      let lines = console.output.text.split(separator: "\n").dropLast()
      let objects = try lines.map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(objects.compactMap { ($0["seq"] as? String).flatMap { Int($0) } } == expected)
    }
  }

  @Test func `a condition that never holds ends with 1`() throws {
    try withLedger { ledger in
      #expect(ledger.run("replay", "--break", "token=9").exitCode == .failed)
      #expect(ledger.run("replay", "--break", "token=2", "--until", "#2").exitCode == .failed)
    }
  }

  @Test func `digests come after every so many events, and are those of then`() throws {
    try withLedger { ledger in
      let lines = ledger.run("replay", "--digest-every", "3").lines.filter {
        $0.contains(" digest ")
      }
      #expect(lines.map { $0.prefix(2) } == ["#3", "#6", "#9"])
      for line in lines {
        let asOf = ledger.run("digest", "--asof", String(line.prefix(2))).output
        #expect(line.hasSuffix(asOf.trimmingCharacters(in: .newlines)))
      }
    }
  }

  @Test func `a difference tells each token's fate between two moments`() throws {
    try withLedger { ledger in
      let lines = ledger.run("replay", "--diff", "--from", "#3", "--until", "#7").lines
      #expect(lines.count == 2)
      #expect(lines[0].hasPrefix("token 1 deleted: scopes a -> a b, created "))
      #expect(lines[1].hasPrefix("token 2 created: character_id 2, character_name B"))
      #expect(ledger.run("replay", "--diff", "--from", "#7", "--until", "#8").lines.count == 1)
      #expect(ledger.run("replay", "--diff", "--from", "#99").output.isEmpty)
      let all = try ledger.run("replay", "--diff", "--json").objects
      #expect(all.map { $0["fate"] as? String } == ["created", "created"])
    }
  }

  @Test func `steps follow the commands`() throws {
    try withLedger { ledger in
      let outcome = ledger.run(
        "replay", "--step",
        input: """
          where
          next 2
          show
          query --character 1
          until type=deleted
          diff
          show 2
          digest
          nonsense
          next x
          until colour=red
          continue
          """)
      #expect(outcome.exitCode == .done)
      #expect(sequences(outcome) == [1, 1, 3, 7])
      #expect(outcome.output.contains("token 2\n  character_id 2\n"))
      #expect(outcome.output.contains("\n1\n"))
      #expect(outcome.output.contains("token 1 deleted: scopes a -> a b"))
      #expect(outcome.output.contains("no such command"))
      #expect(outcome.output.contains("character 1: expected one of type,"))
      #expect(outcome.lines.last == "end of the log")
      let digest = ledger.run("digest", "--asof", "#7").output
      #expect(outcome.output.contains(digest))
      #expect(sequences(ledger.run("replay", "--step", input: "q")) == [1])
      #expect(
        sequences(ledger.run("replay", "--step", "--break", "seq=4", input: "c\nc\n")) == [1, 4])
    }
  }

  @Test func `a copy up to any event has the state of then and no secret`() throws {
    try withLedger { ledger in
      let original = String(decoding: try LivedDirectory.bytes(of: ledger.path), as: UTF8.self)
      #expect(original.contains(LivedDirectory.planted))
      for sequence in 1...LivedDirectory.eventCount {
        let copy = "\(ledger.path)-\(sequence)"
        let outcome = ledger.run("replay", "--until", "#\(sequence)", "--into", copy)
        #expect(outcome.exitCode == .done, "\(outcome.messages)")
        let verified = ledger.run("verify", on: copy)
        #expect(verified.exitCode == .done && !verified.output.contains("warning"))
        let digest = ledger.run("digest", on: copy).output
        #expect(digest == ledger.run("digest", "--asof", "#\(sequence)").output)
        let bytes = String(decoding: try LivedDirectory.bytes(of: copy), as: UTF8.self)
        #expect(!bytes.contains(LivedDirectory.planted))
        #expect(
          ledger.run("replay", "--trace", on: copy).output
            == ledger.run("replay", "--trace", "--until", "#\(sequence)").output)
      }
    }
  }

  @Test func `a copy says that its secrets are gone, unless it was to have them`() throws {
    try withLedger { ledger in
      for (flags, access) in [([], nil), (["--with-secrets"], "PLANTED5")] as [([String], String?)]
      {
        let copy = "\(ledger.path)-copy\(flags.count)"
        let words = ["replay", "--into", copy, "--data", ledger.path] + flags
        #expect(run(words).exitCode == .done)
        let store = try LedgerStore.open(copy)
        let session = LocalSession(store: store, settings: ServerSettings())
        let reply = String(
          decoding: session.call([Array("TOKEN.SECRETS".utf8), Array("1".utf8)]), as: UTF8.self)
        if let access {
          #expect(reply.contains(access))
        } else {
          #expect(reply.hasPrefix("-GONE"))
        }
      }
    }
  }

  @Test func `a copy never takes the place of something, and leaves nothing when it fails`() throws
  {
    try withLedger { ledger in
      let parent = URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path
      #expect(ledger.run("replay", "--into", ledger.path).exitCode == .failedIO)
      #expect(ledger.run("replay", "--into", parent + "/no/such").exitCode == .failedIO)
      #expect(ledger.run("digest").exitCode == .done)
      let names = try FileManager.default.contentsOfDirectory(atPath: parent)
      #expect(names == ["ledger"])
    }
  }

  @Test func `flags that would mean nothing are refused`() throws {
    try withLedger { ledger in
      for words in [
        ["--trace", "--diff"], ["--step", "--json"], ["--into", "x", "--token", "1"],
        ["--check", "s", "--until", "#1"], ["--with-secrets"], ["--diff", "--digest-every", "1"],
        ["--break", "type="], ["--from", "soon"], ["--digest-every", "0"],
      ] {
        let outcome = run(["replay", "--data", ledger.path] + words)
        #expect(outcome.exitCode == .usage, "\(words)")
      }
    }
  }

  @Test func `what can be read of a damaged log is shown before the damage is told`() throws {
    try withLedger { ledger in
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: ledger.path + "/log").first)
      let file = "\(ledger.path)/log/\(name)"
      var bytes = [UInt8](try #require(FileManager.default.contents(atPath: file)))
      let place = try #require(
        bytes.indices.first { bytes[$0...].starts(with: Array("PLANTED5".utf8)) })
      for index in place..<place + 4 { bytes[index] ^= 0x55 }
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      let outcome = ledger.run("replay", "--trace")
      #expect(outcome.exitCode == .damaged)
      #expect(sequences(outcome) == [1, 2, 3, 4])
      #expect(!(outcome.output + outcome.messages).contains("PLANTED"))
    }
  }

  @Test func `no way to look shows a secret`() throws {
    try withLedger { ledger in
      for words in [
        ["--trace"], ["--trace", "--json"], ["--diff"], ["--diff", "--json"], [], ["--json"],
        ["--break", "type=deleted"],
      ] {
        let outcome = run(["replay", "--data", ledger.path] + words)
        #expect(!(outcome.output + outcome.messages).contains(LivedDirectory.planted))
      }
      let stepped = ledger.run("replay", "--step", input: "n\nshow\ndiff\nn\nshow\nn 4\nshow 1\nd")
      #expect(!stepped.output.contains(LivedDirectory.planted))
    }
  }
}
