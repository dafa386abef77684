// Directories, and what is done to names.

import LinuxIO
import Testing

@Suite struct DirectoryTests {
  @Test func `names come in the order of their bytes, without the two dots`() throws {
    let temporary = try TemporaryDirectory()
    let directory = try Directory.open(temporary.path)
    for name in ["b", "a", "Z", "ä", "10", "9"] {
      _ = try directory.openFile(name, .writeOnly, .createNew)
    }
    #expect(try directory.names() == ["10", "9", "Z", "a", "b", "ä"])
    #expect(try directory.names().count == 6, "a second walk starts at the beginning")
  }

  @Test func `renaming replaces the target in one step`() throws {
    let temporary = try TemporaryDirectory()
    let directory = try Directory.open(temporary.path)
    try directory.openFile("old", .writeOnly, .createNew).writeAll([1].span)
    try directory.openFile("temporary", .writeOnly, .createNew).writeAll([2].span)
    try directory.rename("temporary", to: "old")
    try directory.synchronize()
    #expect(try directory.names() == ["old"])
    #expect(try directory.openFile("old", .readOnly).bytes(at: 0, count: 9) == [2])
  }

  @Test func `an open directory is found again after it was renamed`() throws {
    let temporary = try TemporaryDirectory()
    try FileSystem.makeDirectory(temporary.file("before"))
    let directory = try Directory.open(temporary.file("before"))
    try FileSystem.rename(temporary.file("before"), to: temporary.file("after"))
    _ = try directory.openFile("file", .writeOnly, .createNew)
    #expect(try FileSystem.status(of: temporary.file("after/file"))?.kind == .regular)
    try directory.remove("file")
  }

  @Test func `a removed name is gone, and removing it again is ENOENT`() throws {
    let temporary = try TemporaryDirectory()
    let directory = try Directory.open(temporary.path)
    _ = try directory.openFile("file", .writeOnly, .createNew)
    try directory.remove("file")
    #expect(try directory.status(of: "file") == nil)
    let error = systemError { () throws(SystemError) in try directory.remove("file") }
    #expect(error == SystemError(.unlink, .noSuchFile))
  }

  @Test func `a new directory is for its owner only, and exists once`() throws {
    let temporary = try TemporaryDirectory()
    let directory = try Directory.open(temporary.path)
    try directory.makeDirectory("inner")
    let status = try directory.status(of: "inner")
    #expect(status?.kind == .directory)
    #expect(status?.permissions == .ownerOnlyDirectory)
    #expect(try directory.openDirectory("inner").names() == [])
    let error = systemError { () throws(SystemError) in try directory.makeDirectory("inner") }
    #expect(error == SystemError(.mkdir, .fileExists))
  }

  @Test func `a directory with files in it is not removed`() throws {
    let temporary = try TemporaryDirectory()
    _ = try FileDescriptor.open(temporary.file("file"), .writeOnly, .createNew)
    let path = temporary.path
    let error = systemError { () throws(SystemError) in try FileSystem.removeDirectory(path) }
    #expect(error == SystemError(.unlink, .directoryNotEmpty))
  }

  @Test func `a file is not opened as a directory`() {
    let error = systemError { () throws(SystemError) in _ = try Directory.open("/dev/null") }
    #expect(error == SystemError(.open, .notDirectory))
  }
}
