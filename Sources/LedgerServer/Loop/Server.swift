// The loop: one thread that owns the store, the sockets and every connection. It never waits for
// the disk; the log's thread does, and wakes it. Why one thread: no lock, one order of all things,
// and a query costs less than handing it to another thread would.
// What is ready is found out here; what is done about it is the `Node`'s.
//
// Cost per pass: one epoll_wait; per readable client one recv and one send, whatever it pipelined.

public import LedgerStore
public import LinuxIO

/// Why the loop ended.
public enum ServerEnd: Equatable, Sendable {
  /// It was asked to, and finished what it had accepted.
  case requested
  /// The log failed; what was in flight is undecided until the next start.
  case logFailed(String)
}

/// Serves one ledger on one socket.
public final class Server {
  let node: Node
  let log: ServerLog
  let poll: EventPoll
  let listener: UnixListener
  var isAccepting = false
  /// Whether the last attempt to accept somebody failed.
  var isShortOfDescriptors = false
  /// When accepting is tried again, on the monotonic clock.
  var acceptRetry: Int64?
  private let signals: SignalDescriptor
  /// Reads the settings again when told to; gives nil where they are wrong, having said so.
  private let reload: () -> ServerSettings?
  /// The workers that this server keeps running.
  let crew: WorkerCrew?
  /// When the server stops though workers are left, on the monotonic clock; nil: nobody was told to
  /// leave.
  var leaveEnd: Int64?
  /// By their words in the poll.
  var connections: [EventWord: Connection] = [:]
  var nextGeneration = Server.firstGeneration

  static let listenerWord: UInt32 = 1
  static let signalWord: UInt32 = 2
  static let commitWord: UInt32 = 3
  static let workerWord: UInt32 = 4
  static let rebuildWord: UInt32 = 5
  static let compactionWord: UInt32 = 6
  static let snapshotWord: UInt32 = 7
  /// Generations of connections start above the words of the server's own descriptors.
  static let firstGeneration: UInt32 = 16

  /// Puts the server together; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - store: open for writing, with its threads started.
  ///   - settings: what holds until they are read again.
  ///   - listener: a listening socket.
  ///   - signals: SIGTERM and SIGINT end the server, SIGHUP reads the settings again.
  ///   - workers: whom the server keeps running as long as it does; nil: nobody.
  ///   - log: where the server says what happens.
  ///   - reload: gives the settings anew, or nil where they are wrong.
  /// - Throws: `SystemError` when a descriptor cannot be had or watched.
  public init(
    store: LedgerStore, settings: ServerSettings, listener: consuming UnixListener,
    signals: consuming SignalDescriptor, workers: WorkerProgram? = nil, log: ServerLog,
    reload: @escaping () -> ServerSettings?
  ) throws(SystemError) {
    node = Node(store: store, settings: settings, log: log)
    self.log = log
    self.reload = reload
    crew = workers.map { WorkerCrew($0, log: log) }
    poll = try EventPoll()
    self.listener = consume listener
    self.signals = signals
    try poll.add(
      EventWord(descriptor: self.signals.rawValue, generation: Self.signalWord), for: .readable)
    if let descriptor = store.commitDescriptor {
      try poll.add(
        EventWord(descriptor: descriptor, generation: Self.commitWord), for: .readable)
    }
    if let descriptor = store.rebuildDescriptor {
      try poll.add(
        EventWord(descriptor: descriptor, generation: Self.rebuildWord), for: .readable)
    }
    if let descriptor = store.compactionDescriptor {
      try poll.add(
        EventWord(descriptor: descriptor, generation: Self.compactionWord), for: .readable)
    }
    if let descriptor = store.snapshotDescriptor {
      try poll.add(
        EventWord(descriptor: descriptor, generation: Self.snapshotWord), for: .readable)
    }
    try resumeAccepting()
    node.whenToldToStop = { [unowned self] in stop() }
  }

  /// Serves until told to stop, or until the log fails.
  ///
  /// - Throws: `SystemError` of epoll itself; all else concerns one connection and ends that.
  public func run() throws(SystemError) -> ServerEnd {
    var events = EventBuffer(capacity: 1024)
    defer { crew?.end() }
    watchCrew()
    while true {
      try poll.wait(timeoutMilliseconds: timeoutMilliseconds, into: &events)
      for index in 0..<events.count { dispatch(events[index]) }
      watchCrew()
      if let end = node.finishTurn() { return end }
      watchListener()
    }
  }

  private func dispatch(_ event: PollEvent) {
    switch event.word.generation {
    case Self.listenerWord: acceptAll()
    case Self.signalWord: handleSignals()
    case Self.commitWord: node.finishCommit()
    case Self.rebuildWord: node.finishRebuild()
    case Self.compactionWord: node.hasCompactionReport = true
    case Self.snapshotWord: node.hasSnapshotReport = true
    case Self.workerWord: collectWorkers()
    default: if let connection = connections[event.word] { node.serve(connection, event) }
    }
  }

  /// How long nothing needs to be done.
  private var timeoutMilliseconds: Int32 {
    var due = node.dueMicroseconds
    if !node.isStopping { due = min(due, acceptRetry ?? .max, crewDueMicroseconds) }
    guard due < .max else { return -1 }
    return Int32(clamping: max(0, (due - node.clock.monotonicMicroseconds + 999) / 1000))
  }

  // MARK: Signals

  private func handleSignals() {
    while let received = nextSignal() {
      switch received.signal {
      case .hangUp: if let settings = reload() { node.take(settings) }
      default: stop()
      }
    }
  }

  private func nextSignal() -> ReceivedSignal? {
    do throws(SystemError) { return try signals.next() } catch {
      log.write(.error, "signal", [("error", error.description)])
      return nil
    }
  }
}
