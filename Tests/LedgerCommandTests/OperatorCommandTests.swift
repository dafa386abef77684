// verify, dump and repair on real directories: good ones, spoiled ones, and one that a store is
// writing to meanwhile.

import EventLog
import Foundation
import LedgerServer
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import LedgerCommand

@Suite struct OperatorCommandTests {
  /// Runs a test on a ledger of its own.
  private func withLedger(_ body: (DamagedDirectory) throws -> Void) throws {
    try withTemporaryDirectory { directory throws in
      try body(DamagedDirectory(directory + "/ledger"))
    }
  }

  /// Spoils two bits of the first event of the second segment: no mend helps.
  private func spoil(_ ledger: DamagedDirectory) throws -> String {
    let name = try ledger.segments[1]
    try ledger.flip(name, at: 96 + 16, 0x11)
    return name
  }

  @Test func `a good ledger is good, with the digest that the ledger itself gives`() throws {
    try withLedger { ledger in
      let outcome = ledger.run("verify")
      #expect(outcome.exitCode == .done && outcome.output.hasSuffix("good\n"))
      #expect(!outcome.output.contains("warning"))
      let digest = try LedgerStore.openForReading(ledger.path).state.digest()
      let summary = try #require(ledger.run("verify", "--json").objects.last)
      #expect(summary["digest"] as? String == "\(digest)" && summary["good"] as? Bool == true)
      #expect(summary["tokens"] as? Int == 12)
    }
  }

  @Test func `damage is told with its place and its cost, and ends with 65`() throws {
    try withLedger { ledger in
      let name = try spoil(ledger)
      let outcome = ledger.run("verify")
      #expect(outcome.exitCode == .damaged)
      #expect(outcome.output.contains("\(name), offset 96"))
      #expect(outcome.output.contains("readable up to sequence"))
      #expect(outcome.output.contains("can be read behind it"))
      let findings = try ledger.run("verify", "--json").objects.filter {
        $0["kind"] as? String == "damage"
      }
      #expect(findings.count == 1 && findings.first?["offset"] as? Int == 96)
    }
  }

  @Test func `a torn tail is said and is good`() throws {
    try withLedger { ledger in
      let name = try #require(try ledger.segments.last)
      var bytes = try ledger.bytes(name)
      let used = try #require(bytes.lastIndex { $0 != 0 })
      for index in used - 80...used { bytes[index] = 0 }
      let url = URL(fileURLWithPath: "\(ledger.path)/log/\(name)")
      try Data(bytes).write(to: url)
      let outcome = ledger.run("verify")
      #expect(outcome.exitCode == .done && outcome.output.contains("torn tail"))
    }
  }

  @Test func `files that others may read and files of nobody are told`() throws {
    try withLedger { ledger in
      let name = try ledger.segments[0]
      let path = "\(ledger.path)/log/\(name)"
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      try Data().write(to: URL(fileURLWithPath: "\(ledger.path)/log/notes"))
      let outcome = ledger.run("verify")
      #expect(outcome.exitCode == .done)
      #expect(outcome.output.contains("mode 644, should be 600"))
      #expect(outcome.output.contains("notes is no file of the log"))
    }
  }

  @Test func `beside a store that writes and rotates there is no false alarm`() throws {
    try withTemporaryDirectory { directory throws in
      let path = directory + "/ledger"
      _ = try DamagedDirectory(path, tokens: 1)
      let writer = try SystemThread.start(name: "writer", loadedWriter(path))
      for _ in 0..<8 {
        let outcome = run(["verify", "--data", path])
        #expect(outcome.exitCode == .done, "\(outcome.output)\(outcome.messages)")
      }
      writer.join()
      #expect(run(["verify", "--data", path]).exitCode == .done)
      #expect(try DamagedDirectory.segmentCount(path) > 3)
    }
  }

  /// Appends many small batches in small segments.
  private func loadedWriter(_ path: String) -> @Sendable () -> Void {
    {
      var options = StoreOptions()
      options.log.segmentSizeBytes = 4000
      guard let store = try? LedgerStore.open(path, options) else { return }
      let session = LocalSession(store: store, settings: ServerSettings())
      for number in 100..<700 {
        let words = ["TOKEN.CREATE", "CHARACTER", "\(number)", "NAME", "Pilot", "OWNER", "o"]
        _ = session.pipeline([words.map { Array($0.utf8) }])
      }
    }
  }

  @Test func `a dump shows every piece of a log, good and bad`() throws {
    try withLedger { ledger in
      let name = try spoil(ledger)
      let objects = try ledger.run("dump", "--json").objects
      let kinds = Set(objects.compactMap { $0["kind"] as? String })
      #expect(kinds == ["header", "event", "commit", "trailer", "damage", "zeros"])
      let damage = try #require(objects.first { $0["kind"] as? String == "damage" })
      #expect(damage["file"] as? String == name && damage["offset"] as? Int == 96)
      #expect(damage["good"] as? Bool == false)
      let created = try #require(objects.first { $0["type"] as? String == "created" })
      #expect((created["access_fingerprint"] as? String)?.count == 8)
      let lines = ledger.run("dump").lines
      #expect(lines.count == objects.count)
      let bad = lines.filter { $0.hasPrefix("\(name) 96 ") && $0.contains(" damage bad ") }
      #expect(bad.count == 1)
    }
  }

