// A log on disk, written by EventLog itself, for replaying; and the plain reading of its bytes.
// Batches of 256 events, so that writing the log is not what the time goes into. Secrets have the
// length of real ones. The layout is that of a ledger, `<data>/log/`.

import EventLog
import LinuxIO
import TokenLedger

/// The log of an event mix in a ledger's directory.
struct SampleLog {
  /// The ledger's directory.
  let data: String
  let eventCount: Int
  /// Bytes of the segments, the room behind the last event included.
  let sizeBytes: Int

  private static let batchSize = 256

  /// Writes `eventCount` events under `data`.
  init(data: String, eventCount: Int) throws {
    self.data = data
    self.eventCount = eventCount
    try FileSystem.makeDirectory("\(data)/log")
    let storage = try FileStorage(directory: "\(data)/log")
    try Self.write(eventCount, to: storage)
    sizeBytes = try storage.names().reduce(0) { sum, name in
      try sum + Int(FileSystem.status(of: "\(data)/log/\(name)")?.sizeBytes ?? 0)
    }
  }

  /// The storage, opened anew.
  func storage() throws -> FileStorage { try FileStorage(directory: "\(data)/log") }

  private static func write(_ eventCount: Int, to storage: FileStorage) throws {
    let opened = try LogOpening.open(
      storage, newLedger: try LedgerID.random(), nowMicroseconds: 0
    ) { _ throws(LogError) in }
    var writer = opened.takeWriter()
    var mix = EventMix(eventCount: eventCount)
    var batch = LogBatch()
    var facts: [UInt8] = []
    for start in stride(from: 0, to: eventCount, by: batchSize) {
      for _ in start..<min(start + batchSize, eventCount) {
        let event = mix.next()
        facts.removeAll(keepingCapacity: true)
        event.encodeFacts(into: &facts)
        let secrets = event.sectionCount
        try batch.append(facts: facts, sections: [[UInt8]](repeating: secret, count: secrets))
      }
      _ = try writer.append(
        &batch, firstSequence: writer.head.nextSequence, nowMicroseconds: Int64(start))
      batch.removeAll()
    }
  }

  /// As long as a refresh token of EVE's SSO.
  private static let secret = [UInt8](repeating: 0x61, count: 25)

  /// Reads all segments by read(2) in chunks of 1 MiB; gives the number of bytes.
  func readBytes(into buffer: inout [UInt8]) throws -> Int {
    var total = 0
    for name in try storage().names() {
      let file = try FileDescriptor.open("\(data)/log/\(name)", .readOnly)
      var offset = 0
      var count = buffer.count
      while count == buffer.count {
        count = try file.readFully(into: &buffer, at: Int64(offset))
        offset += count
      }
      total += offset
    }
    return total
  }
}
