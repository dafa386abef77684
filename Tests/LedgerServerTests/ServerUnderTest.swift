// The real loop on a thread of its own, with a real socket in a directory of its own, over whatever
// storage a test brings. It ends by SHUTDOWN, by a signal to its thread, or with the log.
// Nothing waits for longer than twenty seconds.

import EventLog
import Foundation
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

/// A running server.
final class ServerUnderTest {
  private let directory: TemporaryDirectory
  private let stage: Stage

  /// Starts a server on the ledger in `storage`, and waits until it listens.
  init(
    _ storage: any LogStorage = SimulatedStorage(),
    _ settings: ServerSettings = ServerSettings(), options: StoreOptions = .small,
    workers: WorkerProgram? = nil
  ) throws {
    directory = try TemporaryDirectory()
    stage = Stage(path: directory.file("s"), workers: workers)
    let stage = stage
    _ = try SystemThread.start(name: "server") { stage.run(storage, settings, options) }
    try #require(stage.waitUntil { $0.isReady || $0.hasEnded })
    try #require(stage.read(\.failure) == nil)
  }

  /// Where it listens.
  var path: String { stage.path }

  /// A new client.
  func connect() throws -> TestClient { try TestClient(path: stage.path) }

  /// Waits until the loop has ended, and says how; nil when it does not.
  func end() -> ServerEnd? {
    stage.waitUntil(\.hasEnded) ? stage.read(\.end) : nil
  }

  /// Ends the server by a command.
  func shutDown() throws -> ServerEnd? {
    try connect().send("SHUTDOWN")
    return end()
  }

  /// Sends a signal to the server's thread alone.
  func signal(_ signal: Signal) { stage.signal(signal) }

  /// What the server finds when it reads its settings again; nil: they are wrong.
  func setReloadedSettings(_ settings: ServerSettings?) {
    stage.change { $0.reloaded = settings }
  }
}

extension StoreOptions {
  /// Little room, so that a test's logs are small.
  static var small: StoreOptions {
    var options = StoreOptions()
    options.log.firstRoomSizeBytes = 4096
    options.log.largestRoomSizeBytes = 8192
    return options
  }

  /// The same, with a clock that stands still.
  static func frozen(at seconds: Int64) -> StoreOptions {
    var options = small
    options.clock = .frozen(UnixTime(clampingMicroseconds: seconds * 1_000_000))
    return options
  }
}

/// What the test's thread and the server's share.
private final class Stage: @unchecked Sendable {
  struct State {
    var isReady = false
    var hasEnded = false
    var end: ServerEnd?
    var failure: String?
    var reloaded: ServerSettings?
    var thread: pthread_t?
  }

  let path: String
  // Safe: `state` is only touched with the condition's lock held.
  private let condition = NSCondition()
  private var state = State()

  let workers: WorkerProgram?

  init(path: String, workers: WorkerProgram?) {
    self.path = path
    self.workers = workers
  }

  func change(_ body: (inout State) -> Void) {
    condition.lock()
    body(&state)
    condition.broadcast()
    condition.unlock()
  }

  func read<Value>(_ value: (State) -> Value) -> Value {
    condition.lock()
    defer { condition.unlock() }
    return value(state)
  }

  func waitUntil(_ isTrue: (State) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: 20)
    condition.lock()
    defer { condition.unlock() }
    while !isTrue(state) {
      if !condition.wait(until: deadline) { return false }
    }
    return true
  }

  func signal(_ signal: Signal) {
    guard let thread = read(\.thread) else { return }
    _ = pthread_kill(thread, signal.rawValue)
  }

  /// The server's thread.
  func run(_ storage: any LogStorage, _ settings: ServerSettings, _ options: StoreOptions) {
    do {
      let signals = try SignalDescriptor([.hangUp, .user1])
      let store = try LedgerStore.open(storage, options, snapshots: storage)
      try store.startCommitThread()
      try store.startRebuildThread()
      try store.startCompactionThread()
      try store.startSnapshotThread()
      let listener = try UnixListener.listen(at: try UnixAddress(path: path))
      let server = try Server(
        store: store, settings: settings, listener: listener, signals: signals,
        workers: workers, log: ServerLog(level: .error), reload: { self.read(\.reloaded) })
      change {
        $0.isReady = true
        $0.thread = pthread_self()
      }
      let end = try server.run()
      store.stopCommitThread()
      store.stopRebuildThread()
      store.stopCompactionThread()
      store.stopSnapshotThread()
      change { $0.end = end }
    } catch {
      change { $0.failure = "\(error)" }
    }
    change { $0.hasEnded = true }
  }
}
