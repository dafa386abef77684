// `watch` on a daemon that is a script: what it answers to each request, and when it is away.

import Foundation
import RESP
import Testing

@testable import LedgerCommand

/// A daemon whose log grows by what each XREAD brings.
private final class ScriptedDaemon: LedgerEndpoint {
  /// What happens at the next XREAD.
  enum Turn {
    /// So many events happen.
    case events(Int)
    /// Nothing does in time.
    case silence
    /// The connection ends.
    case end
  }

  let isDaemon: Bool
  private let turns: Turns

  /// The turns, shared over connections; and the log.
  final class Turns {
    var left: [Turn]
    var events: Int
    /// Which requests came, by their words.
    var requests: [[String]] = []

    init(_ turns: [Turn], events: Int = 3) {
      left = turns
      self.events = events
    }
  }

  init(_ turns: Turns, isDaemon: Bool = true) {
    self.turns = turns
    self.isDaemon = isDaemon
  }

  func pipeline(_ requests: [LedgerRequest]) throws(EndpointError) -> [Reply] {
    var replies: [Reply] = []
    for request in requests { replies.append(try answer(request)) }
    return replies
  }

  private func answer(_ request: LedgerRequest) throws(EndpointError) -> Reply {
    let words = request.words.map { String(decoding: $0, as: UTF8.self) }
    turns.requests.append(words)
    switch request.command {
    case "LEDGER.STATUS":
      return .array([
        bulk("events"), .integer(Int64(turns.events)), bulk("last_event_id"),
        bulk("\(turns.events)-0"), bulk("ledger"), bulk("x"),
      ])
    case "XREAD": return try read(words)
    case "LEDGER.HISTORY": return history(words)
    default: return .error(Array("ERR unknown".utf8))
    }
  }

  private func read(_ words: [String]) throws(EndpointError) -> Reply {
    switch turns.left.isEmpty ? .end : turns.left.removeFirst() {
    case .silence: return .null
    case .end: throw .connectionLost(socket: "s")
    case .events(let count): turns.events += count
    }
    let after = words.last.flatMap { Int($0.dropLast(2)) } ?? 0
    let entries = Reply.array((after + 1...turns.events).map(entry))
    return .map([Reply.Pair(key: bulk("ledger"), value: entries)])
  }

  private func history(_ words: [String]) -> Reply {
    func bound(_ keyword: String) -> [Int] {
      words.indices.filter { words[$0] == keyword }.compactMap { Int(words[$0 + 1].dropFirst()) }
    }
    let first = bound("SINCE").max() ?? 1
    let last = min(turns.events, bound("UNTIL").min() ?? .max)
    var found = first <= last ? Array(first...last) : []
    if words.contains("deleted") { found = found.filter { $0 % 2 == 0 } }
    if words.contains("REV") { found.reverse() }
    let count = words.firstIndex(of: "COUNT").flatMap { Int(words[$0 + 1]) } ?? .max
    return .array(found.prefix(count).map(entry))
  }

  private func entry(_ sequence: Int) -> Reply {
    .array([
      bulk("\(sequence)-0"),
      .array(
        [
          "seq", "\(sequence)", "type", sequence % 2 == 0 ? "deleted" : "created", "token", "1",
          "actor", "system",
        ].map(bulk)),
    ])
  }

  private func bulk(_ text: String) -> Reply { .bulk(Array(text.utf8)) }
}

@Suite struct WatchCommandTests {
  /// Runs a line until it ends by itself, or the script is over and nobody is there any more.
  private func watch(
    _ words: [String], _ turns: ScriptedDaemon.Turns, awayFor attempts: Int = 0,
    comesBack: Bool = true
  ) -> (outcome: Outcome, pauses: [Int64]) {
    let console = Console(output: .memory([]), messages: .memory([]), isInteractive: false)
    var pauses: [Int64] = []
    var (connections, failures) = (0, attempts)
    var surroundings = Surroundings(
      console: console, environment: [:], now: { 0 },
      open: { (_, _) throws(EndpointError) in
        connections += 1
        guard connections > 1 else { return ScriptedDaemon(turns) }
        guard comesBack, !turns.left.isEmpty else { throw .notRESP(socket: "the script is over") }
        failures -= 1
        if failures >= 0 { throw .notReachable(socket: "s", reason: "ENOENT") }
        return ScriptedDaemon(turns)
      }, readInput: { Data() }, readLine: { nil })
    surroundings.pause = { pauses.append($0) }
    let exitCode = CommandLineRun(in: surroundings).run(["watch", "--json"] + words)
    let outcome = Outcome(
      exitCode: exitCode, output: console.output.text, messages: console.messages.text)
    return (outcome, pauses)
  }

  /// The sequences that were shown.
  private func sequences(_ outcome: Outcome) -> [Int] {
    outcome.lines.compactMap { line in
      line.split(separator: "\"seq\":\"").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }
  }

  @Test func `events are shown as they come, once and in order, until there are enough`() {
    let turns = ScriptedDaemon.Turns([.events(2), .silence, .events(1), .events(5)])
    let outcome = watch(["--count", "4"], turns).outcome
    #expect(outcome.exitCode == .done)
    #expect(sequences(outcome) == [4, 5, 6, 7])
  }

  @Test func `filters go to the ledger, and what does not pass is not shown`() {
    let turns = ScriptedDaemon.Turns([.events(2), .events(3)])
    let outcome = watch(["--type", "deleted", "--count", "3"], turns).outcome
    #expect(sequences(outcome) == [4, 6, 8])
    #expect(turns.requests.contains { $0.starts(with: ["LEDGER.HISTORY", "TYPE", "deleted"]) })
  }

  @Test(arguments: [
    (["--last", "2"], [2, 3, 4]), (["--since", "#1"], [1, 2, 3, 4]), (["--since", "#9"], []),
    (["--since", "#2", "--last", "1"], [3, 4]), ([], [4]),
  ])
  func `what happened before is shown if asked for`(words: [String], expected: [Int]) {
    let turns = ScriptedDaemon.Turns([.events(1)])
    let outcome = watch(words + ["--count", "\(max(1, expected.count))"], turns).outcome
    #expect(sequences(outcome) == expected)
  }

  @Test func `a daemon that is restarted is waited for, and nothing is lost or repeated`() {
    let turns = ScriptedDaemon.Turns([.events(2), .end, .events(3), .end, .events(1)])
    let (outcome, pauses) = watch(["--count", "6"], turns, awayFor: 8)
    #expect(outcome.exitCode == .done)
    #expect(sequences(outcome) == [4, 5, 6, 7, 8, 9])
    #expect(pauses == [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    #expect(outcome.messages.split(separator: "\n").count == 4)
  }

  @Test func `a daemon that becomes something else ends it`() {
    let turns = ScriptedDaemon.Turns([.events(1), .end])
    let outcome = watch([], turns, comesBack: false).outcome
    #expect(outcome.exitCode != .done && sequences(outcome) == [4])
  }

  @Test func `a directory without a daemon has nobody to wait for`() {
    let endpoint = ScriptedDaemon(ScriptedDaemon.Turns([]), isDaemon: false)
    #expect(run(["watch"], on: endpoint).exitCode == .notReachable)
  }
}
