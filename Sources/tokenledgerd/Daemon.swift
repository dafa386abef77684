// From the settings to a serving daemon, and to its end. The order matters: the lock before the
// socket, so that a second daemon never touches the first one's socket; the ready line after both.
// Runs on the main thread; the log's thread is the only other one.

import EventLog
import LedgerServer
import LedgerStore
import LinuxIO
import TokenLedger

/// One run of the daemon.
struct Daemon {
  let source: SettingsSource
  let settings: Settings
  let log: ServerLog
  let supervisor: Supervisor
  private let startedMicroseconds = SystemClock.monotonicMicroseconds()

  init(_ source: SettingsSource, _ settings: Settings) {
    self.source = source
    self.settings = settings
    log = ServerLog(level: settings.logLevel, format: settings.logFormat)
    supervisor = Supervisor()
  }

  /// Serves until told to stop.
  ///
  /// - Returns: the exit code.
  func run() throws(StartError) -> Int32 {
    try prepareProcess()
    let signals = try catchSignals()
    let activated = try Supervisor.takeListener()
    let isActivated = activated != nil
    let store = try openStore()
    var listener = activated
    if listener == nil { listener = try listen() }
    guard let listener = listener.take() else { preconditionFailure("there is a listener") }
    let server = try makeServer(store, listener, signals)
    tellReady(store)
    let end = try serve(server)
    supervisor.tell("STOPPING=1")
    store.stopCommitThread()
    store.stopRebuildThread()
    store.stopCompactionThread()
    store.stopSnapshotThread()
    if !isActivated { removeSocket() }
    guard case .logFailed = end else {
      log.write(.info, "stopped", [])
      return 0
    }
    return 74
  }

  private func prepareProcess() throws(StartError) {
    do throws(SystemError) {
      try StandardStream.fillGaps()
      Signal.brokenPipe.ignore()
      try CurrentProcess.raiseOpenFileLimit()
      try CurrentProcess.forbidMemoryDumps()
    } catch {
      throw .system(error)
    }
  }

  /// Descriptors that connections leave to the log: a rotation that cannot open its file is final.
  private static let reservedDescriptorCount = 64

  /// The settings, with no more connections than there are descriptors for.
  private func withinLimits(_ server: ServerSettings) -> ServerSettings {
    guard let limit = try? CurrentProcess.raiseOpenFileLimit() else { return server }
    let room = max(1, limit - Self.reservedDescriptorCount)
    guard server.limits.maximumConnections > room else { return server }
    log.write(.warning, "the limit of open files allows fewer connections", [("n", String(room))])
    var server = server
    server.limits.maximumConnections = room
    return server
  }

  private func catchSignals() throws(StartError) -> SignalDescriptor {
    do throws(SystemError) {
      return try SignalDescriptor([.terminate, .interrupt, .hangUp])
    } catch {
      throw .system(error)
    }
  }

  private func openStore() throws(StartError) -> LedgerStore {
    let hadLog = exists(LedgerStore.logDirectoryName)
    let hadKey = settings.keys != .inDirectory || exists(KeyFile.name)
    do throws(StoreError) {
      let store = try LedgerStore.open(settings.data, storeOptions())
      if hadLog && !hadKey {
        log.write(
          .warning, "a key was made: secrets sealed under an older one are gone without its file",
          [("key", store.keyIDs.last?.description ?? "")])
      }
      return store
    } catch {
      throw .store(error, data: settings.data)
    }
  }

  /// Whether a name is in the data directory.
  private func exists(_ name: String) -> Bool {
    (try? FileSystem.status(of: "\(settings.data)/\(name)")) != nil
  }

  private func storeOptions() throws(StoreError) -> StoreOptions {
    var options = StoreOptions()
    options.clock = settings.clock
    options.keys = settings.keys
    options.log.segmentSizeBytes = settings.segmentBytes
    options.log.lowWaterBytes = settings.lowWaterBytes
    options.programVersion = Text(programVersion) ?? .empty
    do throws(SystemError) {
      options.seed = try Randomness.bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    } catch {
      throw .log(.system(error, file: ""))
    }
    return options
  }

  private func makeServer(
    _ store: LedgerStore, _ listener: consuming UnixListener, _ signals: consuming SignalDescriptor
  ) throws(StartError) -> Server {
    do throws(StoreError) { try store.startCommitThread() } catch {
      throw .store(error, data: settings.data)
    }
    do throws(SystemError) {
      try store.startRebuildThread()
      try store.startCompactionThread()
      try store.startSnapshotThread()
      return try Server(
        store: store, settings: withinLimits(settings.server), listener: listener, signals: signals,
        workers: settings.workers, log: log,
        reload: { readAgain(store) })
    } catch {
      throw .system(error)
    }
  }

  private func serve(_ server: Server) throws(StartError) -> ServerEnd {
    do throws(SystemError) { return try server.run() } catch { throw .system(error) }
  }

  /// Reads the keys and the settings again.
  private func readAgain(_ store: LedgerStore) -> ServerSettings? {
    do throws(StoreError) { try store.rereadKeys() } catch {
      log.write(.error, "the keys stay as they were", [("error", error.description)])
    }
    return readSettingsAgain()
  }

  /// Gives the settings with what may change of them; nil where the file is wrong.
  private func readSettingsAgain() -> ServerSettings? {
    supervisor.tell("RELOADING=1", "MONOTONIC_USEC=\(SystemClock.monotonicMicroseconds())")
    defer { supervisor.tell("READY=1") }
    do throws(SettingsError) {
      let read = try source.settings()
      return withinLimits(settings.takingOver(read).server)
    } catch {
      log.write(.error, "the settings stay as they were", [("error", error.text)])
      return nil
    }
  }

  private func tellReady(_ store: LedgerStore) {
    let milliseconds = (SystemClock.monotonicMicroseconds() - startedMicroseconds) / 1000
    let line =
      "ready socket=\(settings.socketPath) tokens=\(store.state.tokenCount)"
      + " events=\(store.eventCount) start_ms=\(milliseconds)\n"
    // Nobody may be reading: that is no reason not to serve.
    try? StandardStream.output.writeAll(Array(line.utf8).span)
    supervisor.tell("READY=1", "STATUS=\(store.state.tokenCount) tokens")
  }
}
