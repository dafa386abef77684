// Where a run keeps its files: one directory under the system's temporary one. It is removed when
// all went well and kept, with the data of the failed round, when not. Paths stay short, because a
// socket's path has room for 107 bytes.

import Glibc
import LinuxIO

/// The directory of one run.
struct Workplace {
  let path: String

  init(under parent: String) throws(Trouble) {
    let number = SystemClock.realtimeMicroseconds() % 1_000_000_000
    let path = "\(parent)/crash-test-\(getpid())-\(number)"
    try needed(path) { () throws(SystemError) in try FileSystem.makeDirectory(path) }
    self.path = path
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// Removes a directory of this run with everything in it; nothing there is no trouble.
  static func remove(_ path: String) {
    if let directory = try? Directory.open(path), let names = try? directory.names() {
      for name in names {
        if (try? directory.status(of: name))?.kind == .directory {
          remove(path + "/" + name)
        } else {
          try? directory.remove(name)
        }
      }
    }
    try? FileSystem.removeDirectory(path)
  }

  /// Copies a data directory, with its log, as it is.
  static func copy(_ source: String, to target: String) throws(Trouble) {
    try needed("copy of \(source)") { () throws(SystemError) in
      try copyAll(source, to: target)
    }
  }

  private static func copyAll(_ source: String, to target: String) throws(SystemError) {
    try FileSystem.makeDirectory(target)
    let directory = try Directory.open(source)
    for name in try directory.names() {
      switch try directory.status(of: name)?.kind {
      case .directory: try copyAll(source + "/" + name, to: target + "/" + name)
      case .regular:
        let file = try directory.openFile(name, .readOnly)
        let bytes = try file.bytes(at: 0, count: Int(try file.sizeBytes()))
        let copy = try FileDescriptor.open(target + "/" + name, .readWrite, [.create])
        try copy.writeAll(bytes.span, at: 0)
      default: break
      }
    }
  }
}
