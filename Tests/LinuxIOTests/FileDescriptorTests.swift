// Files: what is written is read back, and each failure of the outside arrives as its own number.

import LinuxIO
import Testing

@Suite struct FileDescriptorTests {
  @Test func `a missing file is ENOENT, and a file used as a directory is ENOTDIR`() {
    let missing = systemError { () throws(SystemError) in
      _ = try FileDescriptor.open("/nowhere", .readOnly)
    }
    #expect(missing == SystemError(.open, .noSuchFile))
    let wrong = systemError { () throws(SystemError) in
      _ = try FileDescriptor.open("/dev/null/file", .readOnly)
    }
    #expect(wrong == SystemError(.open, .notDirectory))
  }

  @Test func `making a file that must be new fails with EEXIST when there is one`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("new")
    try FileDescriptor.open(path, .writeOnly, .createNew).close()
    let error = systemError { () throws(SystemError) in
      _ = try FileDescriptor.open(path, .writeOnly, .createNew)
    }
    #expect(error == SystemError(.open, .fileExists))
  }

  @Test func `a symbolic link is not followed where that is forbidden`() throws {
    let error = systemError { () throws(SystemError) in
      _ = try FileDescriptor.open("/proc/self", .readOnly, .noFollow)
    }
    #expect(error == SystemError(.open, .tooManySymbolicLinks))
  }

  @Test func `a full disk is ENOSPC, by both ways of writing`() throws {
    let full = try FileDescriptor.open("/dev/full", .writeOnly)
    let bytes: [UInt8] = [1, 2, 3]
    let atOffset = systemError { () throws(SystemError) in try full.writeAll(bytes.span, at: 0) }
    #expect(atOffset == SystemError(.pwrite, .noSpace))
    let plain = systemError { () throws(SystemError) in try full.writeAll(bytes.span) }
    #expect(plain == SystemError(.write, .noSpace))
  }

  @Test func `bytes written at an offset are read back, after zeros`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    try file.writeAll([7, 8, 9].span, at: 5)
    try file.synchronizeData()
    try file.synchronize()
    #expect(try file.sizeBytes() == 8)
    #expect(try file.bytes(at: 0, count: 100) == [0, 0, 0, 0, 0, 7, 8, 9])
    #expect(try file.bytes(at: 6, count: 1) == [8])
    #expect(try file.bytes(at: 8, count: 1) == [])
  }

  @Test func `a single write and a single read say how many bytes they moved`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    let bytes: [UInt8] = [1, 2, 3, 4]
    #expect(try file.write(bytes.span.bytes) == 4)
    #expect(try file.write(bytes.span.bytes, at: 4) == 4)
    var storage = [UInt8](repeating: 0, count: 6)
    var elements = storage.mutableSpan
    var buffer = elements.mutableBytes
    #expect(try file.read(into: &buffer, at: 2) == 6)
    #expect(try file.read(into: &buffer, at: 8) == 0)
    #expect(storage == [3, 4, 1, 2, 3, 4])
  }

  @Test func `appending goes to the end`() throws {
    let directory = try TemporaryDirectory()
    for byte: UInt8 in 1...3 {
      let file = try FileDescriptor.open(directory.file("f"), .writeOnly, [.create, .append])
      try file.writeAll([byte].span)
    }
    let file = try FileDescriptor.open(directory.file("f"), .readOnly)
    #expect(try file.bytes(at: 0, count: 10) == [1, 2, 3])
  }

  @Test func `truncation cuts, and extends with zeros`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    try file.writeAll([1, 2, 3].span, at: 0)
    try file.truncate(toSizeBytes: 1)
    try file.truncate(toSizeBytes: 3)
    #expect(try file.bytes(at: 0, count: 3) == [1, 0, 0])
  }

  @Test func `reserved space makes the file longer and reads as zeros`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    try file.allocate(sizeBytes: 4_096, at: 0)
    #expect(try file.sizeBytes() == 4_096)
    #expect(try file.bytes(at: 4_090, count: 10) == [0, 0, 0, 0, 0, 0])
  }

  @Test func `permissions are set as given, and a new file is for its owner only`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    #expect(try file.status().permissions == .ownerOnly)
    try file.setPermissions(FilePermissions(rawValue: 0o666))
    #expect(try file.status().permissions.description == "0666")
    #expect(try file.status().owner == UserID.current)
    #expect(try file.status().kind == .regular)
  }

  @Test func `the disk has room, and a file is no terminal`() throws {
    let directory = try TemporaryDirectory()
    let file = try FileDescriptor.open(directory.file("f"), .readWrite, .create)
    #expect(try file.freeBytes() > 0)
    let isTerminal = file.isTerminal
    #expect(!isTerminal)
  }

  @Test func `a released descriptor stays open for its next owner`() throws {
    let first = try FileDescriptor.open("/dev/zero", .readOnly)
    let second = FileDescriptor(owning: first.release())
    #expect(try second.bytes(at: 0, count: 2) == [0, 0])
  }
}

@Suite struct FileLockTests {
  @Test func `only one of two descriptors holds the lock, until it is closed`() throws {
    let directory = try TemporaryDirectory()
    let first = try Directory.open(directory.path)
    let second = try Directory.open(directory.path)
    #expect(try first.descriptor.tryLockExclusively())
    #expect(try !second.descriptor.tryLockExclusively())
    #expect(try !second.descriptor.tryLockShared())
    _ = consume first
    #expect(try second.descriptor.tryLockExclusively())
  }

  @Test func `shared locks are held together, and keep an exclusive one out`() throws {
    let directory = try TemporaryDirectory()
    let first = try Directory.open(directory.path)
    let second = try Directory.open(directory.path)
    #expect(try first.descriptor.tryLockShared())
    #expect(try second.descriptor.tryLockShared())
    #expect(try !second.descriptor.tryLockExclusively())
    try first.descriptor.unlock()
    #expect(try second.descriptor.tryLockExclusively())
  }
}
