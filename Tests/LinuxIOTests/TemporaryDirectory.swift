// A directory of its own for each test, removed with everything in it when the test is over.

import LinuxIO

/// A new, empty directory; it and the files directly in it are gone when its owner is.
struct TemporaryDirectory: ~Copyable {
  let path: String

  init() throws {
    let name = try Randomness.bytes(count: 8).map { String($0, radix: 16) }.joined()
    let path = "/tmp/LinuxIOTests-\(name)"
    try FileSystem.makeDirectory(path)
    self.path = path
  }

  deinit {
    guard let directory = try? Directory.open(path), let names = try? directory.names() else {
      return
    }
    for name in names {
      try? directory.remove(name)
      try? FileSystem.removeDirectory(file(name))
    }
    try? FileSystem.removeDirectory(path)
  }

  /// The path of a name in this directory.
  borrowing func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The error that `body` throws, or `nil`.
func systemError(_ body: () throws(SystemError) -> Void) -> SystemError? {
  do throws(SystemError) {
    try body()
    return nil
  } catch {
    return error
  }
}
