// A script being run: each call that changes the disk leaves a moment, which is the disk after it
// and what the outside world had been told until then. A moment is where a crash can happen.
//
//   commit:   in flight ──write──> moment ──sync──> moment ──reply──> acknowledged: moment

import EventLog
@testable import LedgerStore
import LinuxIO
import TestSupport
import TokenLedger

/// What the outside world was told of a ledger.
struct CrashWitness: Sendable {
  /// The events that were acknowledged.
  var acknowledged: [Event] = []
  /// The events of the commit in flight: a crash keeps all or none of them.
  var inFlight: [Event] = []
  /// The tokens after the acknowledged events.
  var tokens = ExpectedTokens()
  /// The tokens if the commit in flight counts.
  var tokensInFlight = ExpectedTokens()

  /// The commit in flight is acknowledged.
  mutating func acknowledge() {
    acknowledged += inFlight
    tokens = tokensInFlight
    inFlight = []
  }

  /// The commit in flight is refused.
  mutating func refuse() {
    tokensInFlight = tokens
    inFlight = []
  }
}

/// A moment in which a crash can happen.
struct CrashMoment: Sendable {
  let disk: SimulatedDisk
  let witness: CrashWitness
  /// The step of the script, from 0, and the change in it, from 1; 0 before the first.
  let step: Int
  let operation: Int
}

/// A run of a script, up to its end or to the first failure.
struct CrashRun {
  private let script: CrashScript
  private(set) var storage: SimulatedStorage
  private var store: LedgerStore?
  private(set) var witness = CrashWitness()
  private(set) var moments: [CrashMoment] = []
  private var step = 0
  private var operation = 0

  /// Runs a script on an empty disk whose calls fail as the plan says.
  init(_ script: CrashScript, _ plan: FaultPlan = FaultPlan()) {
    self.script = script
    storage = SimulatedStorage()
    storage.follow(plan)
  }

  /// Runs all steps, keeping the moments.
  mutating func record() throws {
    storage.startRecording()
    for step in script.steps {
      operation = 0
      try run(step)
      takeMoments()
      self.step += 1
    }
  }

  /// Runs steps until one fails, and keeps no moments.
  ///
  /// - Returns: how many calls were made.
  mutating func runToFailure() -> Int {
    do {
      for step in script.steps {
        try run(step)
        self.step += 1
      }
    } catch {
      // The process ends here.
    }
    return storage.callCount
  }

  /// Makes moments of the disks since the last call of this, with what was said until now.
  private mutating func takeMoments() {
    for disk in storage.takeRecording() {
      operation += 1
      keep(disk)
    }
    keep(storage.disk)
  }

  private mutating func keep(_ disk: SimulatedDisk) {
    moments.append(CrashMoment(disk: disk, witness: witness, step: step, operation: operation))
  }

  private mutating func run(_ step: CrashStep) throws {
    switch step {
    case .start: try start()
    case .commit(let changes): try commit(changes)
    case .refused(let changes): try commit(changes, isRefused: true)
    case .compact: try compact(.dead)
    case .snapshot: try snapshot()
    case .erase(let id): try compact(.token(.sample(id)))
    case .fillDisk: storage.setCapacity(bytes: storage.usedBytes)
    case .makeRoom: storage.setCapacity(bytes: .max)
    case .tear(let events, let lost, let period): try tear(events, lost, period)
    }
  }

  private mutating func start() throws {
    store = nil
    let opened = try LedgerStore.open(
      storage, script.options, script.keys, snapshots: storage)
    store = opened
    takeMoments()
    witness.acknowledged = try opened.events()
  }

  private mutating func commit(_ changes: [TokenChange], isRefused: Bool = false) throws {
    guard let store else { throw CrashProblem("a commit without a start") }
    takeMoments()
    try append(changes, to: store)
    do throws(StoreError) {
      try store.commit()
    } catch {
      guard error.isDiskFull else { throw error }
      takeMoments()
      witness.refuse()
      if !isRefused { try commitOnceMore(changes, store) }
      return
    }
    if isRefused { throw CrashProblem("the disk was not full enough") }
    takeMoments()
    witness.acknowledge()
  }

  /// What was refused goes through when there is room.
  private mutating func commitOnceMore(_ changes: [TokenChange], _ store: LedgerStore) throws {
    try append(changes, to: store)
    try store.commit()
    takeMoments()
    witness.acknowledge()
  }

  private mutating func append(_ changes: [TokenChange], to store: LedgerStore) throws {
    for change in changes { try witness.tokensInFlight.append(change, to: store) }
    witness.inFlight = store.inFlight.waiting
  }

  /// Compacts, each of whose commits is one of the script's.
  private mutating func compact(_ scope: CompactionRequest.Scope) throws {
    guard let store else { throw CrashProblem("a compaction without a start") }
    var request = CompactionRequest(scope, origin: .test)
    // The clock stands still: what was deleted just now is past its grace.
    request.graceMilliseconds = -1
    try store.beginCompaction(request)
    while true {
      if let result = store.carryOnCompaction() {
        _ = try result.get()
        takeMoments()
        return
      }
      guard !store.inFlight.isEmpty else { continue }
      takeMoments()
      witness.inFlight = store.inFlight.waiting
      for event in witness.inFlight { witness.tokensInFlight.take(event) }
      try store.commit()
      takeMoments()
      witness.acknowledge()
    }
  }

  /// Where a snapshot cannot be made, the ledger goes on without it.
  private mutating func snapshot() throws {
    guard let store else { throw CrashProblem("a snapshot without a start") }
    takeMoments()
    let made = try? store.makeSnapshot()
    takeMoments()
    guard made == nil || made?.sequence == store.state.lastSequence
    else { throw CrashProblem("a snapshot of another moment") }
  }

  private mutating func tear(_ events: Int, _ lost: Set<Int>, _ period: Int) throws {
    guard let store else { throw CrashProblem("a commit without a start") }
    takeMoments()
    let changes = (0..<events).map { _ in TokenChange.create(secretBytes: 20) }
    try append(changes, to: store)
    storage.fail(.sync)
    guard (try? store.commit()) == nil else { throw CrashProblem("the commit did not fail") }
    takeMoments()
    self.store = nil
    storage = storage.crashImage { !lost.contains($0.sector % period) }
    storage.startRecording()
    witness.refuse()
  }
}

/// What is wrong: with a state of the disk, or with a script.
struct CrashProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
