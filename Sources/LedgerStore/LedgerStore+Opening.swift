// Opening a ledger: for writing, with the directory's lock, mending what an interrupted write left;
// or for reading, without either, also while a daemon writes.
// A start writes what it did (`opened`, `recovered`) as events. It may be interrupted at any call:
// the next one does and tells the rest.

public import EventLog
import LinuxIO
import TokenLedger

extension LedgerStore {
  /// The directory of the log in a data directory.
  public static let logDirectoryName = "log"
  /// The directory of the snapshots there.
  public static let snapshotDirectoryName = "snapshots"

  /// Opens the ledger in the directory at `path` for writing; makes it if there is none.
  ///
  /// An `opened` event is written, and a `recovered` one for a tail that was cut. On a full disk
  /// they are left out: the ledger can be read.
  ///
  /// - Throws: `log` with `locked` when another process has it, `damaged`, and others; `directory`.
  ///   Nothing acknowledged is lost.
  /// - Complexity: O(size of the log).
  public static func open(
    _ path: String, _ options: StoreOptions = StoreOptions()
  ) throws(StoreError) -> LedgerStore {
    try makeDirectory(path)
    let lock: DirectoryLock
    do throws(LogError) { lock = try DirectoryLock.acquire(directory: path) } catch {
      throw .log(error)
    }
    let keys = try options.keys.keys(of: path, makesMissing: true)
    let storage = try fileStorage(path, createIfMissing: true)
    let store = try open(storage, options, keys, snapshots: snapshotStorage(path))
    store.lock = consume lock
    store.directory = path
    return store
  }

  /// Opens the ledger whose log is in `storage` for writing; its owner brings lock and keys.
  ///
  /// Without any key secrets are written as they are; without `snapshots`, whose files may lie
  /// beside the log's, all of the log is read, and no snapshot can be made.
  ///
  /// - Throws: as ``open(_:_:)``.
  public static func open(
    _ storage: any LogStorage, _ options: StoreOptions = StoreOptions(),
    _ keys: KeyRing = KeyRing(), snapshots: (any LogStorage)? = nil
  ) throws(StoreError) -> LedgerStore {
    let sealer = try sealer(keys)
    var replayed = ReplayedLedger(seed: options.seed)
    let newLedger = try ledgerID(options)
    var starts = ReplayStarts(snapshots, seed: options.seed)
    let log: OpenedLog
    do throws(ReplayError<StoreError>) {
      log = try starts.replay(options.log, into: &replayed) {
        logOptions, replayed throws(ReplayError<StoreError>) in
        try LogOpening.open(
          storage, options: logOptions, newLedger: newLedger,
          nowMicroseconds: options.clock.now.microseconds
        ) { event throws(StoreError) in try replayed.take(event) }
      }
    } catch {
      throw error.storeError
    }
    let untold = replayed.untold(log.recovery.keptTails)
    let writer = log.takeWriter()
    let store = LedgerStore(
      options: options, replayed: replayed, storage: storage, head: writer.head,
      committer: Committer(inline: writer), sealer: sealer)
    store.snapshots = snapshots.map {
      SnapshotUpkeep(SnapshotDirectory(storage: $0), latest: starts.origin)
    }
    try store.tell(untold)
    return store
  }

  private static func sealer(_ keys: KeyRing) throws(StoreError) -> SecretSealer {
    do throws(SystemError) { return try SecretSealer(keys) } catch {
      throw .log(.system(error, file: ""))
    }
  }

  /// The id for a ledger that is made now.
  private static func ledgerID(_ options: StoreOptions) throws(StoreError) -> LedgerID {
    if let id = options.newLedgerID { return id }
    do throws(SystemError) { return try LedgerID.random() } catch {
      throw .log(.system(error, file: ""))
    }
  }

  /// Opens the ledger in the directory at `path` as it is now, without a lock and without a write.
  ///
  /// - Throws: `log`, `directory`.
  public static func openForReading(
    _ path: String, _ options: StoreOptions = StoreOptions()
  ) throws(StoreError) -> LedgerStore {
    let keys = try options.keys.keys(of: path, makesMissing: false)
    let storage = try fileStorage(path, createIfMissing: false)
    var replayed = ReplayedLedger(seed: options.seed)
    var starts = ReplayStarts(existingSnapshots(of: path), seed: options.seed)
    let overview: LogOverview
    do throws(ReplayError<StoreError>) {
      overview = try starts.replay(options.log, into: &replayed) {
        logOptions, replayed throws(ReplayError<StoreError>) in
        try LogReading.read(storage, options: logOptions) {
          event throws(StoreError) in try replayed.take(event)
        }
      }
    } catch {
      throw error.storeError
    }
    return LedgerStore(
      options: options, replayed: replayed, storage: storage, head: overview.head,
      committer: Committer(), sealer: try sealer(keys))
  }

  /// Makes the directory unless it is there, and syncs its parent in either case.
  ///
  /// An earlier start may have been interrupted between the two.
  private static func makeDirectory(_ path: String) throws(StoreError) {
    do throws(SystemError) {
      if try FileSystem.status(of: path) == nil { try FileSystem.makeDirectory(path) }
      try Directory.open(path).openDirectory("..").synchronize()
    } catch {
      throw .directory(error, path: path)
    }
  }

  static func fileStorage(
    _ path: String, createIfMissing: Bool
  ) throws(StoreError) -> FileStorage {
    let log = path + "/" + logDirectoryName
    do throws(SystemError) {
      return try FileStorage(directory: log, createIfMissing: createIfMissing)
    } catch {
      throw .directory(error, path: log)
    }
  }

  /// The directory of the snapshots in a data directory, made if there is none; nil where that
  /// cannot be: a cache is no reason not to start.
  private static func snapshotStorage(_ path: String) -> FileStorage? {
    try? FileStorage(directory: path + "/" + snapshotDirectoryName, createIfMissing: true)
  }

  /// The same for who writes nothing; nil where it cannot be opened.
  private static func existingSnapshots(of path: String) -> FileStorage? {
    try? FileStorage(directory: path + "/" + snapshotDirectoryName)
  }

  /// Writes the events of the start.
  private func tell(_ tails: [KeptTail]) throws(StoreError) {
    var events = [
      ProposedEvent(
        token: nil,
        body: .opened(
          Opening(
            formatVersion: UInt64(LogFormat.version), programVersion: options.programVersion)))
    ]
    events += tails.compactMap(ProposedEvent.init(tail:))
    do throws(Rejection) { _ = try append(events, origin: Origin(actor: .system)) } catch {
      preconditionFailure("the events of a start are small: \(error)")
    }
    do throws(StoreError) { try commit() } catch {
      guard error.isDiskFull else { throw error }
    }
  }
}

extension ProposedEvent {
  fileprivate init?(tail: KeptTail) {
    guard let segment = Text(tail.segment) else { return nil }
    self.init(
      token: nil,
      body: .recovered(
        TailCut(
          segment: segment, offset: UInt64(tail.offset), bytesCut: UInt64(tail.sizeBytes))))
  }
}

extension ReplayError<StoreError> {
  /// The error without what it came through.
  var storeError: StoreError {
    switch self {
    case .log(let error): .log(error)
    case .visitor(let error): error
    }
  }
}
