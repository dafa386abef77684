// How the simulated disk is used, as a tutorial, and what it promises.

import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct SimulatedStorageTests {
  @Test func `a tutorial: write, crash, and look at what is left`() throws {
    let storage = SimulatedStorage()
    let file = try storage.create("notes")
    try storage.syncDirectory()
    _ = try file.write([1, 2, 3], at: 0)
    try file.sync()

    // What is not synced may be lost, kept, or torn at 512 bytes.
    let page = [UInt8](repeating: 9, count: 1024)
    _ = try file.write(page, at: 0)
    #expect(storage.imageAfterPowerLoss().content(of: "notes") == [1, 2, 3])
    #expect(storage.imageAfterKill().content(of: "notes") == page)
    #expect(storage.unsyncedSectors.map(\.sector) == [0, 1])
    let torn = storage.crashImage { $0.sector == 1 }.content(of: "notes")
    #expect(torn?.prefix(4) == [1, 2, 3, 0] && torn?.suffix(512) == page.suffix(512))

    // A call of choice fails, once.
    storage.fail(.sync, number: 2)
    try file.sync()
    #expect(throws: SystemError(.fdatasync, .ioError)) { try file.sync() }
    try file.sync()

    // From a change of choice on, the process is dead.
    storage.crash(atChange: 1)
    #expect(throws: SystemError(.pwrite, .ioError)) { try file.write([7], at: 0) }
    #expect(throws: SystemError(.pread, .ioError)) {
      var bytes: [UInt8] = [0]
      var elements = bytes.mutableSpan
      var buffer = elements.mutableBytes
      _ = try file.read(into: &buffer, at: 0)
    }
    #expect(storage.imageAfterKill().content(of: "notes") == page)
  }

  @Test func `names are lost from the last unsynced change backwards`() throws {
    let storage = SimulatedStorage()
    _ = try storage.create("a")
    try storage.rename("a", to: "b")
    #expect(storage.unsyncedNameCount == 2)
    #expect(try storage.imageAfterPowerLoss().names() == [])
    #expect(try storage.crashImage(namesKept: 1) { _ in true }.names() == ["a"])
    #expect(try storage.imageAfterKill().names() == ["b"])
    try storage.syncDirectory()
    #expect(try storage.imageAfterPowerLoss().names() == ["b"])
  }

  @Test func `a full disk takes what fits and then refuses`() throws {
    let storage = SimulatedStorage()
    storage.setCapacity(bytes: 5)
    let file = try storage.create("a")
    let bytes = [UInt8](repeating: 1, count: 8)
    #expect(try file.write(bytes, at: 0) == 5)
    #expect(throws: SystemError(.pwrite, .noSpace)) {
      _ = try file.write(bytes, at: 5)
    }
    #expect(try file.write(bytes, at: 0) == 5, "what is there can be written again")
  }

  @Test func `the same seed gives the same numbers`() {
    var first = SeededGenerator(seed: 7)
    var second = SeededGenerator(seed: 7)
    var other = SeededGenerator(seed: 8)
    let bytes = first.bytes(count: 32)
    #expect(bytes == second.bytes(count: 32) && bytes != other.bytes(count: 32))
  }

  // MARK: Faults

  /// What a call fails with; nil when it does not.
  private func failure(of call: () throws -> Void) -> Errno? {
    do {
      try call()
      return nil
    } catch {
      return (error as? SystemError)?.code
    }
  }

  @Test func `a plan lets several calls fail: once, in a row, for good`() throws {
    let storage = SimulatedStorage()
    let file = try storage.create("a")
    storage.follow(
      FaultPlan([
        Fault([.write], number: 2, with: .noSpace), Fault([.write, .sync], number: 5, times: 2),
        Fault([.remove, .rename], times: .max, with: .readOnlyFileSystem),
      ]))
    let writes = (1...4).map { _ in failure { _ = try file.write([1], at: 0) } }
    #expect(writes == [nil, .noSpace, nil, nil])
    let syncs = (1...3).map { _ in failure { try file.sync() } }
    #expect(syncs == [.ioError, .ioError, nil])
    for _ in 1...3 {
      #expect(failure { try storage.remove("a") } == .readOnlyFileSystem)
      #expect(failure { try storage.rename("a", to: "b") } == .readOnlyFileSystem)
    }
    storage.endFaults()
    try storage.remove("a")
  }

  @Test func `an interrupted call is made again below the boundary`() throws {
    let storage = SimulatedStorage()
    storage.follow(
      FaultPlan([Fault(Set(StorageCall.allCases), times: 3, with: .interrupted)]))
    _ = try storage.create("a")
    #expect(storage.count(of: .create) == 4)
    #expect(try storage.names() == ["a"])
  }

  @Test func `a plan follows from its seed`() throws {
    func codes(_ seed: UInt64) throws -> [Errno?] {
      let storage = SimulatedStorage()
      let file = try storage.create("a")
      storage.follow(FaultPlan(seed: seed, callCount: 40))
      return (0..<40).map { number in
        failure { if number % 2 == 0 { try file.sync() } else { _ = try file.write([1], at: 0) } }
      }
    }
    let all = try (0..<50).map(codes)
    #expect(try all == (0..<50).map(codes))
    #expect(Set(all).count > 20)
    let seen = Set(all.joined().compactMap { $0 })
    #expect(seen == [.ioError, .noSpace, .readOnlyFileSystem, .quotaExceeded])
  }

  @Test(arguments: SyncFailure.allCases)
  func `a failed sync leaves pages dirty, or loses them`(kind: SyncFailure) throws {
    let storage = SimulatedStorage()
    let file = try storage.create("a")
    try storage.syncDirectory()
    _ = try file.write([1, 2, 3], at: 0)
    try file.sync()
    storage.follow(FaultPlan([Fault([.sync])], syncFailure: kind))
    _ = try file.write([9], at: 1)
    #expect(failure { try file.sync() } == .ioError)
    #expect(storage.content(of: "a") == [1, 9, 3])
    try storage.restarted().open("a", .readWrite).sync()
    try file.sync()
    let kept = storage.imageAfterPowerLoss().content(of: "a")
    #expect(kept == (kind == .losesPages ? [1, 2, 3] : [1, 9, 3]))
    // What is written again is on the disk, in either case.
    let next = storage.restarted()
    let again = try next.open("a", .readWrite)
    _ = try again.write([9], at: 1)
    try again.sync()
    #expect(next.imageAfterPowerLoss().content(of: "a") == [1, 9, 3])
  }

  @Test func `transfers of random length move all bytes in the end`() throws {
    let storage = SimulatedStorage()
    storage.setRandomTransfers(seed: 3)
    let file = try storage.create("a")
    let bytes = (0..<500).map { UInt8($0 % 251) }
    try file.writeAll(bytes, at: 0)
    #expect(try file.bytes(at: 0, count: 600) == bytes)
    #expect(storage.count(of: .write) > 1 && storage.count(of: .read) > 2)
  }

  @Test func `a bit rots in memory and on the disk`() throws {
    let storage = SimulatedStorage()
    storage.setContent(of: "a", to: [0, 0])
    storage.flipBit(9, of: "a")
    #expect(storage.content(of: "a") == [0, 2])
    #expect(storage.imageAfterPowerLoss().content(of: "a") == [0, 2])
    let rotten = try #require(storage.flipRandomBit(seed: 1))
    storage.flipBit(rotten.bit, of: rotten.name)
    #expect(storage.content(of: "a") == [0, 2])
  }

  // MARK: What a crash may keep

  @Test func `any subset of the changes of names may be kept, each one whole`() throws {
    let storage = SimulatedStorage()
    for name in ["a", "b"] { _ = try storage.create(name) }
    try storage.syncDirectory()
    try storage.rename("a", to: "c")
    try storage.remove("b")
    var seen: Set<[String]> = []
    for mask in 0..<4 {
      let disk = storage.disk.afterCrash(keepingName: { mask >> $0 & 1 == 1 }) { _ in true }
      seen.insert(disk.contents.map(\.name))
    }
    #expect(seen == [["a", "b"], ["b", "c"], ["a"], ["c"]])
  }

  @Test func `a cut and a write after it are lost and kept each by itself`() throws {
    let storage = SimulatedStorage()
    let file = try storage.create("a")
    _ = try file.write([1, 2, 3, 4], at: 0)
    try file.sync()
    try storage.syncDirectory()
    try file.truncate(toSizeBytes: 1)
    _ = try file.write([9], at: 2)
    func content(keeping kept: Set<Int>) -> [UInt8]? {
      storage.crashImage { kept.contains($0.change) }.content(of: "a")
    }
    #expect(content(keeping: []) == [1, 2, 3, 4] && content(keeping: [0]) == [1])
    #expect(content(keeping: [1]) == [1, 2, 9, 4] && content(keeping: [0, 1]) == [1, 0, 9])
  }

  @Test func `a recording keeps the disk after each change`() throws {
    let storage = SimulatedStorage()
    storage.startRecording()
    let file = try storage.create("a")
    _ = try file.write([1], at: 0)
    _ = try file.sizeBytes()
    try file.sync()
    let disks = storage.takeRecording()
    #expect(disks.map { $0.contents.first?.bytes } == [[], [1], [1]])
    #expect(disks.map(\.unsyncedSectors.count) == [0, 1, 0])
    #expect(storage.takeRecording().isEmpty)
  }
}
