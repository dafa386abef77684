// A place for data and sockets that is gone afterwards. Under the directory of --directory, named
// by the process id, mode 0700. Removed at the end of the run; after a crash it stays and can be
// deleted by hand. Depth of removal is bounded.

import Glibc
import LinuxIO

/// A new directory of this process's own.
struct TemporaryDirectory {
  let path: String

  init(under parent: String) throws(SystemError) {
    path = "\(parent)/tokenledger-bench-\(getpid())"
    try FileSystem.makeDirectory(path)
  }

  /// A new directory inside.
  func makeDirectory(_ name: String) throws(SystemError) -> TemporaryDirectory {
    try FileSystem.makeDirectory("\(path)/\(name)")
    return TemporaryDirectory(existing: "\(path)/\(name)")
  }

  /// Removes it with everything inside; what cannot be removed stays.
  func remove() { Self.remove(path, depth: 0) }

  private init(existing path: String) {
    self.path = path
  }

  private static func remove(_ path: String, depth: Int) {
    guard depth < 8, let directory = try? Directory.open(path) else { return }
    for name in (try? directory.names()) ?? [] {
      let isDirectory = (try? directory.status(of: name))?.kind == .directory
      guard !isDirectory else {
        remove("\(path)/\(name)", depth: depth + 1)
        continue
      }
      try? directory.remove(name)
    }
    try? FileSystem.removeDirectory(path)
  }
}
