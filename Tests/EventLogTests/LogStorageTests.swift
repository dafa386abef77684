// What the log expects of any storage, held against the real disk and the simulated one.

import Bytes
import EventLog
import Glibc
import LinuxIO
import TestSupport
import Testing

@Suite struct LogStorageTests {
  enum Kind: CaseIterable { case disk, simulated }

  /// Runs `body` on an empty storage of a kind.
  private func withStorage(_ kind: Kind, _ body: (any LogStorage) throws -> Void) throws {
    switch kind {
    case .simulated:
      try body(SimulatedStorage())
    case .disk:
      let directory = try TemporaryDirectory()
      try body(try FileStorage(directory: directory.file("log"), createIfMissing: true))
    }
  }

  private func content(_ file: any LogFile) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xff, count: 64)
    var elements = bytes.mutableSpan
    var buffer = elements.mutableBytes
    let count = try file.read(into: &buffer, at: 0)
    return Array(bytes[..<count])
  }

  @Test(arguments: Kind.allCases)
  func `what is written is read, and a gap reads as zeros`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let file = try storage.create("a")
      #expect(try file.write([1, 2], at: 0) == 2)
      #expect(try file.write([5], at: 4) == 1)
      try file.sync()
      #expect(try content(file) == [1, 2, 0, 0, 5])
      #expect(try content(storage.open("a", .readOnly)) == [1, 2, 0, 0, 5])
      #expect(try file.sizeBytes() == 5)
    }
  }

  @Test(arguments: Kind.allCases)
  func `a file is cut and extended`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let file = try storage.create("a")
      _ = try file.write([1, 2, 3], at: 0)
      try file.truncate(toSizeBytes: 1)
      try file.truncate(toSizeBytes: 3)
      #expect(try content(file) == [1, 0, 0])
    }
  }

  @Test(arguments: Kind.allCases)
  func `names come sorted, are renamed over others and removed`(kind: Kind) throws {
    try withStorage(kind) { storage in
      for name in ["b", "a", "c"] {
        _ = try storage.create(name).write(Array(name.utf8), at: 0)
      }
      #expect(try storage.names() == ["a", "b", "c"])
      try storage.rename("a", to: "b")
      try storage.remove("c")
      try storage.syncDirectory()
      #expect(try storage.names() == ["b"])
      #expect(try content(storage.open("b", .readWrite)) == Array("a".utf8))
    }
  }

  @Test(arguments: Kind.allCases)
  func `a missing file cannot be opened, renamed or removed`(kind: Kind) throws {
    try withStorage(kind) { storage in
      #expect(throws: SystemError(.open, .noSuchFile)) { try storage.open("a", .readWrite) }
      #expect(throws: SystemError(.rename, .noSuchFile)) { try storage.rename("a", to: "b") }
      #expect(throws: SystemError(.unlink, .noSuchFile)) { try storage.remove("a") }
    }
  }

  @Test(arguments: Kind.allCases)
  func `making a file again empties it`(kind: Kind) throws {
    try withStorage(kind) { storage in
      _ = try storage.create("a").write([1], at: 0)
      #expect(try storage.create("a").sizeBytes() == 0)
    }
  }

  @Test(arguments: Kind.allCases)
  func `a read ends at the end of the file, and behind it there is nothing`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let file = try storage.create("a")
      #expect(try file.bytes(at: 0, count: 4) == [])
      try file.writeAll([1, 2, 3], at: 0)
      #expect(try file.bytes(at: 1, count: 10) == [2, 3])
      #expect(try file.bytes(at: 3, count: 1) == [] && file.bytes(at: 99, count: 1) == [])
      #expect(try file.bytes(at: 0, count: 0) == [])
    }
  }

  @Test(arguments: Kind.allCases)
  func `sizes follow writes and cuts, and overwriting leaves them`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let file = try storage.create("a")
      try file.writeAll([1], at: 9)
      #expect(try file.sizeBytes() == 10)
      try file.writeAll([2, 3], at: 0)
      try file.writeAll([UInt8](), at: 50)
      #expect(try file.sizeBytes() == 10)
      try file.truncate(toSizeBytes: 0)
      #expect(try file.sizeBytes() == 0 && content(file) == [])
      try file.writeAll([4], at: 2)
      #expect(try content(file) == [0, 0, 4])
    }
  }

  @Test(arguments: Kind.allCases)
  func `who has a file open keeps it when its name goes`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let removed = try storage.create("a")
      try removed.writeAll([1], at: 0)
      try storage.remove("a")
      #expect(try content(removed) == [1])
      try removed.writeAll([2], at: 1)
      try removed.sync()
      #expect(try content(removed) == [1, 2] && storage.names() == [])
      #expect(throws: SystemError(.open, .noSuchFile)) { try storage.open("a", .readOnly) }
      #expect(try storage.create("a").sizeBytes() == 0)
    }
  }

  @Test(arguments: Kind.allCases)
  func `an open file goes with its name, and not with one that is put over it`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let (first, second) = (try storage.create("a"), try storage.create("b"))
      try first.writeAll([1], at: 0)
      try second.writeAll([2], at: 0)
      try storage.rename("a", to: "b")
      try first.writeAll([3], at: 1)
      #expect(try content(storage.open("b", .readOnly)) == [1, 3] && content(second) == [2])
      #expect(throws: SystemError(.open, .noSuchFile)) { try storage.open("a", .readOnly) }
      try storage.rename("b", to: "b")
      #expect(try storage.names() == ["b"])
    }
  }

  @Test(arguments: Kind.allCases)
  func `two who have one file open see each other's bytes, and a cut`(kind: Kind) throws {
    try withStorage(kind) { storage in
      let writer = try storage.create("a")
      let reader = try storage.open("a", .readOnly)
      try writer.writeAll([1, 2, 3], at: 0)
      #expect(try content(reader) == [1, 2, 3])
      try writer.truncate(toSizeBytes: 1)
      #expect(try content(reader) == [1] && reader.sizeBytes() == 1)
      _ = try storage.create("a")
      #expect(try reader.sizeBytes() == 0)
    }
  }

  @Test(arguments: Kind.allCases)
  func `the free room is told, and syncs succeed in any order`(kind: Kind) throws {
    try withStorage(kind) { storage in
      #expect(try storage.freeBytes() > 0)
      let file = try storage.create("a")
      try storage.syncDirectory()
      try file.sync()
      try file.sync()
      try storage.syncDirectory()
    }
  }

  @Test func `short transfers are continued on the simulated disk`() throws {
    let storage = SimulatedStorage()
    storage.setTransferLimit(bytes: 3)
    let file = try storage.create("a")
    let bytes = [UInt8](0..<100)
    try file.writeAll(bytes, at: 5)
    #expect(try file.bytes(at: 5, count: 200) == bytes)
    storage.setCapacity(bytes: storage.usedBytes + 4)
    #expect(throws: SystemError(.pwrite, .noSpace)) { try file.writeAll(bytes, at: 105) }
    #expect(try file.sizeBytes() == 109)
  }

  @Test func `a write that the real disk takes in part is continued, and then fails`() async {
    // In a process of its own: the limit on the size of files holds for all of it.
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let storage = try FileStorage(directory: directory.file("log"), createIfMissing: true)
      let file = try storage.create("a")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10, rlim_max: 10)
      try #require(setrlimit(Int32(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #expect(try file.write([UInt8](0..<8), at: 4) == 6)
      #expect(throws: SystemError(.pwrite, .fileTooLarge)) {
        try file.writeAll([UInt8](0..<8), at: 4)
      }
      #expect(try file.sizeBytes() == 10)
    }
  }

  @Test(arguments: Kind.allCases)
  func `a log is written, closed, continued and read`(kind: Kind) throws {
    try withStorage(kind) { storage in
      var log = try LogUnderTest(storage, .segments(of: 600))
      for number in 1...10 { try log.append("event \(number)") }
      log.writer.close()
      var again = try LogUnderTest(storage, .segments(of: 600))
      let seen = again.events.map(\.text)
      #expect(seen == (1...10).map { "event \($0)" })
      try again.append("more")
      #expect(try texts(in: storage) == seen + ["more"])
    }
  }

  @Test func `directories are made for their owner only, and so are files`() throws {
    let parent = try TemporaryDirectory()
    let storage = try FileStorage(directory: parent.file("log"), createIfMissing: true)
    _ = try storage.create("a")
    #expect(try FileSystem.status(of: parent.file("log"))?.permissions.rawValue == 0o700)
    #expect(try FileSystem.status(of: parent.file("log/a"))?.permissions.rawValue == 0o600)
    _ = try FileStorage(directory: parent.file("log"), createIfMissing: true)
  }
}
