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
}
