// A disk in memory that does what real ones do at their worst: it fails a call of the test's
// choice, is full, takes half of a write, and after a crash keeps any part of what was not synced.
// The same calls give the same states, always. `SimulatedStorageTests` shows how it is used.

public import EventLog
public import LinuxIO
import Synchronization

/// The calls of the log's storage.
public enum StorageCall: CaseIterable, Sendable {
  /// Listing and looking.
  case names, open, size, read
  /// Changing names.
  case create, rename, remove
  /// Changing files.
  case write, truncate
  /// Waiting for the disk.
  case sync, syncDirectory

  /// Whether the call can change what a crash leaves.
  public var isChange: Bool {
    switch self {
    case .names, .open, .size, .read: false
    case .create, .rename, .remove, .write, .truncate, .sync, .syncDirectory: true
    }
  }

  /// The system call that would fail.
  var systemCall: SystemCall {
    switch self {
    case .names: .readdir
    case .open, .create: .open
    case .size: .fstat
    case .read: .pread
    case .rename: .rename
    case .remove: .unlink
    case .write: .pwrite
    case .truncate: .ftruncate
    case .sync: .fdatasync
    case .syncDirectory: .fsync
    }
  }
}

/// A log's directory in memory.
public final class SimulatedStorage: LogStorage {
  struct State {
    var disk = SimulatedDisk()
    var counts: [StorageCall: Int] = [:]
    var changeCount = 0
    var crashingChange: Int?
    var failures: [StorageCall: (number: Int, code: Errno)] = [:]
    var capacityBytes = Int.max
    var transferLimitBytes = Int.max
  }

  let state = Mutex(State())

  /// Makes an empty disk.
  public init() {}

  private init(_ disk: SimulatedDisk) {
    state.withLock { $0.disk = disk }
  }

  /// How many calls of a kind were made, failed ones included.
  public func count(of call: StorageCall) -> Int {
    state.withLock { $0.counts[call, default: 0] }
  }

  /// How many calls were made that change something, failed ones included.
  public var changeCount: Int { state.withLock { $0.changeCount } }

  /// Lets a call fail, once: the `number`-th of its kind from here on, counted from 1.
  public func fail(_ call: StorageCall, number: Int = 1, with code: Errno = .ioError) {
    state.withLock { $0.failures[call] = ($0.counts[call, default: 0] + number, code) }
  }

  /// Lets the process die at a change: the `number`-th from here on, counted from 1, does nothing
  /// and fails, and so does every call after it.
  public func crash(atChange number: Int) {
    state.withLock { $0.crashingChange = $0.changeCount + number }
  }

  /// Whether the process died: no call does anything any more.
  public var isCrashed: Bool {
    state.withLock { state in state.crashingChange.map { state.changeCount >= $0 } ?? false }
  }

  /// Takes back every fault that was to come, but for a full disk.
  public func healFaults() {
    state.withLock { state in
      state.failures = [:]
      state.crashingChange = nil
      state.transferLimitBytes = .max
    }
  }

  /// Lets all files together hold at most this many bytes.
  public func setCapacity(bytes: Int) {
    state.withLock { $0.capacityBytes = bytes }
  }

  /// The size of all files.
  public var usedBytes: Int { state.withLock { $0.disk.usedBytes } }

  /// Lets each read and each write move at most this many bytes.
  public func setTransferLimit(bytes: Int) {
    state.withLock { $0.transferLimitBytes = bytes }
  }
}

extension SimulatedStorage {
  /// The disk after a crash, as a new storage: the synced state, and of the rest what is kept.
  ///
  /// - Parameters:
  ///   - namesKept: How many of the unsynced changes of names are kept; they happen in order.
  ///   - isKept: Whether a sector of an unsynced write is kept.
  /// - Returns: a disk without faults, on which everything is synced.
  public func crashImage(
    namesKept: Int = .max, keeping isKept: (UnsyncedSector) -> Bool
  ) -> SimulatedStorage {
    SimulatedStorage(
      state.withLock { $0.disk }.afterCrash(namesKept: namesKept, keeping: isKept))
  }

  /// The disk after the power failed: only what was synced.
  public func imageAfterPowerLoss() -> SimulatedStorage {
    crashImage(namesKept: 0) { _ in false }
  }

  /// The disk after the process died: everything that it did.
  public func imageAfterKill() -> SimulatedStorage {
    crashImage { _ in true }
  }

  /// All parts of writes that a crash may lose now.
  public var unsyncedSectors: [UnsyncedSector] {
    var sectors: [UnsyncedSector] = []
    _ = crashImage {
      sectors.append($0)
      return true
    }
    return sectors
  }

  /// How many changes of names a crash may lose now.
  public var unsyncedNameCount: Int { state.withLock { $0.disk.nameHistory.count - 1 } }

  /// What a file holds, or `nil` when there is none.
  public func content(of name: String) -> [UInt8]? {
    state.withLock { state in state.disk.names[name].map { state.disk.files[$0].content } }
  }

  /// Makes or replaces a file, synced: for a test to put damage in place.
  public func setContent(of name: String, to bytes: [UInt8]) {
    state.withLock { state in
      state.disk.files.append(.init(content: bytes, durable: bytes))
      let number = state.disk.files.count - 1
      state.disk.changeNames { $0[name] = number }
      state.disk.syncNames()
    }
  }

  /// Removes a file, synced.
  public func removeContent(of name: String) {
    state.withLock { state in
      state.disk.changeNames { $0[name] = nil }
      state.disk.syncNames()
    }
  }
}
