// A disk in memory that does what real ones do at their worst: it fails calls of the test's
// choice, is full, takes half of a write, and after a crash keeps any part of what was not synced.
// The same calls give the same states, always. `SimulatedStorageTests` shows how it is used.

public import EventLog
public import LinuxIO

/// The calls of the log's storage.
public enum StorageCall: CaseIterable, Sendable {
  /// Listing and looking.
  case names, open, size, read, freeBytes
  /// Changing names.
  case create, rename, remove
  /// Changing files.
  case write, truncate
  /// Waiting for the disk.
  case sync, syncDirectory

  /// Whether the call can change what a crash leaves.
  public var isChange: Bool {
    switch self {
    case .names, .open, .size, .read, .freeBytes: false
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
    case .freeBytes: .fstatvfs
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
    var faults = FaultCounter()
    var syncFailure = SyncFailure.keepsPagesDirty
    var capacityBytes = Int.max
    var transferLimitBytes = Int.max
    /// Decides how much each transfer moves; nil: as much as it can.
    var transferLengths: SeededGenerator?
    /// The disk after each change; nil while nobody records.
    var recording: [SimulatedDisk]?

    /// How many bytes of a transfer one call moves.
    mutating func transferred(_ sizeBytes: Int) -> Int {
      let most = min(sizeBytes, transferLimitBytes)
      guard most > 1, var lengths = transferLengths else { return most }
      defer { transferLengths = lengths }
      return Int.random(in: 1...most, using: &lengths)
    }
  }

  let state = Guarded(State())

  /// Makes an empty disk.
  public init() {}

  /// Goes on with a disk, without faults.
  public init(_ disk: SimulatedDisk) {
    state.withLock { $0.disk = disk }
  }

  // MARK: Counts

  /// How many calls of a kind were made, failed ones included.
  public func count(of call: StorageCall) -> Int {
    state.withLock { $0.counts[call, default: 0] }
  }

  /// How many calls were made, failed ones included.
  public var callCount: Int { state.withLock { $0.counts.values.reduce(0, +) } }

  /// How many calls were made that change something, failed ones included.
  public var changeCount: Int { state.withLock { $0.changeCount } }

  /// The size of all files.
  public var usedBytes: Int { state.withLock { $0.disk.usedBytes } }

  // MARK: Faults

  /// Lets a call fail, once: the `number`-th of its kind from here on, counted from 1.
  public func fail(_ call: StorageCall, number: Int = 1, with code: Errno = .ioError) {
    state.withLock { $0.faults.add(Fault([call], number: number, with: code)) }
  }

  /// Lets calls fail as the plan says, from here on, beside the faults that were set before.
  public func follow(_ plan: FaultPlan) {
    state.withLock { state in
      for fault in plan.faults { state.faults.add(fault) }
      state.syncFailure = plan.syncFailure
    }
  }

  /// Forgets all faults that were set.
  public func endFaults() {
    state.withLock { $0.faults = FaultCounter() }
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
      state.faults = FaultCounter()
      state.crashingChange = nil
      state.transferLimitBytes = .max
    }
  }

  /// Lets all files together hold at most this many bytes.
  public func setCapacity(bytes: Int) {
    state.withLock { $0.capacityBytes = bytes }
  }

  /// Lets each read and each write move at most this many bytes.
  public func setTransferLimit(bytes: Int) {
    state.withLock { $0.transferLimitBytes = bytes }
  }

  /// Lets each read and each write move a random part, at least a byte, of what it could.
  public func setRandomTransfers(seed: UInt64) {
    state.withLock { $0.transferLengths = SeededGenerator(seed: seed) }
  }
}
