// What `tokenledger verify` says, as a page for people and as JSON lines for programs.
// Pure: numbers, places and names of files; nothing of an event is shown.
// The names in the JSON lines are for scripts: none is ever given another meaning.

import EventLog
import LedgerStore

/// The words for an inspection.
struct VerifyReport {
  private let inspection: LedgerInspection
  private let checkpoints: [Checkpoint]
  private let warnings: [String]
  private var report: SurveyReport { inspection.report }

  /// Words an inspection; the warnings are about the files around it.
  init(
    _ inspection: LedgerInspection, _ checkpoints: [Checkpoint] = [], warnings: [String]
  ) {
    self.inspection = inspection
    self.checkpoints = checkpoints
    self.warnings = warnings
  }

  /// The page.
  var text: String {
    var parts = [segments.text]
    parts += report.findings.map { finding in
      "\(finding.place): \(finding.words)\n  \(finding.cost)\n"
    }
    let more = report.findingCount - report.findings.count
    if more > 0 { parts.append("and \(more) further findings\n") }
    if let misfit = inspection.misfit { parts.append("\(misfit.description.harmless)\n") }
    parts += report.keptTails.map { tail in
      "kept: \(tail.file), \(tail.sizeBytes) bytes cut off \(tail.segment) at \(tail.offset)\n"
    }
    parts += report.foreignNames.map { "foreign: \($0.harmless) is no file of the log\n" }
    parts += warnings.map { "warning: \($0.harmless)\n" }
    parts.append(state)
    parts += zip(checkpoints, inspection.verdicts).map { "\($1.words($0))\n" }
    parts.append(verdict + "\n")
    return parts.joined()
  }

  private var segments: Table {
    var table = Table([
      Table.Column("segment"), Table.Column("number", .right), Table.Column("first", .right),
      Table.Column("last", .right), Table.Column("batches", .right),
      Table.Column("events", .right), Table.Column("bytes", .right), Table.Column("room", .right),
      Table.Column("state"),
    ])
    for segment in report.segments {
      table.add([
        segment.file, segment.number.map(String.init) ?? "-",
        segment.firstSequence.map(String.init) ?? "-",
        segment.lastSequence.map(String.init) ?? "-", String(segment.batchCount),
        String(segment.eventCount), String(segment.sizeBytes), String(segment.roomBytes),
        segment.isSealed ? "sealed" : "open",
      ])
    }
    return table
  }

  private var state: String {
    let chain = report.head.map { "chain \($0.chain)\n" } ?? ""
    return """
      sequence \(inspection.lastSequence), tokens \(inspection.tokenCount)
      digest \(inspection.digest)
      \(chain)
      """
  }

  private var verdict: String {
    if !inspection.isDamaged, inspection.verdicts.contains(where: { $0 != .holds }) {
      return "changed: the log is whole, and is not the one of the checkpoints"
    }
    if inspection.isDamaged { return "damaged: see `tokenledger repair --dry-run`" }
    let mended = report.findings.isEmpty ? "" : "; the next start mends what an end left behind"
    return "good" + mended
  }

  /// The lines for programs, the verdict last.
  var json: [JSONValue] {
    report.segments.map(\.json) + report.findings.map(\.json) + surroundings
      + zip(checkpoints, inspection.verdicts).map { $1.json($0) } + [summary]
  }

  private var surroundings: [JSONValue] {
    report.keptTails.map { tail in
      .members([
        "kind": .string("kept-tail"), "file": .string(tail.file), "size": .number(tail.sizeBytes),
        "segment": .string(tail.segment), "offset": .number(tail.offset),
      ])
    }
      + report.foreignNames.map {
        .members(["kind": .string("foreign"), "file": .string($0)])
      }
      + warnings.map { .members(["kind": .string("warning"), "text": .string($0)]) }
  }

  private var summary: JSONValue {
    .members([
      "kind": .string("summary"),
      "good": .boolean(
        !inspection.isDamaged && inspection.verdicts.allSatisfy { $0 == .holds }),
      "findings": .number(report.findingCount), "sequence": .number(inspection.lastSequence),
      "tokens": .number(inspection.tokenCount), "digest": .string("\(inspection.digest)"),
      "chain": report.head.map { .string("\($0.chain)") } ?? .null,
      "misfit": inspection.misfit.map { .string($0.description) } ?? .null,
    ])
  }
}

extension SurveyFinding {
  /// Where it is: file, offset and size.
  var place: String {
    "\(file), offset \(offset)" + (sizeBytes > 0 ? ", \(sizeBytes) bytes" : "")
  }

  /// What is wrong.
  var words: String {
    switch kind {
    case .damage(let kind): "damaged: \(kind)"
    case .tornTail: "a torn tail, or a write under way: the next start cuts it off"
    case .unfinishedSegment: "a segment that was never finished: the next start removes it"
    }
  }

  fileprivate var json: JSONValue {
    .members([
      "kind": .string(name), "file": .string(file), "offset": .number(offset),
      "size": .number(sizeBytes), "text": .string(words), "next_sequence": .number(nextSequence),
      "lost_from": .number(lost?.lowerBound),
      "lost_through": .number(lost.map { $0.upperBound - 1 }),
      "readable_from": .number(readableFrom), "readable_through": .number(readableThrough),
      "readable_events": .number(readableCount),
    ])
  }
}

extension SurveyedSegment {
  fileprivate var json: JSONValue {
    .members([
      "kind": .string("segment"), "file": .string(file), "number": .number(number),
      "first": .number(firstSequence), "last": .number(lastSequence),
      "batches": .number(batchCount), "events": .number(eventCount), "size": .number(sizeBytes),
      "room": .number(roomBytes), "sealed": .boolean(isSealed),
    ])
  }
}

extension JSONValue {
  /// An integer of any type; null for nil.
  static func number(_ value: (some BinaryInteger)?) -> JSONValue {
    value.map { .integer(Int64(clamping: $0)) } ?? .null
  }

  /// An integer of any type.
  static func number(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(clamping: value)) }
}
