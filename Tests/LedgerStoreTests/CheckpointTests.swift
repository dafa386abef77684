// Checkpoints against forgers: whoever changes the past and makes every check, trailer and link
// anew is found, and whoever erases a secret as the format allows is not. The forged logs are
// written by the real writer, so nothing in them is wrong by itself.

import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct CheckpointTests {
  /// What is done to a ledger, an event each.
  enum Step: Hashable {
    case create(Int64)
    case grant(Int64, String)
    case refresh(Int64, String)
  }

  private static let steps: [Step] = {
    var steps: [Step] = [.create(1), .create(2), .create(3)]
    for round in 0..<30 {
      let id = Int64(round % 3 + 1)
      steps += [.grant(id, "s\(round)"), .refresh(id, "a\(round)")]
    }
    return steps
  }()

  private var options: StoreOptions {
    var options = StoreOptions.small(segmentSizeBytes: 1000)
    options.newLedgerID = LedgerID((0..<16).map { UInt8($0) })
    options.keys = .none
    return options
  }

  /// Writes a ledger with these steps, every check and link of it right.
  private func write(_ steps: [Step], to path: String) throws -> Checkpoint {
    let store = try LedgerStore.open(path, options)
    for step in steps {
      switch step {
      case .create(let character): try store.create(character, access: "first", refresh: "r")
      case .grant(let id, let scope): try store.grant(.sample(id), scope)
      case .refresh(let id, let access): try store.refresh(.sample(id), access: access)
      }
      try store.commit()
    }
    return try checkpoint(store)
  }

  private func checkpoint(_ store: LedgerStore) throws -> Checkpoint {
    let head = try #require(store.head)
    return try #require(
      Checkpoint(
        ledger: "\(head.ledger)", sequence: store.eventCount, chain: "\(head.chain)",
        time: store.now))
  }

  private func verdict(_ path: String, _ checkpoint: Checkpoint) throws -> CheckpointVerdict? {
    let inspection = try LedgerStore.inspect(path, against: [checkpoint])
    #expect(!inspection.isDamaged)
    return inspection.verdicts.first
  }

  @Test func `a log that was only continued, compacted and erased from holds`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    let checkpoint = try write(Self.steps, to: path)
    #expect(try verdict(path, checkpoint) == .holds)
    let store = try LedgerStore.open(path, options)
    _ = try store.compact(CompactionRequest(.dead, origin: .test))
    _ = try store.compact(CompactionRequest(.token(.sample(1)), origin: .test))
    #expect(try verdict(path, checkpoint) == .holds)
  }

  @Test func `every forgery with all checks and links made anew is found`() throws {
    let directory = try TemporaryDirectory()
    let checkpoint = try write(Self.steps, to: directory.file("true"))
    var generator = SeededGenerator(seed: 42)
    var forgeries: [(String, [Step])] = []
    for round in 0..<Campaign.scaled(8) {
      let place = Int.random(in: 3..<Self.steps.count, using: &generator)
      var edited = Self.steps
      edited[place] = .refresh(1, "forged \(round)")
      var dropped = Self.steps
      dropped.remove(at: place)
      var inserted = Self.steps
      inserted.insert(.refresh(2, "inserted \(round)"), at: place)
      var swapped = Self.steps
      swapped.swapAt(place, place == 3 ? 4 : 3)
      forgeries += [
        ("edit", edited), ("drop", dropped), ("insert", inserted), ("swap", swapped),
        // The number of events stays as it was.
        ("drop and insert", Array(dropped + [.refresh(3, "at the end")])),
      ]
    }
    for (number, forgery) in forgeries.enumerated() where forgery.1 != Self.steps {
      let path = directory.file("forged-\(number)")
      _ = try write(forgery.1, to: path)
      let verdict = try verdict(path, checkpoint)
      switch verdict {
      case .otherChain, .cutShort: continue
      default: Issue.record("\(forgery.0) \(number): \(verdict.map { "\($0)" } ?? "none")")
      }
    }
  }

  @Test func `a cut end, another ledger and a moved commit are told apart`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    let checkpoint = try write(Self.steps, to: path)
    let short = directory.file("short")
    _ = try write(Array(Self.steps.dropLast(2)), to: short)
    #expect(try verdict(short, checkpoint) == .cutShort(checkpoint.sequence - 2))
    let other = try #require(
      Checkpoint(
        ledger: String(repeating: "a", count: 32), sequence: 3, chain: checkpoint.chain,
        time: checkpoint.time))
    #expect(try verdict(path, other) == .otherLedger(checkpoint.ledger))
    let store = try LedgerStore.open(path, options)
    try store.create(8)
    try store.create(9)
    try store.commit()
    let inside = try #require(
      Checkpoint(
        ledger: checkpoint.ledger, sequence: store.eventCount - 1, chain: checkpoint.chain,
        time: checkpoint.time))
    #expect(try verdict(path, inside) == .noCommit)
  }

  @Test func `a checkpoint's text is read back, and no other`() throws {
    let checkpoint = try #require(
      Checkpoint(
        ledger: String(repeating: "0a", count: 16), sequence: 7,
        chain: String(repeating: "b1", count: 32), time: UnixTime(clampingMicroseconds: 1_500_000)))
    #expect(Checkpoint(text: checkpoint.text) == checkpoint)
    for (part, other) in [
      ("checkpoint 1", "checkpoint 2"), ("0a0a", "0A0A"), ("sequence 7", "sequence -7"),
      ("b1", "b"), ("chain", "chein"), ("time ", "time x"),
    ] {
      let range = try #require(checkpoint.text.firstRange(of: part))
      var text = checkpoint.text
      text.replaceSubrange(range, with: other)
      #expect(Checkpoint(text: text) == nil)
    }
    #expect(Checkpoint(text: "") == nil)
  }
}
