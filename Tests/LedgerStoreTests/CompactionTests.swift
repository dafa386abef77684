import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

/// What a compaction takes and what it leaves.
@Suite struct CompactionTests {
  private static let start: Int64 = 1_700_000_000_000_000
  private static let day: Int64 = 24 * 3_600_000_000

  private let storage = SimulatedStorage()
  private let clock = SettableClock(now: UnixTime(clampingMicroseconds: start))

  private func open(_ disk: SimulatedStorage? = nil) throws -> LedgerStore {
    var options = StoreOptions.small(segmentSizeBytes: 2000)
    options.clock = .settable(clock)
    return try LedgerStore.open(disk ?? storage, options)
  }

  private func pass(days: Int64) {
    clock.now = UnixTime(clampingMicroseconds: clock.now.microseconds + days * Self.day)
  }

  /// Two tokens that are refreshed again and again, over several segments.
  private func refreshedLedger() throws -> LedgerStore {
    let store = try open()
    let one = try store.create(
      1, scopes: ["a"], access: Self.access(1, 0), refresh: Self.refresh(1, 0))
    let two = try store.create(
      2, scopes: ["b"], access: Self.access(2, 0), refresh: Self.refresh(2, 0))
    try store.commit()
    for round in 1...20 {
      try store.refresh(one, access: Self.access(1, round), refresh: Self.refresh(1, round))
      try store.refresh(two, access: Self.access(2, round))
      try store.commit()
    }
    return store
  }

  private static func access(_ token: Int, _ round: Int) -> String {
    "access-\(token)-\(round).".padded
  }

  private static func refresh(_ token: Int, _ round: Int) -> String {
    "refresh-\(token)-\(round).".padded
  }

  private func compact(
    _ store: LedgerStore, _ scope: CompactionRequest.Scope = .dead, isDryRun: Bool = false
  ) throws -> CompactionSummary {
    var request = CompactionRequest(scope, origin: .test)
    request.isDryRun = isDryRun
    return try store.compact(request)
  }

  /// The texts among `texts` whose bytes stand in any file.
  private func found(_ texts: [String], on disk: SimulatedStorage) -> [String] {
    let files = disk.disk.contents.map { String(decoding: $0.bytes, as: Unicode.ASCII.self) }
    return texts.filter { text in files.contains { $0.contains(text) } }
  }

  private func survey(_ storage: SimulatedStorage) throws -> SurveyReport {
    try LogSurvey.run(storage) { (_: Sighting, _: RawSpan) throws(Never) in }
  }

  // MARK: Dead secrets

  @Test func `superseded secrets leave every file, and the ones in use stay`() throws {
    let store = try refreshedLedger()
    let summary = try compact(store)
    #expect(summary.rewrittenCount > 1 && summary.secretCount > 50)
    #expect(summary.bytesAfter < summary.bytesBefore)
    let dead =
      (0..<20).flatMap { [Self.access(1, $0), Self.access(2, $0)] }
      + (0..<19).map { Self.refresh(1, $0) }
    #expect(found(dead, on: storage) == [])
    #expect(try store.secrets(of: .sample(1)) == [Self.access(1, 20), Self.refresh(1, 20)])
    #expect(try store.secrets(of: .sample(2)) == [Self.access(2, 20), Self.refresh(2, 0)])
  }

  @Test func `history, digest and chain are the ones from before, also after a start`() throws {
    let store = try refreshedLedger()
    let events = try store.events()
    let digest = store.digest
    _ = try compact(store)
    #expect(store.digest == digest)
    let after = try store.events()
    #expect(after.starts(with: events) && after.count == events.count + 2)
    let report = try survey(storage)
    #expect(!report.isDamaged)
    #expect(report.head?.chain == store.head?.chain)
    let again = try open()
    let reread = try again.events()
    #expect(again.digest == digest && reread.starts(with: after))
    #expect(try again.secrets(of: .sample(1)) == [Self.access(1, 20), Self.refresh(1, 20)])
  }

