// Scope queries over the socket beside Redis PING and GET, in the same run, by the same
// generator. Every reply of tokenledgerd is compared with the in-process answer before anything
// is measured. Targets: design section 7, at 50 connections and P 1, 16 and 64 the rate of a
// scope query should be 1.1, 1.25 and 1.5 times that of Redis PING.

import TokenLedger

/// Queries over the socket at several numbers of connections and pipeline depths.
enum SocketSuite {
  private static let requestCount = 4096

  static func run(_ session: Session) throws {
    let redis = try session.redis("redis")
    guard session.hasDaemon() else { return }
    let population = Population(tokenCount: session.options.tokenCount)
    let data = try session.directory.makeDirectory("socket").path
    let ledger = try Server.ledger(session, data: data)
    try TokenLoading.load(population, into: ledger)
    if let redis { try loadKeys(session, redis) }
    let requests = SocketRequests(population, count: requestCount)
    try requests.check(session, ledger)
    for connections in [1, 50] {
      for depth in [1, 16, 64] {
        try contest(session, requests, ledger, redis, connections: connections, depth: depth)
      }
    }
  }

  private static func contest(
    _ session: Session, _ requests: SocketRequests, _ ledger: Server, _ redis: Server?,
    connections: Int, depth: Int
  ) throws {
    func side(_ name: String, _ server: Server, _ requests: [[String]]) throws -> Side {
      let generator = try server.connect(connections)
      var plan = RequestPlan.repeating(requests, depth: depth)
      session.keep(try generator.learn(&plan))
      return .load(name, server, generator, plan)
    }
    let ping = [["PING"]]
    let subjects = [
      try side("REQUIRESCOPES ab COUNT", ledger, requests.counts),
      try side("… ab CHARACTER n COUNT", ledger, requests.characterCounts),
      try side("TOKEN.LOOKUP n ab", ledger, requests.lookups), try side("PING", ledger, ping),
    ]
    var rivals: [Side] = []
    if let redis {
      rivals.append(try side("Redis PING", redis, ping))
      rivals.append(try side("Redis GET", redis, requests.keys))
    }
    try session.contest(
      "\(connections) connections, P \(depth)", subjects: subjects, rivals: rivals,
      target: connections == 1 ? nil : [1: 1.1, 16: 1.25, 64: 1.5][depth])
  }

  private static func loadKeys(_ session: Session, _ redis: Server) throws {
    let generator = try redis.connect(1)
    let count = session.options.tokenCount
    for start in stride(from: 0, to: count, by: 64) {
      var bytes: [UInt8] = []
      for key in start..<min(start + 64, count) {
        bytes.append(request: ["SET", "token:\(key)", "\(key)"])
      }
      _ = try generator.exchange(bytes[...])
    }
  }
}

/// The requests of the suite.
struct SocketRequests {
  /// One question to the ledger.
  private struct Question {
    let scopes: [Int]
    let character: Int64
  }

  private let population: Population
  private let questions: [Question]

  init(_ population: Population, count: Int) {
    var random = Random(seed: Random.fixedSeed &+ 11)
    let pairs = population.commonQueries(size: 2)
    self.population = population
    questions = (0..<count).map { index in
      let token = population.tokens[random.below(population.tokens.count)]
      return Question(scopes: pairs[index & 63], character: token.character)
    }
  }

  var counts: [[String]] {
    questions.map { ["TOKENS.REQUIRESCOPES", text($0), "COUNT"] }
  }

  var characterCounts: [[String]] {
    questions.map {
      ["TOKENS.REQUIRESCOPES", text($0), "CHARACTER", "\($0.character)", "COUNT"]
    }
  }

  var lookups: [[String]] {
    questions.map { ["TOKEN.LOOKUP", "\($0.character)", text($0)] }
  }

  /// GETs of existing keys, for Redis.
  var keys: [[String]] {
    var random = Random(seed: Random.fixedSeed &+ 13)
    return questions.map { _ in ["GET", "token:\(random.below(population.tokens.count))"] }
  }

  /// Compares all counts with what the state in process says.
  func check(_ session: Session, _ ledger: Server) throws {
    let data = try ScopeData(tokenCount: population.tokens.count)
    let generator = try ledger.connect(1)
    for (question, requests) in zip(questions, zip(counts, characterCounts)) {
      var bytes: [UInt8] = []
      bytes.append(request: requests.0)
      bytes.append(request: requests.1)
      let query = data.query(question.scopes)
      let all = data.count(query)
      let own = data.count(query, of: CharacterID(question.character))
      let replies = try generator.exchange(bytes[...])
      try session.check(
        replies.elementsEqual(":\(all)\r\n:\(own)\r\n".utf8),
        "\(requests.0): \(String(decoding: replies, as: UTF8.self)), expected \(all) and \(own)")
    }
  }

  private func text(_ question: Question) -> String {
    question.scopes.map { population.names[$0].string }.joined(separator: " ")
  }
}
