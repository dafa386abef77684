// What must hold of a ledger after a crash, whatever its disk looks like: it opens, nothing that
// was acknowledged is lost, nothing is invented, the state is the model's and that of a full
// refold, and new writes are taken and kept over a power loss and another start.

import CryptoPrimitives
import EventLog
import LedgerStore
import TestSupport
import TokenLedger

/// The judge of one disk.
struct CrashJudge {
  let witness: CrashWitness
  let options: StoreOptions
  let keys: KeyRing

  /// Judges a disk, which is changed by that.
  ///
  /// - Returns: the disks after each change that the first start made, if `storage` records.
  /// - Throws: `CrashProblem` or whatever the ledger threw.
  func judge(_ storage: SimulatedStorage) throws -> [SimulatedDisk] {
    let store = try LedgerStore.open(storage, options, keys, snapshots: storage)
    let recording = storage.takeRecording()
    let events = try store.events()
    let keepsInFlight = try checkEvents(events)
    try checkTails(events, storage)
    try checkTokens(of: store, events, keepsInFlight ? witness.tokensInFlight : witness.tokens)
    try checkGoingOn(store, events, storage)
    return recording
  }

  /// Whether the commit in flight is there; all that was acknowledged is, and nothing else.
  private func checkEvents(_ events: [Event]) throws -> Bool {
    let known = witness.acknowledged.count
    guard events.count >= known, events[..<known] == witness.acknowledged[...] else {
      throw CrashProblem("of \(known) acknowledged events not all are among \(events.count)")
    }
    let rest = events[known...]
    let hasInFlight = !witness.inFlight.isEmpty && rest.starts(with: witness.inFlight)
    for event in rest.dropFirst(hasInFlight ? witness.inFlight.count : 0) {
      switch event.body {
      case .opened, .recovered: continue
      default: throw CrashProblem("event \(event.sequence.rawValue) is invented, or half a commit")
      }
    }
    return hasInFlight
  }

  /// Each tail beside the log is told of once, and no other.
  private func checkTails(_ events: [Event], _ storage: SimulatedStorage) throws {
    let told = events.compactMap { event -> String? in
      guard case .recovered(let cut) = event.body else { return nil }
      return "\(cut.segment.string).torn-\(cut.offset)"
    }
    let kept = storage.disk.contents.map(\.name).filter { $0.contains(".torn-") }
    guard told.sorted() == kept else {
      throw CrashProblem("tails told of: \(told), kept: \(kept)")
    }
  }

  private func checkTokens(
    of store: LedgerStore, _ events: [Event], _ expected: ExpectedTokens
  ) throws {
    guard try ExpectedTokens(of: store) == expected else {
      throw CrashProblem("the tokens are not the model's")
    }
    guard try digest(folding: events) == store.digest else {
      throw CrashProblem("the state is not that of its events")
    }
  }

  private func checkGoingOn(
    _ store: LedgerStore, _ events: [Event], _ storage: SimulatedStorage
  ) throws {
    let id = try store.create(99, access: "new")
    try store.commit()
    let image = storage.imageAfterPowerLoss()
    let again = try LedgerStore.open(image, options, keys, snapshots: image)
    let kept = try again.events()
    guard again.digest == store.digest, kept.starts(with: events), kept.count == events.count + 2,
      try again.secrets(of: id) == ["new", nil]
    else { throw CrashProblem("what was written after the start is lost") }
  }
}
