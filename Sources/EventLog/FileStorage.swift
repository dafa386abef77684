// The real disk: a directory of mode 0700 with files of mode 0600, through LinuxIO. Everything is
// looked up from the open directory, so that renaming a path above it changes nothing.
//
// It adds no policy and no buffer: each failure goes up as it came.

public import LinuxIO

/// A directory on disk.
public final class FileStorage: LogStorage {
  private let directory: Directory

  /// Opens the directory at `path`, whose parent exists.
  ///
  /// - Parameters:
  ///   - path: The directory of the log's files.
  ///   - isCreated: Whether to make the directory if there is none, and to wait until its parent
  ///     has it on disk.
  /// - Throws: `SystemError` of open(2), mkdir(2) and fsync(2).
  public init(directory path: String, createIfMissing isCreated: Bool = false) throws(SystemError) {
    if isCreated { try Self.make(path) }
    directory = try Directory.open(path)
  }

  /// Makes the directory unless it exists, and syncs its parent in either case: an earlier start
  /// may have been interrupted between the two.
  private static func make(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try FileSystem.makeDirectory(path)
    } catch {
      if error.code != .fileExists { throw error }
    }
    try Directory.open(path).openDirectory("..").synchronize()
  }

  /// The names in the directory.
  public func names() throws(SystemError) -> [String] {
    try directory.names()
  }

  /// Opens an existing file.
  public func open(_ name: String, _ access: FileAccess) throws(SystemError) -> any LogFile {
    DiskFile(try directory.openFile(name, access, .noFollow))
  }

  /// Makes a file of mode 0600, or empties the one there is.
  public func create(_ name: String) throws(SystemError) -> any LogFile {
    DiskFile(try directory.openFile(name, .readWrite, [.create, .truncate, .noFollow]))
  }

  /// Renames a file.
  public func rename(_ source: String, to target: String) throws(SystemError) {
    try directory.rename(source, to: target)
  }

  /// Removes a file.
  public func remove(_ name: String) throws(SystemError) {
    try directory.remove(name)
  }

  /// Waits until the names are on the disk.
  public func syncDirectory() throws(SystemError) {
    try directory.synchronize()
  }

  /// The room that is left to this user on the disk of the directory.
  public func freeBytes() throws(SystemError) -> Int {
    Int(clamping: try directory.descriptor.freeBytes())
  }
}

/// An open file of the directory.
private final class DiskFile: LogFile {
  private let descriptor: FileDescriptor

  init(_ descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  func sizeBytes() throws(SystemError) -> Int {
    Int(try descriptor.sizeBytes())
  }

  func read(into buffer: inout MutableRawSpan, at offset: Int) throws(SystemError) -> Int {
    try descriptor.read(into: &buffer, at: Int64(offset))
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(SystemError) -> Int {
    try descriptor.write(bytes, at: Int64(offset))
  }

  func sync() throws(SystemError) {
    try descriptor.synchronizeData()
  }

  func truncate(toSizeBytes sizeBytes: Int) throws(SystemError) {
    try descriptor.truncate(toSizeBytes: Int64(sizeBytes))
  }
}
