// A repair dies at each of its calls, and the power fails with it or does not. What is left is
// either refused by a start, and the next repair makes the rest of the way; or it starts, with no
// event before the cut lost and none invented.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct RepairCrashTests {
  /// The ways in which a log is damaged here, and how many events a repair leaves of 20.
  private static let damages: [@Sendable (SimulatedStorage) throws -> Void] = [
    { try $0.flip($0.segmentNames[1], at: 96 + 16, 0x11) },
    { try $0.flip($0.segmentNames[1], at: 96 + 16) },
    { try $0.flip($0.segmentNames[2], at: 50, 0x11) },
    { $0.removeContent(of: try $0.segmentNames[1]) },
    { storage in
      let name = try storage.segmentNames[0]
      let bytes = try #require(storage.content(of: name))
      storage.setContent(of: name, to: Array(bytes.dropLast(LogFormat.recordFrameSizeBytes)))
      try storage.flip(storage.segmentNames[1], at: 96 + 16, 0x11)
    },
  ]

  /// The disks that a crash may leave.
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

  /// Starts, or repairs first where the start refuses, and expects the texts of a whole repair.
  private func expectMended(
    _ image: SimulatedStorage, _ expected: [String], _ comment: Comment
  ) throws {
    if openingError(image, .segments(of: 500)) != nil {
      let plan = try RepairPlanning.plan(image)
      #expect(plan.obstacle == nil, comment)
      try RepairRun.apply(plan, to: image, aside: SimulatedStorage())
    }
    var log = try LogUnderTest(image, .segments(of: 500))
    #expect(log.events.map(\.text) == expected, comment)
    try log.append("new")
    #expect(try texts(in: image.imageAfterPowerLoss()) == expected + ["new"], comment)
  }

  @Test(arguments: damages.indices)
  func `a repair may crash at every call, and be repeated`(number: Int) throws {
    let whole = try segmentedLog()
    try Self.damages[number](whole)
    let plan = try RepairPlanning.plan(whole)
    #expect(!plan.isEmpty && plan.obstacle == nil)
    let probe = whole.imageAfterKill()
    try RepairRun.apply(plan, to: probe, aside: SimulatedStorage())
    let expected = try texts(in: probe)
    let changes = probe.changeCount
    #expect(changes > 0)
    for change in 1...changes {
      let storage = whole.imageAfterKill()
      storage.crash(atChange: change)
      #expect(throws: LogError.self) {
        try RepairRun.apply(plan, to: storage, aside: SimulatedStorage())
      }
      for (index, image) in images(of: storage, seed: UInt64(change)).enumerated() {
        try expectMended(image, expected, "change \(change) of \(changes), image \(index)")
      }
    }
  }

  @Test func `nothing is changed before the copies are on the disk`() throws {
    let whole = try segmentedLog()
    try Self.damages[0](whole)
    let plan = try RepairPlanning.plan(whole)
    let probe = SimulatedStorage()
    try RepairRun.apply(plan, to: whole.imageAfterKill(), aside: probe)
    for change in 1...probe.changeCount {
      let storage = whole.imageAfterKill()
      let aside = SimulatedStorage()
      aside.crash(atChange: change)
      #expect(throws: LogError.self) { try RepairRun.apply(plan, to: storage, aside: aside) }
      #expect(storage.changeCount == 0)
    }
    for name in plan.changedFiles {
      #expect(probe.imageAfterPowerLoss().content(of: name) == whole.content(of: name))
    }
  }
}
