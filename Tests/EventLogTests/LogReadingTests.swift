import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct LogReadingTests {
  @Test func `looking changes nothing, whatever the log's end looks like`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("a")
    let commit = try log.append("b", "c")
    let content = try #require(storage.content(of: firstSegment))
    let end = commit.offset + commit.sizeBytes
    for length in LogFormat.headerSizeBytes...end {
      storage.setContent(of: firstSegment, to: Array(content[..<length]))
      let changes = storage.changeCount
      var seen: [String] = []
      let overview = try LogReading.read(storage) { seen.append(SeenEvent($0).text) }
      let isWhole = length == end || length == commit.offset || length == 96
      let expected = length == end ? ["a", "b", "c"] : length >= commit.offset ? ["a"] : []
      #expect(seen == expected && storage.changeCount == changes)
      let start = length >= commit.offset ? commit.offset : 96
      #expect(
        overview.ending
          == (isWhole ? .clean : .unfinished(segment: firstSegment, offset: start)))
    }
  }

  @Test func `an empty directory is an empty log`() throws {
    let overview = try LogReading.read(SimulatedStorage()) { _ in }
    #expect(overview.head == nil && overview.ending == .clean)
  }

  @Test func `bytes that no write explains are suspect, and damage when a later write exists`()
    throws
  {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("a")
    let commit = try log.append("b")
    var content = try #require(storage.content(of: firstSegment))
    content[commit.offset + 16] ^= 1
    storage.setContent(of: firstSegment, to: content)
    let overview = try LogReading.read(storage) { _ in }
    let expected = LogEnding.suspect(
      segment: firstSegment, offset: commit.offset, .bodyCheck)
    #expect(overview.ending == expected && overview.head?.lastSequence == 1)

    content[commit.offset + 16] ^= 1
    content[100] ^= 1
    storage.setContent(of: firstSegment, to: content)
    let error = #expect(throws: ReplayError<Never>.self) {
      _ = try LogReading.read(storage) { _ in }
    }
    guard case .log(.damaged(firstSegment, 96, .headCheck)) = error else {
      Issue.record("the damage was not told")
      return
    }
  }

  @Test func `what the visitor throws ends the replay and comes back`() throws {
    enum Refusal: Error { case third }
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    try log.append("a", "b", "c", "d")
    var seen = 0
    do throws(ReplayError<Refusal>) {
      _ = try LogReading.read(storage) { (event) throws(Refusal) in
        if event.sequence == 3 { throw .third }
        seen += 1
      }
      Issue.record("nothing was thrown")
    } catch {
      guard case .visitor(.third) = error else {
        Issue.record("another error: \(error)")
        return
      }
    }
    #expect(seen == 2)
  }

  @Test func `segments before the start of a replay are not read`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 700))
    var positions: [LogPosition] = []
    for number in 1...40 {
      try log.append("event \(number)")
      positions.append(log.writer.head.position)
    }
    for position in positions {
      var options = LogOptions.segments(of: 700)
      options.resumesAfter = position
      let events = try LogUnderTest(storage.imageAfterKill(), options).events
      let first = try #require(events.first?.sequence)
      #expect(first <= position.sequence + 1 && position.sequence + 1 - first < 10)
      #expect(events.map(\.sequence) == Array(first...40))
    }
  }

  @Test func `a position that the log never had is refused`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 700))
    for number in 1...40 { try log.append(["event \(number)", "and another"]) }
    let head = log.writer.head
    let other = try LedgerID.random()
    for sequence in [0, 1, 2, 39, 40, 79, 80, 81] as [UInt64] {
      for ledger in [head.ledger, other] where sequence != 80 || ledger == other {
        var options = LogOptions.segments(of: 700)
        options.resumesAfter = LogPosition(
          ledger: ledger, sequence: sequence, chain: head.chain)
        #expect(throws: ReplayError<Never>.self) {
          _ = try LogReading.read(storage, options: options) { _ throws(Never) in }
        }
      }
    }
  }

  @Test func `a reading ends after the commit that it is told`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 700))
    for number in 1...40 { try log.append("event \(number)") }
    for end in 1...40 as ClosedRange<UInt64> {
      var options = LogOptions()
      options.endsAfter = end
      var last: UInt64 = 0
      _ = try LogReading.read(storage, options: options) { last = $0.sequence }
      #expect(last == end)
    }
  }

  @Test func `a reader sees whole batches only while a writer appends`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("log")
    let storage = try FileStorage(directory: path, createIfMissing: true)
    var log = try LogUnderTest(storage, .segments(of: 20_000))
    let group = ["one", "two", "three", "four", "five"]
    try log.append(group)
    let reader = try SystemThread.start(name: "reader") { Self.readRepeatedly(path, group) }
    for _ in 1...300 { try log.append(group) }
    reader.join()
    #expect(try texts(in: storage).count == 301 * group.count)
  }

  /// Reads the log again and again while it grows; each pass sees whole batches, and no fewer.
  private static func readRepeatedly(_ path: String, _ group: [String]) {
    var before = 0
    for _ in 1...40 {
      do {
        let seen = try texts(in: FileStorage(directory: path))
        let batches = seen.count / group.count
        #expect(seen == Array(repeating: group, count: batches).flatMap { $0 })
        #expect(batches >= before)
        before = batches
      } catch {
        Issue.record("\(error)")
      }
    }
  }
}