  @Test func `the log says who compacted what`() throws {
    let store = try refreshedLedger()
    let lastBefore = store.state.lastSequence
    let summary = try compact(store)
    let told = try store.events().suffix(2)
    #expect(told.map(\.tag) == [.compactionStarted, .compacted])
    #expect(told.allSatisfy { $0.actor == Origin.test.actor && $0.reason == Origin.test.reason })
    #expect(
      told.last?.body
        == .compacted(
          Compaction(
            first: EventSequence(1), last: lastBefore, bytesBefore: UInt64(summary.bytesBefore),
            bytesAfter: UInt64(summary.bytesAfter))))
    #expect(told.last?.cause == told.first?.sequence)
  }

  @Test func `a second compaction finds nothing more`() throws {
    let store = try refreshedLedger()
    _ = try compact(store)
    let summary = try compact(store)
    #expect(summary.rewrittenCount == 0 && summary.secretCount == 0)
  }

  @Test func `a dry run says what a compaction then frees, and changes nothing`() throws {
    let store = try refreshedLedger()
    let before = storage.disk.contents.map(\.bytes)
    let promised = try compact(store, isDryRun: true)
    #expect(storage.disk.contents.map(\.bytes) == before)
    let done = try compact(store)
    #expect(promised.secretCount == done.secretCount && promised.secretCount > 0)
    #expect(promised.rewrittenCount == done.rewrittenCount)
  }

  @Test func `the refresh token before the last one stays until the new one worked`() throws {
    let store = try open()
    let id = try store.create(1, access: "access-0", refresh: "refresh-0")
    try store.commit()
    try store.refresh(id, access: "access-1", refresh: "refresh-1")
    try store.commit()
    _ = try compact(store)
    #expect(found(["access-0", "refresh-0"], on: storage) == ["refresh-0"])
    let previous = try #require(store.token(id)?.previousRefresh)
    #expect(try store.secret(previous) == Array("refresh-0".utf8))
    try store.refresh(id, access: "access-2")
    try store.commit()
    _ = try compact(store)
    #expect(found(["refresh-0", "access-1"], on: storage) == [])
    #expect(try store.secrets(of: id) == ["access-2", "refresh-1"])
  }

  @Test func `access tokens go when they have been expired for the grace period`() throws {
    let store = try refreshedLedger()
    pass(days: 6)
    _ = try compact(store)
    #expect(try store.secrets(of: .sample(1)) == [Self.access(1, 20), Self.refresh(1, 20)])
    pass(days: 2)
    _ = try compact(store)
    #expect(try store.secrets(of: .sample(1)) == [nil, Self.refresh(1, 20)])
  }

  // MARK: Deleted tokens

  @Test func `a deleted token comes back whole within its grace, and not after it`() throws {
    let store = try refreshedLedger()
    try store.delete(.sample(1))
    try store.commit()
    pass(days: 6)
    _ = try compact(store)
    try store.restore(.sample(1))
    try store.commit()
    #expect(try store.secrets(of: .sample(1)) == [Self.access(1, 20), Self.refresh(1, 20)])
    try store.delete(.sample(1))
    try store.commit()
    pass(days: 8)
    let summary = try compact(store)
    #expect(summary.tokenCount == 1)
    #expect(throws: Rejection.secretsErased(.sample(1))) { try store.restore(.sample(1)) }
    #expect(found([Self.access(1, 20), Self.refresh(1, 20)], on: storage) == [])
    #expect(store.token(.sample(1))?.isErased == true)
    #expect(try survey(storage).isDamaged == false)
  }

  @Test func `a token that is restored before its end is announced keeps its secrets`() throws {
    let store = try refreshedLedger()
    try store.delete(.sample(1))
    try store.commit()
    pass(days: 8)
    try store.beginCompaction(CompactionRequest(.dead, origin: .test))
    try store.restore(.sample(1))
    while true {
      if let result = store.carryOnCompaction() {
        _ = try result.get()
        break
      }
      try store.commit()
    }
    #expect(try store.secrets(of: .sample(1)).last == Self.refresh(1, 20))
  }

  // MARK: Erasing

  @Test func `an erased token's secrets leave every file, and nobody else's`() throws {
    let store = try refreshedLedger()
    let events = try store.events()
    _ = try compact(store, .token(.sample(1)))
    #expect(found(["access-1-", "refresh-1-"], on: storage) == [])
    #expect(
      found([Self.access(2, 0), Self.access(2, 7), Self.access(2, 20)], on: storage).count == 3)
    #expect(try store.secrets(of: .sample(1)) == [nil, nil])
    #expect(store.token(.sample(1))?.canRefresh == false)
    let after = try store.events()
    #expect(after.starts(with: events))
    #expect(after.suffix(2).map(\.tag) == [.erased, .compacted])
    #expect(try survey(storage).isDamaged == false)
  }

  @Test func `erasing again takes away what an interrupted erasure left`() throws {
    let store = try refreshedLedger()
    try store.beginCompaction(CompactionRequest(.token(.sample(1)), origin: .test))
    for _ in 0..<2 { #expect(store.carryOnCompaction() == nil) }
    try store.commit()
    let again = try open()
    #expect(found([Self.refresh(1, 5)], on: storage) == [Self.refresh(1, 5)])
    #expect(again.token(.sample(1))?.isErased == true)
    _ = try compact(again, .token(.sample(1)))
    #expect(found(["access-1-", "refresh-1-"], on: storage) == [])
  }

  @Test func `a login after an erasure gives the token secrets again`() throws {
    let store = try refreshedLedger()
    _ = try compact(store, .token(.sample(1)))
    try store.refresh(.sample(1), access: "new access", refresh: "new refresh")
    try store.commit()
    _ = try compact(store)
    #expect(try store.secrets(of: .sample(1)) == ["new access", "new refresh"])
    #expect(store.token(.sample(1))?.isErased == false)
  }

  @Test func `a token that never was cannot be erased`() throws {
    let store = try refreshedLedger()
    let count = store.eventCount
    #expect(throws: CompactionFailure.rejected(.tokenNotFound(.sample(9)))) {
      try compact(store, .token(.sample(9)))
    }
    #expect(store.eventCount == count && !store.isCompacting)
  }

  // MARK: Failures

  @Test func `on a full disk a compaction fails, and goes through when there is room`() throws {
    let store = try refreshedLedger()
    let digest = store.digest
    storage.setCapacity(bytes: storage.usedBytes + 100)
    #expect(throws: CompactionFailure.self) { try compact(store) }
    storage.setCapacity(bytes: .max)
    #expect(!store.isCompacting)
    #expect(!storage.disk.contents.contains { $0.name.hasSuffix(".tmp") })
    let summary = try compact(store)
    #expect(summary.secretCount > 0 && store.digest == digest)
  }

  @Test func `damage in a segment stops the compaction there, and the ledger goes on`() throws {
    let store = try refreshedLedger()
    let name = try #require(storage.disk.contents.first?.name)
    let file = try storage.open(name, .readWrite)
    try file.writeAll([0xff], at: 150)
    #expect(throws: CompactionFailure.self) { try compact(store) }
    try store.create(3)
    try store.commit()
    #expect(store.tokenIDs == [1, 2, 3])
  }

  @Test func `who looks on while the log is rewritten is never shown another event`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("data")
    var options = StoreOptions.small(segmentSizeBytes: 2000)
    options.clock = .settable(clock)
    let store = try LedgerStore.open(path, options)
    let id = try store.create(1, access: Self.access(1, 0))
    try store.commit()
    for round in 1...60 {
      pass(days: 1)
      try store.refresh(id, access: Self.access(1, round))
      try store.commit()
    }
    let events = try store.events()
    let onlooker = try LedgerStore.openForReading(path, options)
    _ = try store.compact(CompactionRequest(.dead, origin: .test))
    for event in events {
      do throws(StoreError) {
        let seen = try onlooker.event(event.sequence)
        #expect(seen == event)
      } catch {
        #expect(error == .rewritten)
      }
    }
    #expect(try LedgerStore.openForReading(path, options).events().starts(with: events))
  }

  @Test func `a past state is rebuilt from segments that were rewritten`() throws {
    let store = try refreshedLedger()
    try store.startRebuildThread()
    let middle = EventSequence(20)
    let expected = try digest(folding: Array(store.events().prefix(20)))
    _ = try compact(store)
    store.beginRebuild(LedgerState(), through: middle)
    var rebuilt: RebuiltState?
    while rebuilt == nil { rebuilt = store.collectRebuilt() }
    store.stopRebuildThread()
    let state = rebuilt.take()?.takeState()
    #expect(state?.digest() == expected)
  }
}

extension String {
  /// As long as a secret is.
  fileprivate var padded: String { self + String(repeating: "x", count: 60) }
}
