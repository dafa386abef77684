// From the settings to a working refresher, and to its end by a signal. The order matters: signals
// are blocked before the first thread starts.
//
// Runs on the main thread, which does nothing but wait afterwards.

import HTTP
import LinuxIO
import SSO

/// One run of the program.
struct Run {
  private let settings: Settings
  private let log: Log

  init(_ settings: Settings) {
    self.settings = settings
    log = .standardError(format: settings.logFormat)
  }

  /// Works until told to stop.
  ///
  /// - Returns: the exit code.
  func run() throws(StartError) -> Int32 {
    let end: RefresherEnd?
    do throws(SystemError) { end = try workUntilEnd() } catch { throw .system(error) }
    switch end {
    case .neverAdmitted(let error): throw .neverAdmitted(error)
    case .ledgerGone(let error): throw .ledgerGone(error)
    case .stopped:
      log.write(.stopped)
      return 0
    case nil: return 1
    }
  }

  /// Gives the end, or nil after a second signal.
  private func workUntilEnd() throws(SystemError) -> RefresherEnd? {
    try StandardStream.fillGaps()
    Signal.brokenPipe.ignore()
    try CurrentProcess.forbidMemoryDumps()
    let signals = try SignalDescriptor([.terminate, .interrupt])
    let refresher = try Refresher(options, work, log: log, ready: ready)
    return try waitForEnd(of: refresher, signals) ? refresher.join() : nil
  }

  private var options: RefresherOptions {
    var options = RefresherOptions(socketPath: settings.socket)
    options.concurrency = settings.concurrency
    if settings.giveUpSeconds > 0 { options.giveUpMilliseconds = settings.giveUpSeconds * 1_000 }
    return options
  }

  private var work: JobWork<SessionTransport> {
    let endpoint = TokenEndpoint(
      url: settings.tokenURL,
      client: .init(
        id: settings.clientID, secret: settings.secret, userAgent: settings.userAgent),
      transport: SessionTransport(
        bodyLimitBytes: SSOLimits.bodyBytes, connections: settings.concurrency),
      surroundings: .init(
        now: { SystemClock.realtimeMicroseconds() / 1_000_000 },
        jitter: { .random(in: 0...1) },
        // Nobody cancels a job; a wait that were cut short would only be a shorter one.
        wait: { try? await Task.sleep(for: .seconds($0)) }))
    var rules = AccessTokenRules()
    rules.audience = settings.audience
    rules.clockSkewSeconds = settings.clockSkewSeconds
    return JobWork(
      endpoint: endpoint, keysURL: settings.keysURL, revokeURL: settings.revokeURL, rules: rules)
  }

  private var ready: @Sendable () -> Void {
    let line = "ready socket=\(settings.socket)\n"
    return {
      // Nobody may be reading: that is no reason not to work.
      try? StandardStream.output.writeAll(Array(line.utf8).span)
    }
  }

  /// Waits for the end, or for SIGINT after a first signal, which asks for the end.
  ///
  /// - Returns: whether the refresher has ended.
  private func waitForEnd(
    of refresher: Refresher, _ signals: borrowing SignalDescriptor
  ) throws(SystemError) -> Bool {
    let poll = try EventPoll()
    try poll.add(EventWord(descriptor: signals.rawValue, generation: 0), for: .readable)
    try poll.add(EventWord(descriptor: refresher.endDescriptor, generation: 0), for: .readable)
    var events = EventBuffer(capacity: 1)
    var isStopping = false
    while true {
      try poll.wait(timeoutMilliseconds: -1, into: &events)
      guard events.count > 0 else { continue }
      if events[0].word.descriptor == refresher.endDescriptor { return true }
      guard let received = try signals.next() else { continue }
      // A service manager and the daemon may both send SIGTERM: that is one wish, not two.
      if isStopping {
        guard received.signal == .interrupt else { continue }
        return false
      }
      isStopping = true
      log.write(.stopping)
      refresher.stop()
    }
  }
}
