import EventLog
import LinuxIO
import TestSupport
import Testing

@Suite struct DirectoryLockTests {
  @Test func `a second writer learns who the first is`() throws {
    let directory = try TemporaryDirectory()
    let lock = try DirectoryLock.acquire(directory: directory.path)
    #expect(failure(directory.path) == .locked(holder: .current))
    _ = consume lock
    #expect(failure(directory.path) == nil)
  }

  @Test func `the lock file is for its owner only`() throws {
    let directory = try TemporaryDirectory()
    let lock = try DirectoryLock.acquire(directory: directory.path)
    let status = try FileSystem.status(of: directory.file(DirectoryLock.fileName))
    #expect(status?.permissions == .ownerOnly)
    _ = consume lock
  }

  @Test func `a directory that is not there cannot be locked`() throws {
    let directory = try TemporaryDirectory()
    let expected = LogError.system(SystemError(.open, .noSuchFile), file: "lock")
    #expect(failure(directory.file("absent")) == expected)
  }

  private func failure(_ path: String) -> LogError? {
    do throws(LogError) {
      _ = try DirectoryLock.acquire(directory: path)
      return nil
    } catch {
      return error
    }
  }
}
