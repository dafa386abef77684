// User-space instructions of one request, counted by callgrind: the figure that no other program
// disturbs. Counted as the difference between a run with requests and one without, on the same
// data; one connection, P 16. Target: design section 7, 1,000 a scope query.

import LinuxIO
import TokenLedger

/// Instructions per request of the daemon and of Redis.
enum InstructionSuite {
  static func run(_ session: Session) throws {
    guard ChildProcess.output(of: ["valgrind", "--version"]) != nil else {
      return session.skip("no valgrind: instructions are not counted (apt-get install valgrind)")
    }
    let population = Population(tokenCount: min(20_000, session.options.tokenCount))
    if session.hasDaemon() { try ledger(session, population) }
    try redis(session)
  }

  private static func ledger(_ session: Session, _ population: Population) throws {
    let data = try session.directory.makeDirectory("instructions").path
    let loader = try Server.ledger(session, data: data)
    try TokenLoading.load(population, into: loader)
    loader.end()
    guard let program = try stripped(session) else { return }
    let counter = InstructionCounter(session) { tool in
      try Server.ledger(session, data: data, program: program, under: tool)
    }
    let requests = SocketRequests(population, count: 1024)
    try counter.report("PING", [["PING"]])
    try counter.report("REQUIRESCOPES ab COUNT", requests.counts, limit: 1000)
    try counter.report("… ab CHARACTER n COUNT", requests.characterCounts, limit: 1000)
    try counter.report("TOKEN.LOOKUP n ab", requests.lookups)
  }

  /// A copy of the daemon without debug information, which valgrind 3.19 cannot read.
  private static func stripped(_ session: Session) throws -> String? {
    let copy = "\(session.directory.path)/tokenledgerd"
    _ = ChildProcess.output(of: ["strip", "--strip-debug", "-o", copy, Server.daemonPath ?? ""])
    if try FileSystem.status(of: copy) != nil { return copy }
    session.skip("no strip: the daemon's instructions are not counted (apt-get install binutils)")
    return nil
  }

  private static func redis(_ session: Session) throws {
    var count = 0
    let counter = InstructionCounter(session) { tool in
      count += 1
      return try session.redis("redis-instructions-\(count)", under: tool)
    }
    try counter.report("Redis PING", [["PING"]])
  }
}

/// Counts what one server executes.
final class InstructionCounter {
  private static let depth = 16
  private static let batchCount = 512

  private let session: Session
  private let start: ([String]) throws -> Server?
  /// The instructions of a start and an end without any request.
  private var idle: Int?

  init(_ session: Session, _ start: @escaping ([String]) throws -> Server?) {
    self.session = session
    self.start = start
  }

  /// Counts `requests`, repeated, and reports the instructions of one.
  func report(_ name: String, _ requests: [[String]], limit: Double? = nil) throws {
    var plan = RequestPlan.repeating(requests, depth: Self.depth)
    guard let idle = try idle ?? count(&plan, batches: 0) else { return }
    self.idle = idle
    guard let loaded = try count(&plan, batches: Self.batchCount) else { return }
    let each = Double(loaded - idle) / Double((Self.batchCount + plan.batchCount) * Self.depth)
    session.figure("instructions, \(name)", each, "Ir", limit: limit)
  }

  /// Everything that the server executes from exec to its end; nil without the server.
  private func count(_ plan: inout RequestPlan, batches: Int) throws -> Int? {
    let log = "\(session.directory.path)/callgrind.log"
    try TextFile.write("", to: log)
    let tool = [
      "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=\(log)",
    ]
    guard let server = try start(tool) else { return nil }
    let generator = try server.connect(1)
    if batches > 0 {
      _ = try generator.learn(&plan)
      try generator.run(plan, batches: batches)
    }
    server.end()
    let words = TextFile.read(log).split(whereSeparator: { $0 == " " || $0 == "\n" })
    guard let label = words.firstIndex(of: "Collected"), label + 2 < words.count,
      let count = Int(words[label + 2])
    else { throw ProcessFailure(description: "callgrind counted nothing") }
    return count
  }
}
