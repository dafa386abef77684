// One run of refreshing: the real node on a simulated disk, askers, workers that die or forget the
// time, an SSO that rotates every refresh token, crashes; all in one thread and from one seed.
//
// What must hold: a refresh token is sent to the SSO once, unless a worker lost its successor; a
// token has one lease at a time; who asks is answered; an outcome that was acknowledged is kept.

import EventLog
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import TokenLedger

@testable import LedgerServer

/// A run of the node with workers.
final class RefreshSimulation {
  let trace = Trace()
  var generator: SeededGenerator
  var sso = RotatingSSO()
  private let clock: SettableClock
  private var disk = SimulatedStorage()
  private var node: Node
  private var askers: [JobClient] = []
  private var workers: [JobClient] = []
  private var nextClient: Int32 = 1
  /// The leases that workers know of: until when each holds.
  ///
  /// One whose outcome was sent may be over before.
  private var leases: [Int64: (fence: Int64, endMicroseconds: Int64, mayBeOver: Bool)] = [:]
  /// The newest access token of which the ledger said that it has it.
  private var acknowledged: [Int64: Int] = [:]
  private let settings: ServerSettings
  private let options: StoreOptions

  static let tokenCount: Int64 = 5
  private static let start: Int64 = 1_700_000_000_000_000

