// One run: the real node and the real store on a simulated disk, clients, faults and crashes, all
// in one thread and all from one seed. Nothing here reads a clock or waits.
//
//     step: a client asks, sends, reads, leaves · the node takes a turn · the disk writes a batch ·
//           a clock moves · the disk fills, or fails · the process dies or is told to end
//
// Every reply is held against the `Chronicle`, which learns of events from an observer: a client
// that reads the log after each batch.

import EventLog
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import TokenLedger

@testable import LedgerServer

/// A run of the whole node.
final class Simulation {
  let trace = Trace()
  var generator: SeededGenerator
  let chronicle: Chronicle
  let clock: SettableClock
  var disk = SimulatedStorage()
  var node: Node
  var clients: [SimulatedClient] = []
  private(set) var observer: Observer
  private var nextClient: Int32 = 1
  /// Whether the node was told to end, and not by its log.
  var isToldToEnd = false
  let settings: ServerSettings
  let options: StoreOptions

  static let start: Int64 = 1_700_000_000_000_000

  /// Starts a node on an empty disk.
  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    chronicle = Chronicle(clockMicroseconds: Self.start)
    clock = SettableClock(now: UnixTime(clampingMicroseconds: Self.start))
    settings = .simulated(&generator)
    options = .simulated(clock, &generator)
    let trace = trace
    let storage = TracedStorage(disk, trace)
    let store = try LedgerStore.open(storage, options, snapshots: storage)
    store.commitStepwise()
    node = Node(store: store, settings: settings, log: .silent)
    observer = Observer(node, trace)
    try chronicle.reopen(try observer.entries(after: 0))
  }

  /// Random steps, and then everything that is due.
  func run(steps: Int) throws {
    for _ in 0..<steps { try step() }
    try comeToRest()
    try restart(.powerLoss)
    try comeToRest()
  }

  private func step() throws {
    if !node.store.isCommitting { chronicle.isRefusalInFlight = false }
    switch Int.random(in: 0...99, using: &generator) {
    case 0...44: try actAsClient()
    case 45...79: try turn("turn")
    case 80...91: try writeBatch()
    case 92...94: moveClocks()
    case 95...97: disturbDisk()
    case 98:
      if Int.random(in: 0...1, using: &generator) == 0 { try crash() }
    default:
      if Int.random(in: 0...5, using: &generator) == 0 { tellToEnd() }
    }
  }

  // MARK: Clients

  private func actAsClient() throws {
    clients.removeAll { $0.isOver }
    let isDrawn = clients.count < 2 || Int.random(in: 0...9, using: &generator) == 0
    if isDrawn, clients.count < 5, !node.isStopping {
      trace.begin("client \(nextClient) connects")
      connect()
    }
    guard let client = clients.randomElement(using: &generator) else { return }
    switch Int.random(in: 0...39, using: &generator) {
    case 0...9:
      trace.begin("client \(client.number) asks")
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        client.compose(&generator, monotonicMicroseconds: clock.monotonicMicroseconds)
      }
      client.deliver(&generator)
    case 10...21:
      trace.begin("client \(client.number) sends")
      client.deliver(&generator)
    case 22...36:
      trace.begin("client \(client.number) reads")
      try read(client, Int.random(in: 1...2000, using: &generator))
    case 37:
      trace.begin("client \(client.number) finishes")
      if Bool.random(using: &generator) { client.finishSending() }
    case 38:
      trace.begin("client \(client.number) talks nonsense")
      if Bool.random(using: &generator) { client.breakOff(&generator) }
    default:
      trace.begin("client \(client.number) leaves")
      client.wire.leave()
    }
  }

  @discardableResult
  func connect() -> SimulatedClient {
    let capacity =
      Bool.random(using: &generator) ? 100_000 : Int.random(in: 20...900, using: &generator)
    let wire = SimulatedWire(capacityBytes: capacity, trace)
    let number = nextClient
    nextClient += 1
    let connection = node.admit(.simulated(number), groups: [], on: wire)
    let client = SimulatedClient(
      number: number, wire: wire, connection: connection, chronicle, trace)
    clients.append(client)
    return client
  }

  func read(_ client: SimulatedClient, _ count: Int) throws {
    try client.read(
      count, monotonicMicroseconds: clock.monotonicMicroseconds, isEnding: isToldToEnd)
    try client.checkEnd(isNodeGone: node.isStopping)
  }

  // MARK: The node

  /// The node serves some of those that are ready, in any order, and ends its turn.
  func turn(_ words: String, isWhole: Bool = false) throws {
    trace.begin(words)
    for client in clients.shuffled(using: &generator) {
      guard let event = client.wire.event, !client.connection.isClosed,
        isWhole || Int.random(in: 0...3, using: &generator) > 0
      else { continue }
      let calls = client.wire.callCount
      node.serve(client.connection, event)
      client.idleWakes = client.wire.callCount == calls ? client.idleWakes + 1 : 0
      guard client.idleWakes < 3
      else { throw Violation("client \(client.number) wakes the node for nothing") }
    }
    let end = node.finishTurn()
    if node.isStopping, node.farewellEndMicroseconds == nil { isToldToEnd = true }
    try observe()
    guard let end else { return }
    trace.note("\(end)")
    try restart(end == .requested ? .clean : .any)
  }

  /// Has the chronicle know what became durable.
  private func observe() throws {
    guard !node.isStopping, node.store.eventCount > chronicle.events.count else { return }
    try chronicle.take(try observer.entries(after: chronicle.events.count))
  }

  private func tellToEnd() {
    trace.begin("the node is told to end")
    node.stop()
    isToldToEnd = true
  }

  private func moveClocks() {
    trace.begin("the clocks move")
    let jump =
      [-3_600_000_000, -1000, -1, 1, 999, 1_000_000, 60_000_000].randomElement(
        using: &generator) ?? 0
    setClock(clock.now.microseconds + Int64(jump))
    clock.advanceMonotonic(microseconds: Int64.random(in: 0...20_000, using: &generator))
  }

  private func setClock(_ microseconds: Int64) {
    clock.now = UnixTime(clampingMicroseconds: microseconds)
    chronicle.clockMicroseconds.append(microseconds)
  }

  // MARK: Starts

  /// A new node on a disk; everybody's connection is gone.
  func replace(by store: LedgerStore) throws {
    store.commitStepwise()
    for client in clients { client.wire.leave() }
    clients = []
    isToldToEnd = false
    node = Node(store: store, settings: settings, log: .silent)
    observer = Observer(node, trace)
    try chronicle.reopen(try observer.entries(after: 0))
    try checkLedger(store)
  }
}

