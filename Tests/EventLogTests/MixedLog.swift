// The log that the byte tests attack: several segments, batches of one to a dozen events, facts of
// every kind of the domain beside random ones, runs of zeros, sections of many sizes. And what an
// attack may lead to.

import EventLog
import TestSupport
import Testing

/// A log whose every byte and event is known.
struct MixedLog {
  /// A batch, and how many events the log has up to its end.
  struct Batch {
    let file: String
    let range: Range<Int>
    let eventsAtEnd: Int
  }

  /// The files in order, without room behind the data.
  let files: [(name: String, bytes: [UInt8])]
  let events: [SeenEvent]
  let batches: [Batch]

  var last: (name: String, bytes: [UInt8]) { files[files.count - 1] }
  /// The options under which it was written, and is opened.
  static let options = LogOptions.segments(of: 3000)

  /// Writes a log of at least this size.
  init(sizeBytes: Int, seed: UInt64 = 1) throws {
    var generator = SeededGenerator(seed: seed)
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, Self.options)
    var commits: [Commit] = []
    var written = 0
    while written < sizeBytes {
      var batch = LogBatch()
      for _ in 0..<[1, 1, 2, 3, 12].randomElement(using: &generator, else: 1) {
        let event = Self.event(&generator)
        try batch.append(facts: event.facts, sections: event.sections)
      }
      let sequence = log.writer.head.nextSequence
      let commit = try log.writer.append(&batch, firstSequence: sequence, nowMicroseconds: 7)
      commits.append(commit)
      written += commit.sizeBytes
    }
    // The last batch has no zeros by which damage could pass for a lost sector.
    commits.append(try log.append((1...6).map { "of the last batch, \($0)" }, sections: [[1, 2]]))
    try self.init(storage, commits)
  }

  private init(_ storage: SimulatedStorage, _ commits: [Commit]) throws {
    let names = try storage.names()
    files = try names.map { name in
      let content = SegmentBytes(try #require(storage.content(of: name)))
      return (name, Array(content.bytes[..<content.dataEnd]))
    }
    batches = commits.map { commit in
      Batch(
        file: names[Int(commit.segment) - 1],
        range: commit.offset..<commit.offset + commit.sizeBytes,
        eventsAtEnd: Int(commit.lastSequence))
    }
    events = try LogUnderTest(storage.imageAfterKill(), Self.options).events
  }

  /// A random event.
  private static func event(_ generator: inout SeededGenerator) -> DraftEvent {
    let size = [1, 7, 8, 30, 200, 700].randomElement(using: &generator, else: 1)
    let zeros = [UInt8](repeating: 0, count: size)
    let facts =
      [zeros + [1], generator.bytes(count: size)] + EventSamples.fullestEvents.map(\.facts)
    let sections = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
      generator.bytes(count: [0, 1, 32, 60].randomElement(using: &generator, else: 0))
    }
    let hasSections = Bool.random(using: &generator)
    return DraftEvent(
      facts: facts.randomElement(using: &generator, else: [1]),
      sections: hasSections ? sections : [])
  }

  /// The log on a disk of its own, with one file replaced.
  func storage(
    replacing name: String = "", with bytes: [UInt8] = [], renamed: [String: [UInt8]] = [:]
  ) -> SimulatedStorage {
    let storage = SimulatedStorage()
    for file in files {
      let content = file.name == name ? bytes : renamed[file.name] ?? file.bytes
      storage.setContent(of: file.name, to: content)
    }
    return storage
  }

  /// Where the first frame that holds or follows `offset` starts; 0 in the header.
  func frameStart(of offset: Int, in name: String) -> Int {
    guard offset >= LogFormat.headerSizeBytes, let file = files.first(where: { $0.name == name })
    else { return 0 }
    let frames = SegmentBytes(file.bytes).frames
    return frames.last { $0.offset <= offset && offset < $0.range.upperBound }?.offset
      ?? file.bytes.count
  }
}

extension Array {
  /// A random element, or `other` when there is none.
  func randomElement(using generator: inout SeededGenerator, else other: Element) -> Element {
    randomElement(using: &generator) ?? other
  }
}
