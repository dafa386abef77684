// What a file is, how large it is, and when it is safe: size, truncation, permissions, syncs,
// room. Each is one call on the open file, so that the answer is about this file and not about
// whatever its name means by then. A failed sync is final: fsync(2), and never a second try.

internal import CLinux
internal import Glibc

/// What stands at a path.
public enum FileKind: Sendable {
  /// A regular file.
  case regular
  /// A directory.
  case directory
  /// A Unix socket.
  case socket
  /// A symbolic link, when it was not followed.
  case symbolicLink
  /// A pipe or a device.
  case other

  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFSOCK: .socket
      case S_IFLNK: .symbolicLink
      default: .other
      }
  }
}

/// What the file system knows about a file.
public struct FileStatus: Equatable, Sendable {
  /// What it is.
  public let kind: FileKind
  /// How many bytes it holds.
  public let sizeBytes: Int64
  /// Who may use it.
  public let permissions: FilePermissions
  /// Whose it is.
  public let owner: UserID
  /// When its bytes last changed, in microseconds since 1970, UTC.
  public let modifiedMicroseconds: Int64

  init(_ status: stat) {
    kind = FileKind(mode: status.st_mode)
    sizeBytes = Int64(status.st_size)
    permissions = FilePermissions(rawValue: UInt32(status.st_mode))
    owner = UserID(rawValue: status.st_uid)
    modifiedMicroseconds = status.st_mtim.microseconds
  }
}

extension FileDescriptor {
  /// What the file system knows about this file.
  ///
  /// - Throws: `SystemError` of fstat(2).
  public func status() throws(SystemError) -> FileStatus {
    var status = stat()
    try check(.fstat) { unsafe fstat(rawValue, &status) }
    return FileStatus(status)
  }

  /// The size of the file in bytes.
  ///
  /// - Throws: `SystemError` of fstat(2).
  public func sizeBytes() throws(SystemError) -> Int64 {
    try status().sizeBytes
  }

  /// Cuts the file to `sizeBytes`, or extends it with a hole that reads as zeros.
  ///
  /// - Throws: `SystemError` with EIO, EINVAL and others; the size is then as before.
  /// - Source: ftruncate(2).
  public func truncate(toSizeBytes sizeBytes: Int64) throws(SystemError) {
    try check(.ftruncate) { ftruncate(rawValue, off_t(sizeBytes)) }
  }

  /// Reserves disk space, and makes the file at least `offset + sizeBytes` long.
  ///
  /// The space reads as zeros but is not written: the first write to it still changes metadata.
  ///
  /// - Throws: `SystemError` with ENOSPC, EDQUOT or EOPNOTSUPP; the size is then as before.
  /// - Source: fallocate(2).
  public func allocate(sizeBytes: Int64, at offset: Int64) throws(SystemError) {
    try check(.fallocate) { cl_fallocate(rawValue, off_t(offset), off_t(sizeBytes)) }
  }

  /// Sets who may use the file, whatever the umask says.
  ///
  /// - Throws: `SystemError` with EPERM or EROFS.
  public func setPermissions(_ permissions: FilePermissions) throws(SystemError) {
    try check(.fchmod) { fchmod(rawValue, mode_t(permissions.rawValue)) }
  }

  /// Waits until the written bytes, and the size needed to read them, are on the disk.
  ///
  /// A failure is final: the kernel may have dropped the bytes and will not say so again. Never
  /// retry; stop acknowledging.
  ///
  /// - Throws: `SystemError` with EIO, ENOSPC, EDQUOT or EROFS.
  /// - Source: fdatasync(2).
  public func synchronizeData() throws(SystemError) {
    try check(.fdatasync) { fdatasync(rawValue) }
  }

  /// Waits until the written bytes and all metadata are on the disk.
  ///
  /// A failure is final, as for `synchronizeData`.
  ///
  /// - Throws: `SystemError` with EIO, ENOSPC, EDQUOT or EROFS.
  /// - Source: fsync(2).
  public func synchronize() throws(SystemError) {
    try check(.fsync) { fsync(rawValue) }
  }

  /// The room that is left to this user on the file's disk, in bytes.
  ///
  /// - Throws: `SystemError` of fstatvfs(3).
  public func freeBytes() throws(SystemError) -> UInt64 {
    var status = statvfs()
    try check(.fstatvfs) { unsafe fstatvfs(rawValue, &status) }
    return UInt64(status.f_bavail) &* UInt64(status.f_frsize)
  }

  /// Whether this is a terminal, for programs that show tables to people and JSON to programs.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}
