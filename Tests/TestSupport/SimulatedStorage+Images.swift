// What tests do with a simulated disk from outside: crash it, look at it, put damage in place.
// Names are lost from the last change backwards where a journal keeps their order (ext4, XFS,
// btrfs), which is `crashImage(namesKept:)`. POSIX promises no order: `SimulatedDisk.afterCrash`
// keeps any subset of the changes, each of them whole.

import EventLog
import LinuxIO

extension SimulatedStorage {
  /// The disk after a crash, as a new storage: the synced state, and of the rest what is kept.
  ///
  /// - Parameters:
  ///   - namesKept: How many of the unsynced changes of names are kept, from the first on.
  ///   - isKept: Whether a sector of an unsynced write is kept.
  /// - Returns: a disk without faults, on which everything is synced.
  public func crashImage(
    namesKept: Int = .max, keeping isKept: (UnsyncedSector) -> Bool
  ) -> SimulatedStorage {
    SimulatedStorage(disk.afterCrash(keepingName: { $0 < namesKept }, keeping: isKept))
  }

  /// The disk after the power failed: only what was synced.
  public func imageAfterPowerLoss() -> SimulatedStorage {
    crashImage(namesKept: 0) { _ in false }
  }

  /// The disk after the process died: everything that it did.
  public func imageAfterKill() -> SimulatedStorage {
    crashImage { _ in true }
  }

  /// The disk as the next process finds it when only the process died: what is in memory is shown,
  /// and what was not synced still is not.
  public func restarted() -> SimulatedStorage {
    SimulatedStorage(disk)
  }

  /// The disk as it is.
  public var disk: SimulatedDisk { state.withLock { $0.disk } }

  /// All parts of writes that a crash may lose now.
  public var unsyncedSectors: [UnsyncedSector] { disk.unsyncedSectors }

  /// How many changes of names a crash may lose now.
  public var unsyncedNameCount: Int { disk.unsyncedNameCount }

  // MARK: Recording

  /// From here on, keeps the disk as it is after each call that changes something.
  public func startRecording() {
    state.withLock { $0.recording = [] }
  }

  /// The disks since the recording started or was taken last.
  public func takeRecording() -> [SimulatedDisk] {
    state.withLock { state in
      let disks = state.recording ?? []
      if state.recording != nil { state.recording = [] }
      return disks
    }
  }

  // MARK: Content

  /// What a file holds, or `nil` when there is none.
  public func content(of name: String) -> [UInt8]? {
    state.withLock { state in state.disk.names[name].map { state.disk.files[$0].content } }
  }

  /// Makes or replaces a file, synced: for a test to put damage in place.
  public func setContent(of name: String, to bytes: [UInt8]) {
    state.withLock { state in
      state.disk.files.append(.init(content: bytes, durable: bytes))
      state.disk.changeNames([name: state.disk.files.count - 1])
      state.disk.syncNames()
    }
  }

  /// Removes a file, synced.
  public func removeContent(of name: String) {
    state.withLock { state in
      state.disk.changeNames([name: nil])
      state.disk.syncNames()
    }
  }

  /// Turns one bit of a file, as a disk does that rots; bits are counted from the file's start.
  public func flipBit(_ bit: Int, of name: String) {
    state.withLock { state in
      if let file = state.disk.names[name] { state.disk.flipBit(bit, of: file) }
    }
  }

  /// Turns a bit of some file, both following from the seed.
  ///
  /// - Returns: which one; nil when there is no byte.
  @discardableResult
  public func flipRandomBit(seed: UInt64) -> (name: String, bit: Int)? {
    var generator = SeededGenerator(seed: seed)
    let files = disk.contents.filter { !$0.bytes.isEmpty }
    guard let file = files.randomElement(using: &generator) else { return nil }
    let bit = Int.random(in: 0..<8 * file.bytes.count, using: &generator)
    flipBit(bit, of: file.name)
    return (file.name, bit)
  }
}
