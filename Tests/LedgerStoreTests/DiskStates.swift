// Which disks a crash may leave at a moment: every subset of the unsynced sectors while they are
// few, else a structured choice and a seeded sample; and with each of them every subset of the
// unsynced changes of names, which POSIX allows, though journals keep their order.

import TestSupport

/// The disks that a crash may leave.
struct DiskStates {
  /// Up to so many parts, all their subsets are taken.
  static let exhaustiveCount = 8
  /// Up to so many changes of names, all their subsets are taken.
  static let exhaustiveNameCount = 3

  let disk: SimulatedDisk
  /// How many random subsets are taken where there are too many to take all.
  let sampleCount: Int
  let seed: UInt64

  /// Calls `body` with the number of each disk, from 0, and the disk.
  func forEach(_ body: (Int, SimulatedDisk) throws -> Void) rethrows {
    var generator = SeededGenerator(seed: seed)
    let names = subsets(
      of: disk.unsyncedNameCount, upTo: Self.exhaustiveNameCount, &generator)
    let sectors = subsets(of: disk.unsyncedSectors.count, upTo: Self.exhaustiveCount, &generator)
    var number = 0
    for name in names {
      for subset in sectors {
        var next = 0
        let image = disk.afterCrash(keepingName: { name[$0] }) { _ in
          defer { next += 1 }
          return subset[next]
        }
        try body(number, image)
        number += 1
      }
    }
  }

  /// Which of `count` parts are kept, each in its turn.
  private func subsets(
    of count: Int, upTo exhaustive: Int, _ generator: inout SeededGenerator
  ) -> [[Bool]] {
    guard count > exhaustive else {
      return (0..<1 << count).map { mask in (0..<count).map { mask >> $0 & 1 == 1 } }
    }
    var subsets = [[Bool](repeating: false, count: count), [Bool](repeating: true, count: count)]
    for place in 0..<count {
      subsets.append((0..<count).map { $0 != place })
      subsets.append((0..<count).map { $0 == place })
      subsets.append((0..<count).map { $0 < place })
      subsets.append((0..<count).map { $0 > place })
    }
    for _ in 0..<sampleCount {
      subsets.append((0..<count).map { _ in Bool.random(using: &generator) })
    }
    return subsets
  }
}
