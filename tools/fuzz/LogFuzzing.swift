// Arbitrary bytes as a log. What opens is continued, and must then hold the same events and the new
// one; what is refused must be damage, and untouched; who looks on must see the same. No input may
// trap, hang, or take memory by a number in it (`tools/fuzz/run` limits single allocations).
//
//     input: flags (1 byte) · size of the first segment (2 bytes) · first segment · second segment

import Bytes
import EventLog
import TestSupport

/// The fuzzing of logs.
enum LogFuzzing {
  /// What the first byte of an input asks for, beside the bytes as they are.
  private struct Flags: OptionSet {
    let rawValue: UInt8
    /// Headers and checks are mended, so that the numbers behind them are reached.
    static let mendsChecks = Flags(rawValue: 1)
    /// Commits are made to fit the events before them.
    static let mendsCommits = Flags(rawValue: 2)
    /// The chain is checked.
    static let checksChain = Flags(rawValue: 4)
    /// There is zero-filled room at the end.
    static let hasRoom = Flags(rawValue: 8)
  }

  private struct Seen: Equatable {
    let sequence: UInt64
    let location: LogLocation
    let bytes: [[UInt8]]

    init(_ event: LogEvent) {
      sequence = event.sequence
      location = event.location
      var bytes = [[UInt8](copying: event.facts)]
      for index in 0..<event.sectionCount {
        let section = event.section(at: index)
        bytes.append([section.isErased ? 1 : 0] + [UInt8](copying: section.bytes))
      }
      self.bytes = bytes
    }
  }

  /// Tries one input.
  static func run(_ input: [UInt8]) {
    guard input.count >= 3 else { return }
    let flags = Flags(rawValue: input[0])
    let split = min(input.count - 3, Int(input[1]) | Int(input[2]) << 8)
    var options = LogOptions()
    options.firstRoomSizeBytes = 4096
    options.largestRoomSizeBytes = 4096
    options.segmentSizeBytes = 8192
    options.checksChain = flags.contains(.checksChain)
    let storage = SimulatedStorage()
    add(Array(input[3..<3 + split]), flags, isFirst: true, to: storage)
    add(Array(input[(3 + split)...]), flags, isFirst: false, to: storage)
    attack(storage, options)
  }

  /// Adds a segment under the name that its header asks for.
  private static func add(
    _ bytes: [UInt8], _ flags: Flags, isFirst: Bool, to storage: SimulatedStorage
  ) {
    guard isFirst || !bytes.isEmpty else { return }
    var segment = SegmentBytes(bytes)
    if bytes.count >= 96, flags.contains(.mendsChecks) { mend(&segment, flags) }
    let number = bytes.count >= 96 && !isFirst ? segment.number(at: 40, size: 8) : 1
    let digits = String(number)
    let room = [UInt8](repeating: 0, count: flags.contains(.hasRoom) ? 1024 : 0)
    storage.setContent(
      of: String(repeating: "0", count: 20 - digits.count) + digits + ".segment",
      to: segment.bytes + room)
  }

  /// Mends what a fuzzer would never guess: the magic, the checks, and the commits' numbers.
  private static func mend(_ segment: inout SegmentBytes, _ flags: Flags) {
    segment.bytes.replaceSubrange(0..<8, with: Array("TKNLEDGR".utf8))
    segment.mendHeader(andFrames: [])
    var sequence = segment.number(at: 40, size: 8)
    var (start, events, offset) = (96, UInt64(0), 96)
    while offset + 16 <= segment.bytes.count {
      let size = Int(segment.number(at: offset, size: 4))
      let isEvent = segment.bytes[offset + 4] == 1
      let isCommit = segment.bytes[offset + 4] == 2 && size == 56
      if isCommit, flags.contains(.mendsCommits), offset + 72 <= segment.bytes.count {
        segment.put(sequence, at: offset + 16, size: 8)
        segment.put(events, at: offset + 24, size: 4)
        segment.put(UInt64(offset - start), at: offset + 28, size: 4)
        sequence &+= events
      }
      segment.mendFrame(at: offset)
      events = isEvent ? events + 1 : 0
      offset += (16 + size + 7) / 8 * 8
      if isCommit { start = offset }
    }
  }

  private static func attack(_ storage: SimulatedStorage, _ options: LogOptions) {
    let changes = storage.changeCount
    var looked: [Seen] = []
    let overview = try? LogReading.read(storage, options: options) { looked.append(Seen($0)) }
    precondition(storage.changeCount == changes, "looking changed something")

    guard let events = opened(storage, options, appending: true) else {
      precondition(storage.changeCount == changes, "a refused log was changed")
      guard let overview else { return }
      precondition(overview.ending != .clean, "refused, but seen as clean")
      return
    }
    precondition(overview != nil && looked == events, "opened and seen differently")
    precondition(events.map(\.sequence) == Array(1..<UInt64(events.count + 1)), "a gap")
    let again = opened(storage.imageAfterPowerLoss(), options, appending: false)
    precondition(again.map { Array($0.dropLast()) } == events, "the log changed as it went on")
    var reader = LogReader(storage: storage)
    for event in events {
      let read = try? reader.read(at: event.location, sequence: event.sequence) { Seen($0) }
      precondition(read == event, "an event reads otherwise at its place")
    }
  }

  /// Opens for writing; gives the events, or nil when the log is refused as damaged.
  private static func opened(
    _ storage: SimulatedStorage, _ options: LogOptions, appending isAppending: Bool
  ) -> [Seen]? {
    guard let ledger = LedgerID(Array(0..<16)) else { return nil }
    var events: [Seen] = []
    do throws(ReplayError<Never>) {
      let log = try LogOpening.open(
        storage, options: options, newLedger: ledger, nowMicroseconds: 0
      ) { events.append(Seen($0)) }
      var writer = log.takeWriter()
      if isAppending { append(to: &writer) }
      return events
    } catch {
      guard case .log(.damaged) = error else { preconditionFailure("\(error)") }
      return nil
    }
  }

  private static func append(to writer: inout SegmentWriter) {
    var batch = LogBatch()
    do {
      try batch.append(facts: [1, 2, 3], sections: [[4]])
      let sequence = writer.head.nextSequence
      _ = try writer.append(&batch, firstSequence: sequence, nowMicroseconds: 1)
    } catch {
      preconditionFailure("an opened log takes no batch: \(error)")
    }
  }
}
