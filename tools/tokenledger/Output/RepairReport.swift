// What `tokenledger repair` is about to do, as a page for people and as JSON for programs: each
// change with its place, and of what is given up files, bytes, sequences, events and tokens.
// Pure; nothing of an event but its kind and its token's id is shown.

import EventLog
import LedgerStore
import TokenLedger

/// The words for a plan.
struct RepairReport {
  private let plan: RepairPlan
  private let givenUp: GivenUpEvents

  /// At most so many tokens are named on the page; JSON has all.
  private static let shownTokens = 40

  /// Words a plan, and the events behind its cut.
  init(_ plan: RepairPlan, givenUp: GivenUpEvents) {
    self.plan = plan
    self.givenUp = givenUp
  }

  /// The page.
  var text: String {
    if plan.isEmpty { return "nothing to repair\n" }
    var lines = plan.mends.map { "mend: \($0.file), offset \($0.offset): \($0)" }
    if !plan.mends.isEmpty {
      lines.append("mended without loss: \(plan.mends.count), hash chain checked")
    }
    if let cut = plan.cut { lines += words(of: cut) }
    if let obstacle = plan.obstacle { lines.append(words(of: obstacle)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(of cut: RepairCut) -> [String] {
    var lines = [
      "cannot be mended: \(cut.file), offset \(cut.offset): \(cut.damage)",
      cut.lastSequence > 0
        ? "the log will end with sequence \(cut.lastSequence)" : "the log will hold no event",
    ]
    lines += ranges(of: cut).map { range in
      "give up: \(range.file), bytes \(range.offset) to \(range.end), kept as \(range.keptAs)"
    }
    lines.append("events that can be read in it: \(givenUp.count)\(sequences)")
    lines += givenUp.kinds.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }
    if givenUp.undecodableCount > 0 { lines.append("  \(givenUp.undecodableCount) unreadable") }
    let tokens = givenUp.tokens.sorted { $0.key < $1.key }
    if !tokens.isEmpty {
      let shown = tokens.prefix(Self.shownTokens)
        .map { "\($0.key.rawValue) (\($0.value))" }.joined(separator: ", ")
      let more = tokens.count > Self.shownTokens ? ", …; all with --json" : ""
      lines.append("tokens touched (events): \(tokens.count): \(shown)\(more)")
    }
    return lines
  }

  private var sequences: String {
    givenUp.sequences.map { ", sequences \($0.lowerBound) to \($0.upperBound)" } ?? ""
  }

  private func ranges(of cut: RepairCut) -> [RepairCut.Range] {
    [cut.tail].compactMap { $0 } + cut.segments
  }

  private func words(of obstacle: RepairObstacle) -> String {
    switch obstacle {
    case .noSegment: "cannot be repaired: there is no segment"
    case .noStart(let file, let offset, let kind):
      "cannot be repaired: \(file), offset \(offset): \(kind); without the start of the first"
        + " segment nothing would be left. Nothing was changed; restore the directory from a copy"
    }
  }

  /// The object for programs.
  var json: JSONValue {
    .members([
      "kind": .string("plan"), "nothing_to_do": .boolean(plan.isEmpty),
      "mends": .list(plan.mends.map(\.json)), "cut": plan.cut.map(json) ?? .null,
      "obstacle": plan.obstacle.map { .string(words(of: $0)) } ?? .null,
    ])
  }

  private func json(_ cut: RepairCut) -> JSONValue {
    let tokens = givenUp.tokens.sorted { $0.key < $1.key }
    return .members([
      "file": .string(cut.file), "offset": .number(cut.offset),
      "damage": .string("\(cut.damage)"), "last_sequence": .number(cut.lastSequence),
      "given_up": .list(ranges(of: cut).map(\.json)), "events": .number(givenUp.count),
      "first": .number(givenUp.sequences?.lowerBound),
      "last": .number(givenUp.sequences?.upperBound),
      "unreadable": .number(givenUp.undecodableCount),
      "kinds": .object(
        givenUp.kinds.sorted { $0.key < $1.key }.map {
          JSONValue.Member(name: $0.key, value: .number($0.value))
        }),
      "tokens": .list(
        tokens.map {
          .members(["token": .integer($0.key.rawValue), "events": .number($0.value)])
        }),
    ])
  }
}

extension Mend {
  fileprivate var json: JSONValue {
    .members([
      "file": .string(file), "offset": .number(offset), "size": .number(sizeBytes),
      "text": .string("\(self)"),
    ])
  }
}

extension RepairCut.Range {
  fileprivate var json: JSONValue {
    .members([
      "file": .string(file), "offset": .number(offset), "end": .number(end),
      "kept_as": .string(keptAs),
    ])
  }
}
