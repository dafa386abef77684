// The loop: one thread that owns the store, the sockets and every connection. It never waits for
// the disk; the log's thread does, and wakes it. Why one thread: no lock, one order of all things,
// and a query costs less than handing it to another thread would.
//
// Cost per pass: one epoll_wait; per readable client one recv and one send, whatever it pipelined.

public import LedgerStore
public import LinuxIO
import RESP
import TokenLedger

/// Why the loop ended.
public enum ServerEnd: Equatable, Sendable {
  /// It was asked to, and finished what it had accepted.
  case requested
  /// The log failed; what was in flight is undecided until the next start.
  case logFailed(String)
}

/// Serves one ledger on one socket.
public final class Server {
  let store: LedgerStore
  let executor: CommandExecutor
  let log: ServerLog
  let poll: EventPoll
  let listener: UnixListener
  var isAccepting = false
  /// Whether the last attempt to accept somebody failed, and when the next one is due.
  var isShortOfDescriptors = false
  var acceptRetryMicroseconds: Int64 = 0
  let signals: SignalDescriptor
  /// Reads the settings again when told to; gives nil where they are wrong, having said so.
  let reload: () -> ServerSettings?

  /// By descriptor.
  var connections: [CInt: Connection] = [:]
  var nextNumber: Int64 = 1
  /// Connections with held replies or a pause for a commit.
  var waitingForCommit: [Connection] = []
  /// Connections that write a long reply, or wait for events.
  var streaming: Set<CInt> = []
  var blocked: Set<CInt> = []

  /// Where requests are received, and parsed in place when they arrive whole.
  var receiveBuffer = [UInt8](repeating: 0, count: 256 * 1024)
  /// Where replies are written.
  var reply = ReplyWriter()
  /// Lent out for a turn.
  var scratch: QueryScratch? = QueryScratch()
  var isStopping = false
  var end: ServerEnd?

  static let listenerWord: UInt32 = 1
  static let signalWord: UInt32 = 2
  static let commitWord: UInt32 = 3
  /// Generations of connections start above the words of the server's own descriptors.
  static let firstGeneration: UInt32 = 16

  /// Puts the server together; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - store: open for writing, with its commit thread started.
  ///   - settings: what holds until they are read again.
  ///   - listener: a listening socket.
  ///   - signals: SIGTERM and SIGINT end the server, SIGHUP reads the settings again.
  ///   - log: where the server says what happens.
  ///   - reload: gives the settings anew, or nil where they are wrong.
  /// - Throws: `SystemError` when a descriptor cannot be had or watched.
  public init(
    store: LedgerStore, settings: ServerSettings, listener: consuming UnixListener,
    signals: consuming SignalDescriptor, log: ServerLog,
    reload: @escaping () -> ServerSettings?
  ) throws(SystemError) {
    self.store = store
    self.log = log
    self.reload = reload
    executor = CommandExecutor(store: store, settings: settings)
    poll = try EventPoll()
    self.listener = consume listener
    self.signals = signals
    try poll.add(
      EventWord(descriptor: self.signals.rawValue, generation: Self.signalWord), for: .readable)
    if let descriptor = store.commitDescriptor {
      try poll.add(
        EventWord(descriptor: descriptor, generation: Self.commitWord), for: .readable)
    }
    try resumeAccepting()
    executor.sessions = { [unowned self] in
      connections.values.map(\.session).sorted { $0.number < $1.number }
    }
  }

  /// Serves until told to stop, or until the log fails.
  ///
  /// - Throws: `SystemError` of epoll itself; all else concerns one connection and ends that.
  public func run() throws(SystemError) -> ServerEnd {
    var events = EventBuffer(capacity: 1024)
    while true {
      try poll.wait(timeoutMilliseconds: timeoutMilliseconds, into: &events)
      for index in 0..<events.count { dispatch(events[index]) }
      writeSlices()
      endWaits()
      store.submit()
      if store.commitDescriptor == nil { finishCommit() }
      if let end = end ?? endIfStopped() {
        closeAll()
        return end
      }
    }
  }

  private func dispatch(_ event: PollEvent) {
    switch event.word.generation {
    case Self.listenerWord: acceptAll()
    case Self.signalWord: handleSignals()
    case Self.commitWord: finishCommit()
    default: serve(event)
    }
  }

  /// How long nothing needs to be done: slices and ends of waits are due by themselves.
  private var timeoutMilliseconds: Int32 {
    if streaming.contains(where: { isReadyForSlice($0) }) { return 0 }
    let now = SystemClock.monotonicMicroseconds()
    var timeout = Int64.max
    if !isAccepting && !isStopping {
      timeout = max(0, (acceptRetryMicroseconds - now + 999) / 1000)
    }
    for case .blocked(let wait) in blocked.compactMap({ connections[$0]?.pause }) {
      guard let deadline = wait.deadlineMicroseconds else { continue }
      timeout = min(timeout, max(0, (deadline - now + 999) / 1000))
    }
    return timeout == .max ? -1 : Int32(clamping: timeout)
  }

  // MARK: Signals and the end

  private func handleSignals() {
    while let received = nextSignal() {
      switch received.signal {
      case .hangUp: readSettingsAgain()
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

  private func readSettingsAgain() {
    guard let settings = reload() else { return }
    executor.settings = settings
    for connection in connections.values {
      connection.session.role = settings.role(
        of: connection.session.peer, groups: connection.session.groups)
    }
    log.write(.info, "settings read again", [("grants", String(settings.grants.count))])
  }

  /// Accepts nothing more, and ends when what was accepted is durable and answered.
  func stop() {
    guard !isStopping else { return }
    isStopping = true
    pauseAccepting()
    log.write(.info, "stopping", [("events_in_flight", String(store.inFlightCount))])
  }

  private func endIfStopped() -> ServerEnd? {
    guard isStopping else { return nil }
    guard store.inFlightCount > 0 else { return .requested }
    for connection in Array(connections.values) { settle(connection) }
    return nil
  }

  private func closeAll() {
    for connection in Array(connections.values) {
      send(connection)
      close(connection)
    }
  }
}
