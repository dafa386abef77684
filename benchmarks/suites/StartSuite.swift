// How long a start takes and how much memory a ledger needs. Time runs from before exec to the
// daemon's ready line, for Redis to its first reply. Targets: design section 7 (10 ms, 10 MB, 160
// bytes a token; the texts of the tokens are part of the bytes).

import TokenLedger

/// Starts of the daemon, empty and loaded.
enum StartSuite {
  static func run(_ session: Session) throws {
    guard session.hasDaemon() else { return }
    let empty = try starts(session, "start-empty", load: nil)
    session.figure("start, empty ledger", empty.milliseconds, "ms", limit: 10)
    session.figure("start, empty ledger: CPU time", empty.processorMilliseconds, "ms")
    session.figure("resident, idle and empty", Double(empty.residentKiB) / 1024, "MiB", limit: 10)
    let population = Population(tokenCount: session.options.tokenCount)
    let loaded = try starts(session, "start-loaded", load: population)
    let tokens = Double(population.tokens.count)
    session.figure("start, \(Int(tokens)) tokens in the log", loaded.milliseconds, "ms")
    session.figure("start, loaded: CPU time", loaded.processorMilliseconds, "ms")
    session.figure("resident, loaded", Double(loaded.residentKiB) / 1024, "MiB")
    let growth = Double(loaded.residentKiB - empty.residentKiB) * 1024 / tokens
    session.figure("resident bytes a token", growth, "bytes", limit: 160)
    try redisStart(session)
  }

  private struct Start {
    let milliseconds: Double
    let processorMilliseconds: Double
    let residentKiB: Int
  }

  /// The median of several starts on one directory; the memory of the last one.
  private static func starts(
    _ session: Session, _ name: String, load population: Population?
  ) throws -> Start {
    let data = try session.directory.makeDirectory(name).path
    if let population {
      let server = try Server.ledger(session, data: data)
      try TokenLoading.load(population, into: server)
      server.end()
    }
    var times: [Double] = []
    var processorTimes: [Double] = []
    var residentKiB = 0
    for _ in 0..<max(3, session.options.rounds) {
      let server = try Server.ledger(session, data: data)
      times.append(Double(server.startNanoseconds) / 1e6)
      processorTimes.append(Double(server.process.processorTime) / 1e6)
      residentKiB = server.process.residentKiB
      try checkCount(session, server, population?.tokens.count ?? 0)
      server.end()
    }
    return Start(
      milliseconds: times.median, processorMilliseconds: processorTimes.median,
      residentKiB: residentKiB)
  }

  private static func checkCount(_ session: Session, _ server: Server, _ count: Int) throws {
    var request: [UInt8] = []
    request.append(request: ["TOKENS.FIND", "COUNT"])
    let reply = try server.connect(1).exchange(request[...])
    try session.check(reply.elementsEqual(":\(count)\r\n".utf8), "tokens after a start")
    session.keep(count)
  }

  private static func redisStart(_ session: Session) throws {
    var times: [Double] = []
    var residentKiB = 0
    for round in 0..<max(3, session.options.rounds) {
      guard let server = try session.redis("redis-start-\(round)") else { return }
      times.append(Double(server.startNanoseconds) / 1e6)
      residentKiB = server.process.residentKiB
      server.end()
    }
    session.figure("Redis: start, empty", times.median, "ms")
    session.figure("Redis: resident, idle and empty", Double(residentKiB) / 1024, "MiB")
  }
}
