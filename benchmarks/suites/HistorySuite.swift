// What the past costs: a token's history over the socket, and queries while somebody reads the
// whole log. The rival of the queries is themselves, quiet: what a reader may cost them is their
// p99, at most twice as long (one connection that reads as fast as it can, 50 that ask).

import LinuxIO
import Synchronization
import TokenLedger

/// Histories, and queries beside one who reads the log from end to end.
enum HistorySuite {
  /// Events of each token besides its creation.
  private static let refreshes = 9
  private static let connectionCount = 50
  /// What a token's history may take, in milliseconds.
  private static let historyLimit = 1.0
  /// How much longer a query's p99 may be beside a reader.
  private static let longerLimit = 2.0

  static func run(_ session: Session) throws {
    guard session.hasDaemon() else { return }
    let population = Population(tokenCount: session.options.tokenCount)
    let ledger = try Server.ledger(
      session, data: try session.directory.makeDirectory("history").path)
    try TokenLoading.load(population, into: ledger)
    try renew(population.tokens.count, ledger)
    try histories(session, population.tokens.count, ledger)
    for (name, request) in [
      ("XRANGE", ["XRANGE", "ledger", "-", "+"]), ("XREVRANGE", ["XREVRANGE", "ledger", "+", "-"]),
      ("LEDGER.HISTORY", ["LEDGER.HISTORY", "TYPE", "deleted"]),
    ] {
      try beside(session, name, request, population, ledger)
    }
  }

  /// Refreshes every token some times, so that their events lie apart in the log.
  private static func renew(_ count: Int, _ ledger: Server) throws {
    let generator = try ledger.connect(1)
    for round in 0..<refreshes {
      for start in stride(from: 1, through: count, by: 256) {
        var bytes: [UInt8] = []
        for id in start...min(start + 255, count) {
          bytes.append(request: ["TOKEN.REFRESHED", "\(id)", "ACCESS", "access-\(round)-\(id)"])
        }
        _ = try generator.exchange(bytes[...])
      }
    }
  }

  private static func histories(_ session: Session, _ count: Int, _ ledger: Server) throws {
    let generator = try ledger.connect(1)
    var random = Random(seed: Random.fixedSeed &+ 23)
    let requests = (0..<512).map { _ in
      ["TOKEN.HISTORY", "\(Int(random.next() % UInt64(count)) + 1)"]
    }
    for request in requests.prefix(16) {
      var bytes: [UInt8] = []
      bytes.append(request: request)
      let reply = try generator.exchange(bytes[...])
      try session.check(
        reply.starts(with: "*\(refreshes + 1)\r\n".utf8), "a token has \(refreshes + 1) events")
    }
    var plan = RequestPlan.repeating(requests, depth: 1)
    // Ids and times differ from run to run, so the answers are no part of the hash.
    _ = try generator.learn(&plan)
    let contest = try session.contest(
      "TOKEN.HISTORY of \(refreshes + 1) among \(count * (refreshes + 1)) events",
      subjects: [.load("TOKEN.HISTORY", ledger, generator, plan)], rivals: [])
    let p50 = contest.subjects[0].latencies.nanoseconds(at: 0.5) / 1e6
    session.figure("a token's history, p50", p50, "ms", limit: historyLimit)
  }

  private static func beside(
    _ session: Session, _ name: String, _ request: [String], _ population: Population,
    _ ledger: Server
  ) throws {
    let requests = SocketRequests(population, count: 1024)
    let generator = try ledger.connect(connectionCount)
    var plan = RequestPlan.repeating(requests.characterCounts, depth: 1)
    _ = try generator.learn(&plan)
    let quiet = Side.load("quiet", ledger, generator, plan)
    let busy = Side(name: "beside \(name)", processorTime: quiet.processorTime) {
      deadline, latencies in
      let reader = try LogReaderThread(ledger.socketPath, request)
      defer { reader.stop() }
      return try quiet.work(deadline, &latencies)
    }
    let contest = try session.contest(
      "\(connectionCount) connections beside one reading \(name)", subjects: [busy],
      rivals: [quiet])
    let p99 = [contest.subjects[0], contest.rivals[0]].map { $0.latencies.nanoseconds(at: 0.99) }
    session.figure("p99 beside \(name) over p99 quiet", p99[0] / p99[1], "×", limit: longerLimit)
  }
}

/// Asks for a long list again and again, on a thread of its own, until it is stopped.
private final class LogReaderThread {
  private let flag: StopFlag
  private var thread: SystemThread?

  /// Begins to read.
  init(_ socketPath: String, _ request: [String]) throws {
    let flag = StopFlag()
    self.flag = flag
    thread = try SystemThread.start(name: "reader") {
      // A reader that fails reads nothing, which the figures would show as no cost: so it traps.
      do { try Self.read(socketPath, request, until: flag) } catch {
        preconditionFailure("the reader of the log failed: \(error)")
      }
    }
  }

  /// Ends the thread; what was not read is left.
  func stop() {
    flag.value.store(true, ordering: .relaxed)
    thread.take()?.join()
  }

  private static func read(
    _ socketPath: String, _ words: [String], until flag: StopFlag
  ) throws {
    let socket = try UnixSocket.connect(to: try UnixAddress(path: socketPath))
    try socket.setReceiveTimeout(milliseconds: 100)
    let mark = Array("$11\r\nend-of-list\r\n".utf8)
    var request: [UInt8] = []
    request.append(request: words)
    request.append(request: ["ECHO", "end-of-list"])
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var tail: [UInt8] = mark
    while !flag.value.load(ordering: .relaxed) {
      if tail.suffix(mark.count).elementsEqual(mark) {
        // Safe: a span of bytes has no padding.
        _ = try socket.sendAll(unsafe request.span.bytes)
        tail = []
      }
      var span = buffer.mutableSpan
      // Safe: any byte may be written.
      var room = unsafe span.mutableBytes
      guard case .transferred(let count) = try socket.receive(into: &room) else { continue }
      tail = Array((tail + buffer[max(0, count - mark.count)..<count]).suffix(mark.count))
    }
  }
}

/// Says when a thread is to end.
private final class StopFlag: Sendable {
  let value = Atomic(false)
}