  @Test func `a dump can be narrowed to a segment, a place and a number`() throws {
    try withLedger { ledger in
      let name = try ledger.segments[1]
      let others = ledger.run("dump", "--segment", name).lines.filter { !$0.hasPrefix(name) }
      #expect(others.isEmpty)
      #expect(ledger.run("dump", "--count", "3").lines.count == 3)
      let first = try #require(ledger.run("dump", "--from", "5", "--json").objects.first)
      #expect(first["sequence"] as? Int == 5 && first["kind"] as? String == "event")
      let behind = ledger.run("dump", "--segment", name, "--offset", "96", "--count", "1")
      #expect(behind.output.hasPrefix("\(name) 96 "))
      #expect(ledger.run("dump", "--from", "5", "--offset", "1").exitCode == .usage)
    }
  }

  @Test func `a dry run says all and changes nothing, and then it is done`() throws {
    try withLedger { ledger in
      let name = try spoil(ledger)
      let before = try ledger.segments.map { try ledger.bytes($0) }
      let plan = ledger.run("repair", "--dry-run")
      #expect(plan.exitCode == .done)
      #expect(plan.output.contains("cannot be mended: \(name), offset 96"))
      #expect(plan.output.contains("tokens touched"))
      let after = try ledger.segments.map { try ledger.bytes($0) }
      #expect(after == before)

      let outcome = ledger.run("repair", "--apply")
      #expect(outcome.exitCode == .done && outcome.output.contains("repaired"))
      let copy = try Data(contentsOf: URL(fileURLWithPath: "\(ledger.path)/repair-1/\(name)"))
      #expect(Array(copy) == before[1])
      #expect(ledger.run("verify").exitCode == .done)
      #expect(ledger.run("repair", "--apply").output == "nothing to repair\n")

      _ = try LedgerStore.open(ledger.path)
      #expect(ledger.run("dump", "--json").output.contains("\"recovered\""))
      #expect(ledger.run("verify").exitCode == .done)
    }
  }

  @Test func `a flipped bit is mended without a token less`() throws {
    try withLedger { ledger in
      let digest = try LedgerStore.openForReading(ledger.path).state.digest()
      try ledger.flip(try ledger.segments[0], at: 150)
      #expect(ledger.run("verify").exitCode == .damaged)
      let outcome = ledger.run("repair", "--apply", "--json")
      #expect(outcome.exitCode == .done)
      #expect(try LedgerStore.openForReading(ledger.path).state.digest() == digest)
    }
  }

  @Test func `a repair needs its words, a free ledger, and one that is there`() throws {
    try withLedger { ledger in
      #expect(ledger.run("repair").exitCode == .usage)
      #expect(ledger.run("repair", "--apply", "--dry-run").exitCode == .usage)
      #expect(run(["repair", "--dry-run"]).exitCode == .usage)
      #expect(run(["verify", "--socket", "x"]).exitCode == .usage)
      let store = try LedgerStore.open(ledger.path)
      let refused = ledger.run("repair", "--dry-run")
      #expect(refused.exitCode == .tryLater)
      #expect(refused.messages.contains("process \(ProcessID.current.rawValue)"))
      withExtendedLifetime(store) {}
      let nowhere = ledger.path + "/none"
      for words in [["verify"], ["dump"], ["repair", "--dry-run"]] {
        #expect(run(words + ["--data", nowhere]).exitCode == .failedIO)
      }
    }
  }

  @Test func `a log without a start cannot be repaired, and is left as it is`() throws {
    try withLedger { ledger in
      let name = try ledger.segments[0]
      try ledger.flip(name, at: 20, 0x11)
      let before = try ledger.bytes(name)
      let outcome = ledger.run("repair", "--apply")
      #expect(outcome.exitCode == .damaged && outcome.output.contains("cannot be repaired"))
      #expect(try ledger.bytes(name) == before)
    }
  }

  @Test func `no output of the three holds a planted secret, wherever the damage is`() throws {
    try withLedger { ledger in
      let name = try ledger.segments[1]
      let whole = try ledger.bytes(name)
      let secret = try #require(whole.firstRange(of: Array(DamagedDirectory.secret.utf8)))
      for place in [8, 97, 105, 113, secret.lowerBound, secret.lowerBound + 4] {
        try ledger.flip(name, at: place, 0x11)
        for words in [
          ["verify"], ["verify", "--json"], ["dump"], ["dump", "--json"], ["repair", "--dry-run"],
          ["repair", "--dry-run", "--json"], ["status"],
        ] {
          let outcome = run(words + ["--data", ledger.path])
          #expect(!outcome.isTalkative, "\(words) \(place)")
        }
        try ledger.flip(name, at: place, 0x11)
      }
    }
  }

  @Test func `other commands say what a damage costs, and where to go on`() throws {
    try withLedger { ledger in
      _ = try spoil(ledger)
      let words = ["status", "--data", ledger.path]
      let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
      let surroundings = Surroundings(
        console: console, environment: [:], now: { 0 }, open: LedgerOpening.open,
        readInput: { Data() }, readLine: { nil })
      #expect(CommandLineRun(in: surroundings).run(words) == .damaged)
      let text = console.messages.text
      #expect(text.contains("readable up to sequence") && text.contains("can be read behind it"))
      #expect(text.contains("tokenledger verify --data \(ledger.path)"))
      #expect(text.contains("tokenledger repair --data \(ledger.path) --dry-run"))
    }
  }
}

extension DamagedDirectory {
  /// How many segments a ledger has.
  static func segmentCount(_ path: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/log").count
  }
}
