// Every moment of a script × every disk that a crash may leave there, each judged once; and of
// these, the crashes of the start that follows, and of the one after that. Everything follows from
// the script and the campaign, so a problem's path (step, operation, image; then the operations and
// images of the crashed starts) replays it.

import CryptoPrimitives
import LinuxIO
import TestSupport

/// The search through the states of one script.
struct CrashExplorer {
  let script: CrashScript
  let campaign: Double
  /// Distinct disks that were judged.
  private(set) var states: Set<SHA256Digest> = []
  /// The first problems, with their paths.
  private(set) var problems: [String] = []

  /// Disks judged, by what was expected of them.
  private var judged: Set<Expectation> = []

  /// A disk, and the number of acknowledged events and of those in flight.
  private struct Expectation: Hashable {
    let disk: SHA256Digest
    let acknowledged: Int
    let inFlight: Int
  }

  private static let problemLimit = 5
  private static let deepest = 2

  init(_ script: CrashScript, campaign: Double) {
    self.script = script
    self.campaign = campaign
  }

  /// Crashes the script at each of its moments.
  mutating func exploreCrashes() throws {
    var run = CrashRun(script)
    try run.record()
    for (number, moment) in run.moments.enumerated() {
      let path = "step \(moment.step), operation \(moment.operation)"
      judge(restarted: moment.disk, moment.witness, path)
      explore(moment.disk, moment.witness, depth: 0, seed: UInt64(number), path)
    }
  }

  /// Judges all disks that a crash may leave.
  private mutating func explore(
    _ disk: SimulatedDisk, _ witness: CrashWitness, depth: Int, seed: UInt64, _ path: String
  ) {
    let samples = Int(max(1, [100, 10, 5][depth] * campaign))
    let states = DiskStates(disk: disk, sampleCount: samples, seed: seed)
    states.forEach { number, image in
      judge(image, witness, depth: depth, "\(path), image \(number)")
    }
  }

  private mutating func judge(
    _ image: SimulatedDisk, _ witness: CrashWitness, depth: Int, _ path: String
  ) {
    let digest = Self.digest(of: image)
    let expectation = Expectation(
      disk: digest, acknowledged: witness.acknowledged.count, inFlight: witness.inFlight.count)
    guard problems.count < Self.problemLimit, judged.insert(expectation).inserted else { return }
    states.insert(digest)
    let storage = SimulatedStorage(image)
    if depth < Self.deepest && isNested(digest, depth: depth) { storage.startRecording() }
    guard let starts = judge(storage, witness, path) else { return }
    for (number, disk) in starts.enumerated() {
      explore(
        disk, witness, depth: depth + 1, seed: UInt64(number),
        "\(path); start crashed at \(number + 1)")
    }
  }

  /// Judges a disk whose process died, and whose memory did not.
  private mutating func judge(
    restarted disk: SimulatedDisk, _ witness: CrashWitness, _ path: String
  ) {
    let lost = Self.digest(of: SimulatedStorage(disk).imageAfterPowerLoss().disk)
    var hash = SHA256()
    hash.update(Self.digest(of: disk).span)
    hash.update(lost.span)
    guard problems.count < Self.problemLimit else { return }
    states.insert(hash.finalize())
    _ = judge(SimulatedStorage(disk), witness, "\(path), process killed")
  }

  private mutating func judge(
    _ storage: SimulatedStorage, _ witness: CrashWitness, _ path: String
  ) -> [SimulatedDisk]? {
    do {
      return try CrashJudge(witness: witness, options: script.options, keys: script.keys)
        .judge(storage)
    } catch {
      problems.append("\(path): \(error)")
      return nil
    }
  }

  /// Whether the crashes of the start on a disk are explored; the disk itself decides.
  private func isNested(_ digest: SHA256Digest, depth: Int) -> Bool {
    let oneIn = Double(script.nesting) * (depth == 0 ? 1 : 4) / campaign
    return Double(digest.bytes[0]) * 256 + Double(digest.bytes[1]) < 65_536 / oneIn
  }

  private static func digest(of disk: SimulatedDisk) -> SHA256Digest {
    var hash = SHA256()
    for (name, bytes) in disk.contents {
      hash.update(Array("\(name) \(bytes.count) ".utf8).span)
      hash.update(bytes.span)
    }
    return hash.finalize()
  }
}

// MARK: Faults without a crash

extension CrashExplorer {
  /// Runs the script with every call failing in its turn, in the ways that it can fail.
  mutating func exploreFaults() {
    var whole = CrashRun(script)
    let callCount = whole.runToFailure()
    for (name, makePlan) in Self.plans {
      for number in 1...callCount {
        explore(makePlan(number), "call \(number) fails, \(name)")
      }
    }
    for seed in 0..<UInt64(max(1, 30 * campaign)) {
      explore(FaultPlan(seed: seed, callCount: callCount), "faults of seed \(seed)")
    }
  }

  private static let plans: [(String, @Sendable (Int) -> FaultPlan)] = [
    ("EIO once, pages stay dirty", { FaultPlan([Fault(Set(StorageCall.allCases), number: $0)]) }),
    (
      "EIO once, pages are lost",
      { FaultPlan([Fault(Set(StorageCall.allCases), number: $0)], syncFailure: .losesPages) }
    ),
    (
      "read-only from there on",
      {
        let reads: Set<StorageCall> = [.names, .open, .size, .read, .freeBytes]
        let changes = Set(StorageCall.allCases).subtracting(reads)
        return FaultPlan([Fault(changes, number: $0, times: .max, with: .readOnlyFileSystem)])
      }
    ),
    (
      "no room once",
      { FaultPlan([Fault([.create, .rename, .write], number: $0, with: .noSpace)]) }
    ),
  ]

  private mutating func explore(_ plan: FaultPlan, _ path: String) {
    var run = CrashRun(script, plan)
    _ = run.runToFailure()
    judge(restarted: run.storage.disk, run.witness, path)
    explore(run.storage.disk, run.witness, depth: Self.deepest, seed: 0, path)
  }
}
