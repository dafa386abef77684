// Every file system call of the daemon's life fails once, in a run of its own: by EIO, by ENOSPC,
// by EINTR, by the daemon's death. First a good run of each phase tells which calls there are.
// After each the daemon went on rightly or ended with one clear line; the next start has all that
// was acknowledged, takes new writes and keeps them. EINTR nobody may notice.

import Glibc
import LedgerClient
import LinuxIO
import TestSupport

/// The mode `inject`.
struct InjectCampaign: Campaign {
  let assignment: Assignment
  private(set) var round = 0
  private var random: SeededGenerator
  private var templates: [Phase: Template] = [:]
  private var table = OutcomeTable()

  init(_ assignment: Assignment) {
    self.assignment = assignment
    random = SeededGenerator(seed: assignment.seed)
  }

  mutating func run() throws(Trouble) -> [String] {
    let (hasTracer, why) = try ChildProcess.run(["strace", "-V"], in: assignment.place.path)
    guard hasTracer else { throw .notPermitted("no strace: \(why)") }
    let all = try learn()
    let chosen = Self.sample(all, of: assignment.rounds, &random)
    for injection in chosen {
      round += 1
      do throws(Trouble) { table.note(try play(injection), of: injection) } catch {
        guard case .finding(let text) = error else { throw error }
        throw .finding("\(injection.text): \(text)")
      }
    }
    let lost = "\(chosen.count) of \(all.count) injections: 0 acknowledged writes lost"
    return [lost] + table.lines
  }

  // MARK: Which calls there are

  /// Plays each phase without a failure, and gives every failure that it could have.
  private mutating func learn() throws(Trouble) -> [Injection] {
    var all: [Injection] = []
    for phase in Phase.allCases {
      templates[phase] = try Template(phase, assignment, seed: random.next())
      let output = assignment.place.file("trace")
      let run = InjectedRun(
        phase: phase, assignment: assignment, options: Trace.options(output: output),
        output: output)
      var writer = try prepare(phase)
      let end = try run.play(&writer)
      guard end.process == .exited(0), end.turn == .answered, !end.isDropped else {
        throw .finding("a run of \(phase.rawValue) under strace ended with \(end): \(end.said)")
      }
      let trace = Trace(TextFile.read(output), isStart: !phase.isAttached)
      guard trace.numbers["pwrite64"] != nil, trace.numbers["fdatasync"] != nil else {
        throw .setup("strace told of no write or no sync in \(phase.rawValue)")
      }
      for (call, numbers) in trace.numbers.sorted(by: { $0.key < $1.key }) {
        for number in numbers.sorted() {
          all += Fault.allCases.map {
            Injection(phase: phase, call: call, number: number, fault: $0)
          }
        }
      }
    }
    return all
  }

  /// A part of all in which each call and fault has its share.
  private static func sample(
    _ all: [Injection], of count: Int, _ random: inout SeededGenerator
  ) -> [Injection] {
    guard count < all.count else { return all }
    var seen: [String: Int] = [:]
    let ranked = all.shuffled(using: &random).map { injection -> (Int, Injection) in
      let rank = seen[injection.call + injection.fault.rawValue, default: 0]
      seen[injection.call + injection.fault.rawValue] = rank + 1
      return (rank, injection)
    }
    let sorted = ranked.enumerated().sorted {
      ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
    }
    return sorted.prefix(count).map(\.element.1)
  }

  // MARK: One injection

  /// Puts the ledger of a phase where the daemon finds it, and gives its client.
  private func prepare(_ phase: Phase) throws(Trouble) -> Writer {
    let data = assignment.place.file("data")
    Workplace.remove(data)
    guard let template = templates[phase] else { throw .setup("no template") }
    if let source = template.data { try Workplace.copy(source, to: data) }
    return template.writer
  }

  private func play(_ injection: Injection) throws(Trouble) -> Outcome {
    let output = assignment.place.file("trace")
    var writer = try prepare(injection.phase)
    let run = InjectedRun(
      phase: injection.phase, assignment: assignment, options: injection.options(output: output),
      output: output)
    let end = try run.play(&writer)
    let isReached = injection.fault == .kill || TextFile.read(output).contains("(INJECTED)")
    let outcome = try judge(end, of: injection)
    try checkNextStart(writer, injection.phase)
    return isReached ? outcome : .notReached
  }

  /// Says what a run came to, or what is wrong with it.
  private func judge(_ end: RunEnd, of injection: Injection) throws(Trouble) -> Outcome {
    let isSilent = end.said.isEmpty
    if injection.fault == .interrupted, end.turn != .answered || end.isDropped {
      throw .finding("an interrupted call was noticed: \(end)")
    }
    switch end.process {
    case .exited(0):
      if end.isDropped { return .dropped }
      if end.turn == .answered { return .wentOn }
      guard end.turn == .diskFull, !isSilent else {
        throw .finding("exit 0 after a client was \(end.turn): \(end.said)")
      }
      return .refused
    case .exited(74) where injection.fault != .interrupted:
      guard end.errorLineCount == 1 else {
        throw .finding("exit 74 with \(end.errorLineCount) lines of errors: \(end.said)")
      }
      return .ended
    case .killed(by: SIGKILL) where injection.fault == .kill: return .killed
    case .exited, .killed: throw .finding("\(end.process.text): \(end.said)")
    }
  }

  /// The next start has everything, takes writes, and the one after it has those too.
  private func checkNextStart(_ writer: Writer, _ phase: Phase) throws(Trouble) {
    let command = assignment.command(
      data: assignment.place.file("data"), segmentBytes: phase.segmentBytes)
    var writer = writer
    var position = LogPosition()
    var accounts = [writer.account]
    // A ledger that never came to be has nothing to compare.
    for isLast in [false, true] {
      let daemon = try command.start()
      let connection = try daemon.connect()
      try Audit(connection: connection).check(&accounts, &position)
      if !isLast {
        writer.account = accounts[0]
        writer.turnSize = 12
        let end = try writer.takeTurn(writer.plan(), connection)
        guard end == .answered else { throw .finding("new writes: \(end): \(daemon.said)") }
        accounts = [writer.account]
      }
      try daemon.kill()
    }
  }
}
