// A file that appears at once and whole, or not at all: written under another name in the same
// directory, synced, then renamed over the old one, and the directory synced. Whoever looks sees
// the old file or the new one. If it is not finished, nothing is left of it.

import LinuxIO

/// A file being written.
struct ReplacedFile: ~Copyable {
  private let path: String
  private let partialPath: String
  private let descriptor: FileDescriptor
  private var pending: [UInt8] = []
  private var isFinished = false

  /// Bytes kept back, so that a write is worth its call.
  private static let bufferBytes = 1 << 18

  /// Begins the file; its permissions are as given from its first moment on.
  ///
  /// - Throws: `OutputError`; no file is left.
  init(_ path: String, permissions: FilePermissions) throws(OutputError) {
    let (directory, name) = ReplacedFile.split(path)
    let partialPath = "\(directory)/.\(name).\(ProcessID.current.rawValue).part"
    descriptor = try ReplacedFile.reporting(path) { () throws(SystemError) in
      try FileDescriptor.open(
        partialPath, .writeOnly, [.createNew, .noFollow], permissions: permissions)
    }
    self.path = path
    self.partialPath = partialPath
  }

  deinit {
    if !isFinished { try? FileSystem.remove(partialPath) }
  }

  /// Appends bytes.
  mutating func write(_ bytes: [UInt8]) throws(OutputError) {
    pending += bytes
    if pending.count >= ReplacedFile.bufferBytes { try flush() }
  }

  /// Puts the file in its place, durably.
  mutating func finish() throws(OutputError) {
    try flush()
    do throws(SystemError) {
      try descriptor.synchronize()
      try FileSystem.rename(partialPath, to: path)
      isFinished = true
      try Directory.open(ReplacedFile.split(path).directory).synchronize()
    } catch {
      throw OutputError(name: path, reason: error.description)
    }
  }

  private mutating func flush() throws(OutputError) {
    do throws(SystemError) {
      try descriptor.writeAll(pending.span)
    } catch {
      throw OutputError(name: path, reason: error.description)
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// The directory and the last part of a path.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = slash == path.startIndex ? "/" : String(path[..<slash])
    return (directory, String(path[path.index(after: slash)...]))
  }

  private static func reporting(
    _ path: String, _ body: () throws(SystemError) -> FileDescriptor
  ) throws(OutputError) -> FileDescriptor {
    do throws(SystemError) {
      return try body()
    } catch {
      throw OutputError(name: path, reason: error.description)
    }
  }
}