extension PeerCredentials {
  /// A peer that is admin by a grant; the number tells clients apart.
  static func simulated(_ number: Int32) -> PeerCredentials {
    PeerCredentials(
      process: ProcessID(rawValue: number), user: UserID(rawValue: 7), group: GroupID(rawValue: 7))
  }
}

extension ServerSettings {
  /// Small limits, so that they are met.
  fileprivate static func simulated(_ generator: inout SeededGenerator) -> ServerSettings {
    var settings = ServerSettings()
    settings.grants = [RoleGrant(role: .admin, subject: .user(UserID(rawValue: 7)))]
    settings.limits.maximumUnsentBytes = Int.random(in: 100...4000, using: &generator)
    settings.limits.maximumPendingBytes = Int.random(in: 300...4000, using: &generator)
    settings.snapshotEventCount = [0, 1, 7, 40].randomElement(using: &generator) ?? 0
    return settings
  }
}

extension StoreOptions {
  /// Small segments, and nothing that is random.
  fileprivate static func simulated(
    _ clock: SettableClock, _ generator: inout SeededGenerator
  ) -> StoreOptions {
    var options = StoreOptions()
    options.clock = .settable(clock)
    options.log.segmentSizeBytes = Int.random(in: 2000...20_000, using: &generator)
    options.log.firstRoomSizeBytes = 4096
    options.log.largestRoomSizeBytes = 8192
    options.newLedgerID = LedgerID(generator.bytes(count: LedgerID.sizeBytes))
    return options
  }
}