  /// Starts a node with five tokens, all expired.
  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    clock = SettableClock(now: UnixTime(clampingMicroseconds: Self.start))
    var settings = ServerSettings()
    settings.grants = [RoleGrant(role: .admin, subject: .user(UserID(rawValue: 7)))]
    self.settings = settings
    var options = StoreOptions()
    options.clock = .settable(clock)
    options.log.segmentSizeBytes = 4000
    options.log.firstRoomSizeBytes = 4096
    options.log.largestRoomSizeBytes = 8192
    options.newLedgerID = LedgerID(generator.bytes(count: LedgerID.sizeBytes))
    self.options = options
    let store = try LedgerStore.open(disk, options)
    store.commitStepwise()
    node = Node(store: store, settings: settings, log: .silent)
    let asker = connect()
    for id in 1...Self.tokenCount {
      let words =
        "TOKEN.CREATE CHARACTER \(id) NAME p OWNER o USER u CREATED 0 ID \(id) ACCESS "
        + "\(RotatingSSO.access(id, 0)) REFRESH \(RotatingSSO.refresh(id, 0))"
      asker.send(words)
      try turnUntil { asker.isIdle }
    }
    askers = [asker, connect(), connect()]
    workers = [connect(), connect()]
  }

  /// Random steps, and then everything that is due.
  func run(steps: Int) throws {
    for _ in 0..<steps { try step() }
    try comeToRest()
    try crash()
    try checkTokens()
  }

  private func step() throws {
    switch Int.random(in: 0...99, using: &generator) {
    case 0...19: ask()
    case 20...49: try work()
    case 50...79: try turn()
    case 80...91: if node.store.isCommitting { node.store.writeSubmitted() }
    case 92...94: advance(milliseconds: Int64.random(in: 0...5000, using: &generator))
    case 95: disturbDisk()
    case 96...97: advance(milliseconds: Int64.random(in: 0...200_000, using: &generator))
    case 98: loseWorker()
    default: if Bool.random(using: &generator) { try crash() }
    }
  }

  // MARK: The node

  private func turn() throws {
    for client in askers + workers where !client.connection.isClosed {
      if let event = client.wire.event { node.serve(client.connection, event) }
    }
    guard node.finishTurn() == nil else { throw Violation("the node ended by itself") }
    for asker in askers { try take(repliesOf: asker) }
    for worker in workers { try take(jobsOf: worker) }
  }

  private func turnUntil(_ isDone: () -> Bool) throws {
    for _ in 0..<500 {
      if isDone() { return }
      if node.store.isCommitting { node.store.writeSubmitted() }
      for client in clientsOfSetUp where !client.connection.isClosed {
        if let event = client.wire.event { node.serve(client.connection, event) }
      }
      _ = node.finishTurn()
      for client in clientsOfSetUp { _ = try client.reply() }
    }
    throw Violation("no end")
  }

  private var clientsOfSetUp: [JobClient] = []

  private func connect() -> JobClient {
    let wire = SimulatedWire(capacityBytes: .max / 2, trace)
    let connection = node.admit(.simulated(nextClient), groups: [], on: wire)
    let client = JobClient(number: nextClient, wire, connection)
    nextClient += 1
    clientsOfSetUp = [client]
    return client
  }

  private func advance(milliseconds: Int64) {
    trace.begin("\(milliseconds) ms pass")
    clock.now = UnixTime(clampingMicroseconds: clock.now.microseconds + milliseconds * 1000)
    clock.advanceMonotonic(microseconds: milliseconds * 1000)
  }

  private func disturbDisk() {
    let isFull = Bool.random(using: &generator)
    trace.begin("the disk \(isFull ? "is full" : "has room")")
    disk.setCapacity(bytes: isFull ? disk.usedBytes : .max)
  }

  /// The power fails; everybody connects again, workers with what they have in hand.
  private func crash() throws {
    trace.begin("the power fails")
    disk = disk.imageAfterPowerLoss()
    disk.setCapacity(bytes: .max)
    let store = try LedgerStore.open(disk, options)
    store.commitStepwise()
    node = Node(store: store, settings: settings, log: .silent)
    askers = askers.map { _ in connect() }
    for job in workers.flatMap(\.hand) where job.wasSent { forgetLease(of: job) }
    workers = workers.map { old in
      let worker = connect()
      worker.takeOver(old.hand)
      return worker
    }
  }

  // MARK: Askers

  private func ask() {
    guard let asker = askers.randomElement(using: &generator), asker.isIdle else { return }
    let id = Int64.random(in: 1...Self.tokenCount, using: &generator)
    let timeout = " TIMEOUT \(Int.random(in: 1...60_000, using: &generator))"
    let words =
      switch Int.random(in: 0...9, using: &generator) {
      case 0...3: "TOKEN.ACCESS \(id)" + timeout
      case 4...5: "TOKEN.REFRESH \(id)" + timeout
      case 6...7: "TOKEN.REFRESHORDELETE \(id)" + timeout
      case 8: "TOKENS.BULKREFRESH USER u" + timeout
      default: "TOKENS.REQUIREVALID" + timeout
      }
    trace.begin("asker \(asker.number): \(words)")
    asker.subject = words.hasPrefix("TOKEN.ACCESS") ? id : nil
    asker.send(words)
  }

  private static let expectedErrors: Set<String> = [
    "TIMEOUT", "SSOUNAVAILABLE", "INCOMPLETE", "TOKENINVALID", "NOTFOUND", "NOREFRESHER",
    "DISKFULL",
  ]

  private func take(repliesOf asker: JobClient) throws {
    guard let reply = try asker.reply() else { return }
    trace.begin("asker \(asker.number) hears \(reply.shown.prefix(60))")
    if let prefix = reply.errorPrefix {
      guard Self.expectedErrors.contains(prefix) else { throw Violation(reply.shown) }
    } else if let id = asker.subject {
      guard reply.accessNumber(of: id) != nil
      else { throw Violation("\(reply.shown) is no access token of \(id)") }
    }
  }

  // MARK: Workers

  private func work() throws {
    guard let worker = workers.randomElement(using: &generator), worker.isIdle else { return }
    guard !worker.hand.isEmpty else {
      trace.begin("worker \(worker.number) takes")
      worker.send("REFRESH.TAKE COUNT \(Int.random(in: 1...3, using: &generator)) BLOCK 3000")
      return
    }
    trace.begin("worker \(worker.number) tells \(worker.hand[0].words)")
    worker.hand[0].wasSent = true
    worker.send(worker.hand[0].words)
  }

  private func take(jobsOf worker: JobClient) throws {
    let isTelling = worker.isTelling
    guard let reply = try worker.reply() else { return }
    guard !isTelling else { return try told(reply, worker) }
    for job in reply.elements ?? [] {
      guard let id = job.value(for: "token")?.integer, let fence = job.value(for: "fence")?.integer,
        let refresh = job.value(for: "refresh_token")?.text
      else { throw Violation("no job: \(reply.shown)") }
      try lease(id, fence)
      let answer = try sso.spend(refresh, of: id, &generator)
      trace.begin("worker \(worker.number) has \(id) under \(fence): \(answer)")
      worker.hand.append(JobInHand(id: id, fence: fence, answer: answer))
    }
  }

  /// A job left: no other lease of the token may hold.
  private func lease(_ id: Int64, _ fence: Int64) throws {
    let now = clock.now.microseconds
    if let earlier = leases[id] {
      let isOver = earlier.endMicroseconds <= now
      guard fence > earlier.fence, isOver || earlier.mayBeOver
      else { throw Violation("two leases of \(id): \(earlier.fence) and \(fence)") }
      // Somebody who forgot the time may have the newest refresh token.
      if isOver, workers.contains(where: { $0.hand.contains { $0.id == id && $0.isRotated } }) {
        sso.spoiled.insert(id)
      }
    }
    // The lease counts from its grant, which was a while ago.
    guard let held = node.store.state.lease(of: .sample(id)), Int64(held.fence.rawValue) == fence
    else { throw Violation("a job left without a lease of \(id)") }
    leases[id] = (fence, held.lease.end.microseconds, false)
  }

  /// An outcome is on its way: the ledger may have it, and the lease may be over.
  private func forgetLease(of job: JobInHand) {
    if leases[job.id]?.fence == job.fence { leases[job.id]?.mayBeOver = true }
  }

  private func told(_ reply: Reply, _ worker: JobClient) throws {
    let job = worker.hand.removeFirst()
    switch reply.errorPrefix {
    case nil:
      leases[job.id] = nil
      if case .rotated(let access, _) = job.answer {
        acknowledged[job.id] = Reply.bulk(Array(access.utf8)).accessNumber(of: job.id)
      }
    case "CONFLICT", "NOTFOUND":
      let isOver = leases[job.id].map {
        $0.fence != job.fence || $0.endMicroseconds <= clock.now.microseconds
      }
      forgetLease(of: job)
      guard job.isRotated else { return }
      guard job.wasSentBefore || isOver ?? false || sso.spoiled.contains(job.id)
      else { throw Violation("an outcome under the token's own fence was refused") }
      sso.spoiled.insert(job.id)
    case "DISKFULL": worker.hand.insert(job, at: 0)
    default: throw Violation(reply.shown)
    }
  }

  /// A worker dies with what it has in hand.
  private func loseWorker() {
    trace.begin("a worker dies")
    workers[0].wire.leave()
    for job in workers[0].hand {
      if job.isRotated { sso.spoiled.insert(job.id) }
      if job.wasSent { forgetLease(of: job) }
    }
    node.serve(
      workers[0].connection,
      workers[0].wire.event
        ?? PollEvent(
          word: EventWord(descriptor: 0, generation: 0), ready: .readable, isClosed: true))
    workers.removeFirst()
    workers.append(connect())
  }

  // MARK: The end

  private func comeToRest() throws {
    trace.begin("rest")
    disk.setCapacity(bytes: .max)
    for _ in 0..<4000 {
      let isBusy = !askers.allSatisfy(\.isIdle) || !workers.allSatisfy(\.hand.isEmpty)
      let desk = node.executor.desk
      if !isBusy, node.store.inFlightCount == 0, desk.queuedCount == 0, desk.handedOutCount == 0,
        desk.readyCount == 0
      {
        return
      }
      if node.store.isCommitting { node.store.writeSubmitted() }
      try work()
      try turn()
      advance(milliseconds: 100)
    }
    throw Violation("no rest: \(askers.filter { !$0.isIdle }.map(\.number)) wait")
  }

  /// What was acknowledged is there, and no token ended that nobody lost.
  private func checkTokens() throws {
    let asker = askers[0]
    for id in 1...Self.tokenCount where !sso.spoiled.contains(id) {
      clientsOfSetUp = [asker]
      var secrets: Reply?
      asker.onReply = { secrets = $0 }
      asker.send("TOKEN.SECRETS \(id)")
      try turnUntil { secrets != nil }
      let number = secrets?.value(for: "access_token")?.accessNumber(of: id)
      guard let number, number >= acknowledged[id] ?? 0
      else { throw Violation("token \(id) lost what was acknowledged: \(acknowledged[id] ?? 0)") }
    }
  }
}
