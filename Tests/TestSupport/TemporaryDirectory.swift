// A directory of its own for each test, removed with everything in it when the test is over.

public import LinuxIO

/// A new, empty directory; it and what is in it are gone when its owner is.
public struct TemporaryDirectory: ~Copyable {
  /// The path of the directory.
  public let path: String

  /// Makes a directory under `/tmp`.
  public init() throws(SystemError) {
    let name = try Randomness.bytes(count: 8).map { String($0, radix: 16) }.joined()
    let path = "/tmp/tokenledger-test-\(name)"
    try FileSystem.makeDirectory(path)
    self.path = path
  }

  deinit {
    Self.removeAll(in: path)
  }

  /// The path of a name in this directory.
  public borrowing func file(_ name: String) -> String { "\(path)/\(name)" }

  private static func removeAll(in path: String) {
    if let directory = try? Directory.open(path), let names = try? directory.names() {
      for name in names {
        if (try? directory.status(of: name))?.kind == .directory {
          removeAll(in: "\(path)/\(name)")
        } else {
          try? directory.remove(name)
        }
      }
    }
    try? FileSystem.removeDirectory(path)
  }
}
