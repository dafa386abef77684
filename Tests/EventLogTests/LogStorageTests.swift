// What the log expects of any storage, held against the real disk and the simulated one.

import Bytes
import EventLog
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
