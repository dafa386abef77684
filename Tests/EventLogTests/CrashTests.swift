// The process dies at every call that changes something, and the power fails with it or does not;
// then the next start dies at every call of its own; then the one after that succeeds. Every
// acknowledged event must be there, nothing invented, and the log must take new ones.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct CrashTests {
  /// What the outside world saw of a run that may have died.
  private struct Witness {
    var acknowledged: [String] = []
    /// The batch in flight at the end, which may be there or not, as a whole.
    var inFlight: [String] = []
  }

  /// Appends `batches` until one fails.
  private func run(
    _ storage: SimulatedStorage, _ batches: [[String]], _ options: LogOptions,
    after acknowledged: [String] = []
  ) -> Witness {
    var witness = Witness(acknowledged: acknowledged)
    do {
      var log = try LogUnderTest(storage, options)
      for batch in batches {
        witness.inFlight = batch
        try log.append(batch)
        witness.acknowledged += batch
        witness.inFlight = []
      }
    } catch {
      // The process died here.
    }
    return witness
  }

  /// The disks that a crash may leave: nothing unsynced, everything, and some mixtures.
  private func images(of storage: SimulatedStorage, seed: UInt64) -> [SimulatedStorage] {
    var generator = SeededGenerator(seed: seed)
    var images = [storage.imageAfterPowerLoss(), storage.imageAfterKill()]
    for _ in 0..<3 {
      let namesKept = Int.random(in: 0...storage.unsyncedNameCount, using: &generator)
      images.append(
        storage.crashImage(namesKept: namesKept) { _ in Bool.random(using: &generator) })
    }
    return images
  }

  /// Opens, compares with what was seen, appends, and compares again after a power loss.
  private func expectWhole(
    _ storage: SimulatedStorage, _ witness: Witness, _ options: LogOptions, _ comment: Comment
  ) throws {
    var log = try LogUnderTest(storage, options)
    let seen = log.events.map(\.text)
    let isRight =
      seen == witness.acknowledged || seen == witness.acknowledged + witness.inFlight
    #expect(isRight, comment)
    try log.append("new")
    let after = try LogUnderTest(storage.imageAfterPowerLoss(), options).events.map(\.text)
    #expect(after == seen + ["new"], comment)
  }

  /// Crashes a run at each of its changes, and the start after it at each of its changes.
  private func crashEverywhere(
    _ batches: [[String]], _ options: LogOptions,
    prepared: () throws -> (SimulatedStorage, [String])
  ) throws {
    let (whole, present) = try prepared()
    let before = whole.changeCount
    _ = run(whole, batches, options, after: present)
    let changes = whole.changeCount - before
    for change in 1...changes + 1 {
      let (storage, present) = try prepared()
      storage.crash(atChange: change)
      let witness = run(storage, batches, options, after: present)
      for (number, image) in images(of: storage, seed: UInt64(change)).enumerated() {
        let comment: Comment = "change \(change) of \(changes), image \(number)"
        try crashRecovery(of: image, witness, options, comment)
        try expectWhole(image, witness, options, comment)
      }
    }
  }

  /// Crashes the start on an image at each of its changes, on copies of the image.
  private func crashRecovery(
    of image: SimulatedStorage, _ witness: Witness, _ options: LogOptions, _ comment: Comment
  ) throws {
    let probe = image.imageAfterKill()
    _ = try LogUnderTest(probe, options)
    for change in 1...max(1, probe.changeCount) {
      let copy = image.imageAfterKill()
      copy.crash(atChange: change)
      _ = openingError(copy, options)
      for left in images(of: copy, seed: UInt64(change)).prefix(3) {
        try expectWhole(left, witness, options, "\(comment), start crashed at \(change)")
      }
    }
  }

  @Test func `the first start may crash at every call`() throws {
    try crashEverywhere([["a"]], .small) { (SimulatedStorage(), []) }
  }

  @Test func `appends that make room may crash at every call`() throws {
    let large = String(repeating: "x", count: 3000)
    try crashEverywhere([["a", "b"], [large], [large, "c"]], .small) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      try log.append("present")
      return (storage, ["present"])
    }
  }

  @Test func `a rotation may crash at every call`() throws {
    let options = LogOptions.segments(of: 500)
    try crashEverywhere([["a"], ["b"], ["c"], ["d"], ["e"]], options) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage, options)
      try log.append("present")
      return (storage, ["present"])
    }
  }

  @Test func `the cutting of a torn tail may crash at every call`() throws {
    try crashEverywhere([["a"]], .small) {
      let storage = SimulatedStorage()
      var log = try LogUnderTest(storage)
      try log.append("present")
      let torn = (0..<40).map { "torn \($0)" }
      storage.fail(.sync)
      _ = try? log.append(torn)
      return (storage.crashImage { $0.sector != 1 }, ["present"])
    }
  }

  @Test func `every kind of call that fails once at a start leaves a log that starts`() throws {
    let storage = SimulatedStorage()
    var log = try LogUnderTest(storage, .segments(of: 500))
    for text in ["a", "b", "c", "d"] { try log.append(text) }
    storage.fail(.sync)
    _ = try? log.append((0..<30).map { "torn \($0)" })
    let image = storage.crashImage { $0.sector % 2 == 0 }
    let probe = image.imageAfterKill()
    let expected = try LogUnderTest(probe, .segments(of: 500)).events.map(\.text)
    for call in StorageCall.allCases {
      for number in 1...max(1, probe.count(of: call)) {
        let copy = image.imageAfterKill()
        copy.fail(call, number: number)
        _ = openingError(copy, .segments(of: 500))
        let seen = try LogUnderTest(copy.imageAfterKill(), .segments(of: 500)).events
        #expect(seen.map(\.text) == expected, "\(call) \(number)")
      }
    }
  }
}
