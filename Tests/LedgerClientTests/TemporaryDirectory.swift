// A directory of its own for a test that needs a path.

import LinuxIO

/// A new, empty directory; it and the files in it are gone when its owner is.
struct TemporaryDirectory: ~Copyable {
  let path: String

  init() throws {
    let name = try Randomness.bytes(count: 8).map { String($0, radix: 16) }.joined()
    let path = "/tmp/LedgerClientTests-\(name)"
    try FileSystem.makeDirectory(path)
    self.path = path
  }

  deinit {
    let names = (try? Directory.open(path).names()) ?? []
    for name in names { try? FileSystem.remove(file(name)) }
    try? FileSystem.removeDirectory(path)
  }

  /// The path of a name in this directory.
  borrowing func file(_ name: String) -> String { "\(path)/\(name)" }
}
