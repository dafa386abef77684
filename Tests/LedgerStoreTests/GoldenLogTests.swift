// Logs that the version which defined the format wrote, opened by the present one: nothing of them
// may ever be lost or read otherwise. The files are made once, by the last test here, and never
// again:
//
//     TOKENLEDGER_WRITE_FIXTURES=1 swift test --filter GoldenLogTests

import EventLog
import Foundation
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@Suite struct GoldenLogTests {
  /// Copies a variant into a data directory of its own, and opens it there.
  private func withCopy(
    of variant: GoldenVariant, _ body: (_ path: String) throws -> Void
  ) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    try FileSystem.makeDirectory(path)
    try FileManager.default.copyItem(atPath: variant.log.path, toPath: "\(path)/log")
    try body(path)
  }

  private var options: StoreOptions {
    var options = StoreOptions.small(segmentSizeBytes: 900)
    options.log.checksChain = true
    return options
  }

  @Test(arguments: GoldenVariant.allCases)
  func `a log of version 1 is read as what was written`(variant: GoldenVariant) throws {
    try withCopy(of: variant) { path in
      let store = try LedgerStore.openForReading(path, options)
      #expect(try GoldenFacts(store) == GoldenFacts(of: variant))
    }
  }

  @Test(arguments: GoldenVariant.allCases)
  func `a log of version 1 is continued, and keeps everything`(variant: GoldenVariant) throws {
    let facts = try GoldenFacts(of: variant)
    try withCopy(of: variant) { path in
      let created: TokenID
      do {
        let store = try LedgerStore.open(path, options)
        created = try store.create(77, scopes: ["new"], access: "not-a-secret-either")
        try store.commit()
      }
      let again = try GoldenFacts(LedgerStore.openForReading(path, options))
      #expect(Array(again.events.prefix(facts.events.count)) == facts.events)
      let told = again.events.dropFirst(facts.events.count).map(\.type)
      let expected =
        variant == .tornTail ? ["opened", "recovered", "created"] : ["opened", "created"]
      #expect(told == expected)
      let present = again.tokens.filter { $0.id != created.rawValue }
      #expect(present == facts.tokens && again.ledger == facts.ledger)
    }
  }

  @Test func `the golden ledger has every kind of event and of secret`() throws {
    let facts = try GoldenFacts(of: .whole)
    let logins = try GoldenFacts(of: .logins)
    let compaction = try GoldenFacts(of: .compaction)
    let types = Set((facts.events + logins.events + compaction.events).map(\.type))
    #expect(types == Set(Event.Tag.allCases.map { "\($0.name)" }))
    #expect(facts.segment >= 4)
    let secrets = facts.tokens.flatMap { [$0.access, $0.refresh] }.compactMap(\.self)
    #expect(!secrets.isEmpty && secrets.allSatisfy(GoldenLedger.secrets.contains))
  }

  @Test(arguments: [GoldenVariant.whole, .logins, .compaction])
  func `the present writer still makes the bytes of version 1`(variant: GoldenVariant) throws {
    let storage = SimulatedStorage()
    try GoldenLedger.write(variant, to: storage)
    for name in try storage.names() {
      let written = try #require(storage.content(of: name))
      let golden = try Array(Data(contentsOf: variant.log.appending(path: name)))
      #expect(Array(written.prefix(golden.count)) == golden)
      #expect(written.dropFirst(golden.count).allSatisfy { $0 == 0 })
    }
  }

  // MARK: The making of the files

  private static let isAsked =
    ProcessInfo.processInfo.environment["TOKENLEDGER_WRITE_FIXTURES"] != nil

  @Test(.enabled(if: isAsked, "the files of a version are written once"))
  func `golden files are made when asked for, and never over existing ones`() throws {
    for variant in GoldenVariant.allCases
    where !FileManager.default.fileExists(atPath: variant.log.path) {
      let storage = SimulatedStorage()
      try GoldenLedger.write(variant, to: storage)
      try damage(storage, variant)
      try FileManager.default.createDirectory(
        at: variant.log, withIntermediateDirectories: true)
      for name in try storage.names() {
        let bytes = Data(try #require(storage.content(of: name)))
        try bytes.write(to: variant.log.appending(path: name), options: .withoutOverwriting)
      }
      try withCopy(of: variant) { path in
        let facts = try GoldenFacts(LedgerStore.openForReading(path, options)).json()
        try facts.write(to: variant.facts, options: .withoutOverwriting)
      }
    }
  }

  /// Cuts the room off, and leaves the log as an interrupted writer would have.
  private func damage(_ storage: SimulatedStorage, _ variant: GoldenVariant) throws {
    let name = try #require(try storage.names().last)
    var last = SegmentBytes(try #require(storage.content(of: name)))
    last.bytes.removeLast(last.bytes.count - last.dataEnd)
    switch variant {
    case .whole, .logins, .compaction: break
    case .tornTail:
      let frames = last.frames
      let lost = frames[frames.count - 2].body.upperBound / 512 * 512 - 512
      for index in lost..<lost + 512 { last.bytes[index] = 0 }
    case .unfinishedRotation:
      let next = try sealed(&last)
      storage.setContent(of: "\(next).segment.tmp", to: Array("TKNLEDGR".utf8))
    }
    storage.setContent(of: name, to: last.bytes)
  }

  /// Puts the trailer of the format page behind a segment; gives the next one's first sequence.
  private func sealed(_ segment: inout SegmentBytes) throws -> String {
    let commit = try #require(segment.frames.last { $0.kind == 2 })
    let first = segment.number(at: commit.body.lowerBound, size: 8)
    let count = segment.number(at: commit.body.lowerBound + 8, size: 4)
    let last = first + count - 1
    let events = last + 1 - segment.number(at: 40, size: 8)
    let chain = Array(segment.bytes[commit.body.upperBound - 32..<commit.body.upperBound])
    var numbers = SegmentBytes([UInt8](repeating: 0, count: 24))
    for (index, value) in [last, events, UInt64(segment.bytes.count)].enumerated() {
      numbers.put(value, at: 8 * index, size: 8)
    }
    segment.append(kind: 3, body: numbers.bytes + chain)
    let digits = "\(last + 1)"
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}
