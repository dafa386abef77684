// The disk's part of a run: it writes a batch when it likes, is full, fails a call, or the process
// dies with the disk in any state that a real one could be left in.

import LedgerStore
import TestSupport
import TokenLedger

@testable import LedgerServer

/// How a node ended, for the disk.
enum Aftermath {
  /// By itself: what it wrote is there.
  case clean
  /// The process died: what it wrote is there.
  case kill
  /// The power failed: what was not synced is gone.
  case powerLoss
  /// Any of these, or any part of what was not synced.
  case any
}

extension Simulation {
  /// The batch that was submitted is written, if there is one; the node learns of it in a turn.
  func writeBatch() throws {
    guard node.store.isCommitting else { return }
    trace.begin("the batch is written")
    guard Int.random(in: 0...39, using: &generator) == 0 else { return node.store.writeSubmitted() }
    trace.begin("the process dies in the middle of it")
    let change = disk.changeCount
    let number = Int.random(in: 1...6, using: &generator)
    disk.crash(atChange: number)
    node.store.writeSubmitted()
    if disk.changeCount >= change + number { try restart(.any) } else { try crash() }
  }

  func disturbDisk() {
    switch Int.random(in: 0...9, using: &generator) {
    case 0...3:
      trace.begin("the disk is full")
      disk.setCapacity(bytes: disk.usedBytes + Int.random(in: 0...600, using: &generator))
      chronicle.fullCount += 1
      chronicle.isFull = true
    case 4...6:
      trace.begin("the disk has room")
      makeRoom()
    case 7:
      trace.begin("the disk takes little at a time")
      disk.setTransferLimit(bytes: Int.random(in: 50...5000, using: &generator))
    default:
      let calls: [StorageCall] = [
        .sync, .sync, .write, .create, .rename, .syncDirectory, .truncate,
      ]
      let call = calls.randomElement(using: &generator) ?? .sync
      trace.begin("the disk will fail a \(call)")
      disk.fail(call)
      chronicle.hasFault = true
    }
  }

  func makeRoom() {
    disk.setCapacity(bytes: .max)
    if chronicle.isFull { chronicle.isRefusalInFlight = true }
    chronicle.isFull = false
  }

  func crash() throws {
    trace.begin("the process dies")
    try restart(.any)
  }

  /// A new start on what the disk has; it may die as well, twice.
  func restart(_ aftermath: Aftermath) throws {
    disk = image(aftermath)
    for _ in 0..<2 where Int.random(in: 0...4, using: &generator) == 0 {
      trace.begin("the start dies")
      disk.crash(atChange: Int.random(in: 1...6, using: &generator))
      do throws(StoreError) { _ = try openOnDisk() } catch { trace.note("died") }
      disk = image(.any)
    }
    trace.begin("a start")
    try replace(by: open())
  }

  /// Opens the ledger; a full disk may refuse what a start has to mend, until there is room.
  private func open() throws -> LedgerStore {
    do throws(StoreError) {
      if chronicle.isFull { disk.setCapacity(bytes: disk.usedBytes) }
      return try openOnDisk()
    } catch {
      guard error.isDiskFull, chronicle.isFull
      else { throw Violation("the ledger does not open: \(error)") }
      trace.note("no room to start")
      makeRoom()
      return try open()
    }
  }

  /// Opens the ledger, whose snapshots lie beside its log.
  private func openOnDisk() throws(StoreError) -> LedgerStore {
    let storage = TracedStorage(disk, trace)
    return try LedgerStore.open(storage, options, snapshots: storage)
  }

  private func image(_ aftermath: Aftermath) -> SimulatedStorage {
    switch aftermath {
    case .clean, .kill:
      // What was not synced still is not: a later power loss may take it.
      if disk.isCrashed { return disk.imageAfterKill() }
      disk.healFaults()
      return disk
    case .powerLoss: return disk.imageAfterPowerLoss()
    case .any:
      let kind = Int.random(in: 0...3, using: &generator)
      if kind < 2 { return image(kind == 0 ? .kill : .powerLoss) }
      let names = Int.random(in: 0...disk.unsyncedNameCount, using: &generator)
      return mixedImage(namesKept: names)
    }
  }

  /// Each sector as it was last written, or as it was last synced.
  ///
  /// Two writes into one sector are one sector of the page cache: the later has the earlier in it.
  private func mixedImage(namesKept: Int) -> SimulatedStorage {
    var kept: [[Int]: Bool] = [:]
    for part in disk.unsyncedSectors where kept[[part.file, part.sector]] == nil {
      kept[[part.file, part.sector]] = Bool.random(using: &generator)
    }
    return disk.crashImage(namesKept: namesKept) { kept[[$0.file, $0.sector]] ?? false }
  }
}
