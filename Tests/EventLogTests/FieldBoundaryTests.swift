// Every number of the format at each value where a reader could stumble, once with the checks left
// wrong, as a fault leaves them, and once with all checks mended, as only a broken or hostile
// writer could. No number is followed before it was held against what is there.

import EventLog
import TestSupport
import Testing

@Suite struct FieldBoundaryTests {
  /// A number in a file.
  private struct Field: CustomStringConvertible {
    let name: String
    let offset: Int
    let size: Int
    /// The start of the frame that holds it; nil in the header.
    let frame: Int?

    var description: String { "\(name) at \(offset)" }
  }

  private static let log = Result { try MixedLog(sizeBytes: 4000, seed: 5) }

  private static let headerFields = [
    Field(name: "version", offset: 8, size: 2, frame: nil),
    Field(name: "header size", offset: 10, size: 2, frame: nil),
    Field(name: "features", offset: 12, size: 4, frame: nil),
    Field(name: "number", offset: 32, size: 8, frame: nil),
    Field(name: "first sequence", offset: 40, size: 8, frame: nil),
    Field(name: "reserved", offset: 88, size: 4, frame: nil),
  ]

  /// The numbers of a frame.
  private func fields(of frame: SegmentBytes.Frame, in bytes: SegmentBytes) -> [Field] {
    let start = frame.offset
    var fields: [(String, Int, Int)] = [
      ("size", start, 4), ("kind", start + 4, 1), ("zero", start + 5, 1),
      ("sections", start + 6, 2),
    ]
    let body = frame.body.lowerBound
    switch frame.kind {
    case 1:
      let sections = Int(bytes.number(at: start + 6, size: 2))
      fields += (0..<sections).map { ("section word", body + 4 * $0, 4) }
    case 2: fields += [("first", body, 8), ("count", body + 8, 4), ("bytes", body + 12, 4)]
    default: fields += [("last", body, 8), ("events", body + 8, 8), ("offset", body + 16, 8)]
    }
    return fields.map { Field(name: $0.0, offset: $0.1, size: $0.2, frame: start) }
  }

  /// The values to try: the ends of the range, what is left of the file, and those around both.
  private func values(for field: Field, in bytes: SegmentBytes) -> Set<UInt64> {
    let present = bytes.number(at: field.offset, size: field.size)
    let body = UInt64(bytes.bytes.count) &- UInt64(field.frame ?? 0) &- 16
    let limit = UInt64(LogFormat.maximumBodySizeBytes)
    let top: UInt64 = field.size == 8 ? .max : 1 << (8 * UInt64(field.size)) - 1
    let around = [0, body, limit, present, top, top / 2, 1 << 31, UInt64(bytes.bytes.count)]
    let values = around.flatMap { [$0 &- 1, $0, $0 &+ 1, $0 &+ 8] }
    return Set(values.map { $0 & top }).subtracting([present])
  }

  /// Puts each value into each of `fields`, and gives the result to `judge`.
  private func attack(
    _ log: MixedLog, _ file: (name: String, bytes: [UInt8]), _ fields: [Field], isMended: Bool,
    _ judge: (AttackOutcome, Field, UInt64) -> Void
  ) {
    let whole = SegmentBytes(file.bytes)
    let frames = whole.frames
    var options = MixedLog.options
    options.checksChain = isMended
    for field in fields {
      for value in values(for: field, in: whole).sorted() {
        var made = whole
        made.put(value, at: field.offset, size: field.size)
        switch (isMended, field.frame) {
        case (false, _): break
        case (true, let frame?): made.mendFrame(at: frame)
        case (true, nil): made.mendHeader(andFrames: frames)
        }
        let storage = log.storage(replacing: file.name, with: made.bytes)
        judge(log.outcome(storage, options, readingSingly: isMended ? [] : nil), field, value)
      }
    }
  }

  private func allFields(_ file: (name: String, bytes: [UInt8])) -> [Field] {
    let whole = SegmentBytes(file.bytes)
    let frames = whole.frames
    let chosen = Set(Campaign.spread(below: frames.count, sample: 8) + [frames.count - 1])
    return Self.headerFields + chosen.sorted().flatMap { fields(of: frames[$0], in: whole) }
  }

  @Test func `a wrong number is told where it stands`() throws {
    let log = try Self.log.get()
    for file in log.files {
      attack(log, file, allFields(file), isMended: false) { outcome, field, value in
        guard case .refused(file.name, field.frame ?? 0, _) = outcome else {
          Issue.record("\(file.name), \(field) as \(value): \(outcome)")
          return
        }
      }
    }
  }

  @Test func `a wrong number under right checks is told by those who check the chain`() throws {
    let log = try Self.log.get()
    for file in log.files {
      attack(log, file, allFields(file), isMended: true) { outcome, field, value in
        switch outcome {
        case .refused: break
        case .first(let batches):
          // It can pass for a write that never ended, and only for the last one.
          let isLastBatch = field.offset >= log.batches[log.batches.count - 1].range.lowerBound
          #expect(
            file.name == log.last.name && isLastBatch && batches == log.batches.count - 1,
            "\(file.name), \(field) as \(value): \(outcome)")
        case .whole, .wrong: Issue.record("\(file.name), \(field) as \(value): \(outcome)")
        }
      }
    }
  }

  @Test func `a good frame that swallowed later batches does not hide them`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage)
    for number in 1...5 { try log.append("event \(number)") }
    let commit = try log.append("the last one")
    let content = try #require(storage.content(of: firstSegment))
    let end = commit.offset + commit.sizeBytes
    for room in [0, 4096] {
      for size in [end - 96 - 16, end - 96 - 16 + 1, end - 96 - 15 + room] {
        var made = SegmentBytes(content[..<end] + [UInt8](repeating: 0, count: room))
        made.put(UInt64(size), at: 96, size: 4)
        made.mendFrame(at: 96)
        let changed = SimulatedStorage()
        changed.setContent(of: firstSegment, to: made.bytes)
        guard case .damaged(firstSegment, _, _) = openingError(changed) else {
          Issue.record("a frame of \(size) bytes hides five batches")
          continue
        }
      }
    }
  }
}
