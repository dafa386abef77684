// Durable writes: EventLog's writer in process, then tokenledgerd over its socket, each beside a
// bare pwrite + fdatasync of the same size, and beside Redis with appendfsync always. All in one
// directory. Latencies are those of one batch in process divided by its events, of one request
// over the socket.

import EventLog
import TokenLedger

/// Appends at 1, 8 and 64 events or connections at a time.
enum AppendSuite {
  private static let sizes = [1, 8, 64]

  static func run(_ session: Session) throws {
    let population = Population(tokenCount: 1000)
    for size in sizes { try inProcess(session, population, size) }
    let redis = try session.redis("redis-always", isDurable: true)
    guard session.hasDaemon() else { return }
    let data = try session.directory.makeDirectory("append").path
    let ledger = try Server.ledger(session, data: data)
    for size in sizes { try overSocket(session, population, ledger, redis, size) }
  }

  // MARK: In process

  private static func inProcess(
    _ session: Session, _ population: Population, _ size: Int
  ) throws {
    let folder = try session.directory.makeDirectory("writer-\(size)").path
    let appender = try Appender(directory: folder, population, batchSize: size)
    let recordBytes = try appender.write() / size
    try session.contest(
      "one batch of \(size), in process",
      subjects: [.bulk("SegmentWriter", count: size) { _ = try appender.write() }],
      rivals: [
        try BareLoop.side(
          session, "bare pwrite + fdatasync", recordBytes: recordBytes, count: size)
      ])
  }

  // MARK: Over the socket

  private static func overSocket(
    _ session: Session, _ population: Population, _ ledger: Server, _ redis: Server?, _ size: Int
  ) throws {
    let creations = (0..<512).map { TokenLoading.request(population, $0) }
    let bytes = creations.map(\.requestBytes).reduce(0, +) / creations.count
    let value = String(repeating: "v", count: bytes - 48)
    let sets = (0..<512).map { ["SET", "key:\($0 + 1_000_000)", value] }
    let bare = try BareLoop.side(
      session, "bare pwrite + fdatasync of \(size)", recordBytes: bytes, count: size)
    var rivals: [Side] = []
    if let redis {
      let plan = RequestPlan.repeating(sets, depth: 1)
      rivals.append(.load("Redis SET, appendfsync always", redis, try redis.connect(size), plan))
    }
    let plan = RequestPlan.repeating(creations, depth: 1)
    try session.contest(
      "\(size) connections, \(bytes) bytes a request",
      subjects: [.load("TOKEN.CREATE", ledger, try ledger.connect(size), plan)],
      rivals: rivals + [bare], target: redis == nil ? nil : 1.25)
  }
}

extension [String] {
  /// The size of the request that these words make.
  var requestBytes: Int {
    var bytes: [UInt8] = []
    bytes.append(request: self)
    return bytes.count
  }
}

/// EventLog's writer, appending batches of creations.
final class Appender {
  private var writer: SegmentWriter
  private var batch = LogBatch()
  private let facts: [[UInt8]]
  private let batchSize: Int

  init(directory: String, _ population: Population, batchSize: Int) throws {
    let opened = try LogOpening.open(
      try FileStorage(directory: directory), newLedger: try LedgerID.random(), nowMicroseconds: 0
    ) { _ throws(LogError) in }
    writer = opened.takeWriter()
    self.batchSize = batchSize
    facts = population.tokens.indices.map { index in
      var bytes: [UInt8] = []
      Event(
        sequence: EventSequence(1), id: EventID(milliseconds: 1_714_564_800_000, counter: 0),
        token: .first, actor: .peer(uid: 1000, pid: 42, clientName: nil),
        body: .created(population.creation(index))
      ).encodeFacts(into: &bytes)
      return bytes
    }
  }

  /// Makes one batch durable; gives its size in bytes.
  func write() throws -> Int {
    let first = writer.head.nextSequence
    for index in 0..<batchSize {
      let facts = facts[(Int(truncatingIfNeeded: first) + index) % facts.count]
      try batch.append(facts: facts, sections: [Self.secret])
    }
    let commit = try writer.append(&batch, firstSequence: first, nowMicroseconds: 0)
    batch.removeAll()
    return commit.sizeBytes
  }

  private static let secret = [UInt8](repeating: 0x61, count: 25)
}
