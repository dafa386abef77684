// A log as the tests use it: opened, its events remembered, appended to in one line.

import Bytes
import EventLog
import LinuxIO
import TestSupport
import Testing

/// An event as it was seen, copied.
struct SeenEvent: Equatable {
  let sequence: UInt64
  let location: LogLocation
  let facts: [UInt8]
  let sections: [[UInt8]]

  init(_ event: LogEvent) {
    sequence = event.sequence
    location = event.location
    facts = [UInt8](copying: event.facts)
    var sections: [[UInt8]] = []
    for index in 0..<event.sectionCount {
      let section = event.section(at: index)
      sections.append([UInt8](copying: section.bytes))
    }
    self.sections = sections
  }
}

extension LogOptions {
  /// Little room, so that a test's logs are small.
  static var small: LogOptions {
    var options = LogOptions()
    options.firstRoomSizeBytes = 4096
    options.largestRoomSizeBytes = 8192
    return options
  }

  /// The same with segments of this size.
  static func segments(of sizeBytes: Int) -> LogOptions {
    var options = small
    options.segmentSizeBytes = sizeBytes
    return options
  }
}

/// The ledger of all tests: `000102…0f`.
func testLedger() throws -> LedgerID {
  try #require(LedgerID(Array(0..<16)))
}

/// A log open for writing, with the events that its start visited.
struct LogUnderTest: ~Copyable {
  var writer: SegmentWriter
  let events: [SeenEvent]
  let recovery: Recovery

  init(_ storage: any LogStorage, _ options: LogOptions = .small) throws {
    var events: [SeenEvent] = []
    let ledger = try testLedger()
    let opened = try LogOpening.open(
      storage, options: options, newLedger: ledger, nowMicroseconds: 0
    ) { events.append(SeenEvent($0)) }
    self.events = events
    recovery = opened.recovery
    writer = opened.takeWriter()
  }

  /// Appends a batch of one event for each text.
  @discardableResult
  mutating func append(_ texts: String..., sections: [[UInt8]] = []) throws -> Commit {
    try append(texts, sections: sections)
  }

  /// The writer, for a thread of its own.
  consuming func takeWriter() -> SegmentWriter { writer }

  @discardableResult
  mutating func append(_ texts: [String], sections: [[UInt8]] = []) throws -> Commit {
    var batch = LogBatch()
    for text in texts { try batch.append(facts: Array(text.utf8), sections: sections) }
    let sequence = writer.head.nextSequence
    return try writer.append(&batch, firstSequence: sequence, nowMicroseconds: 1)
  }
}

/// The facts of all events of the log in `storage`, as texts, read without changing anything.
func texts(in storage: any LogStorage) throws -> [String] {
  var texts: [String] = []
  _ = try LogReading.read(storage) { texts.append(SeenEvent($0).text) }
  return texts
}

extension SeenEvent {
  /// The facts as a text.
  var text: String { String(decoding: facts, as: UTF8.self) }
}

/// What opening the log in `storage` fails with, or `nil`.
func openingError(_ storage: any LogStorage, _ options: LogOptions = .small) -> LogError? {
  do {
    _ = try LogUnderTest(storage, options)
    return nil
  } catch let error as ReplayError<Never> {
    guard case .log(let failure) = error else { return nil }
    return failure
  } catch {
    Issue.record("an error of another type: \(error)")
    return nil
  }
}

/// The name of the first segment.
let firstSegment = "00000000000000000001.segment"

extension LogFile {
  /// Writes an array's bytes once.
  func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) -> Int {
    try write(bytes.span.bytes, at: offset)
  }
}
