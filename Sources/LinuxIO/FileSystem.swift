// What is done to names rather than to open files. Each call exists twice: here by path, and on
// `Directory` seen from an open directory; both end in the same function with a directory's
// number, `AT_FDCWD` for a plain path. A symbolic link at the end of a name is never followed.

internal import CLinux
internal import Glibc

/// Calls on paths, seen from the process's current directory.
public enum FileSystem {
  /// Makes a directory; the C function is `mkdir`.
  ///
  /// - Throws: `SystemError` with EEXIST, ENOENT, EACCES, ENOSPC and others.
  public static func makeDirectory(
    _ path: String, permissions: FilePermissions = .ownerOnlyDirectory
  ) throws(SystemError) {
    try makeDirectory(path, in: AT_FDCWD, permissions)
  }

  /// Removes an empty directory; the C function is `rmdir`.
  ///
  /// - Throws: `SystemError` with ENOTEMPTY, ENOENT, ENOTDIR and others.
  public static func removeDirectory(_ path: String) throws(SystemError) {
    try remove(path, in: AT_FDCWD, flags: AT_REMOVEDIR)
  }

  /// Renames a file in one step, over any file of the new name; the C function is `rename`.
  ///
  /// - Throws: `SystemError` with ENOENT, EISDIR, ENOSPC and others; nothing is renamed then.
  public static func rename(_ source: String, to target: String) throws(SystemError) {
    try rename(source, to: target, in: AT_FDCWD)
  }

  /// Removes a file, a socket or a symbolic link; the C function is `unlink`.
  ///
  /// - Throws: `SystemError` with ENOENT, EISDIR, EACCES and others.
  public static func remove(_ path: String) throws(SystemError) {
    try remove(path, in: AT_FDCWD, flags: 0)
  }

  /// What stands at a path, without following a symbolic link, or `nil` when nothing does.
  ///
  /// - Throws: `SystemError` with EACCES, ENOTDIR and others.
  public static func status(of path: String) throws(SystemError) -> FileStatus? {
    try status(of: path, in: AT_FDCWD)
  }
}

extension FileSystem {
  static func makeDirectory(
    _ path: String, in directory: CInt, _ permissions: FilePermissions
  ) throws(SystemError) {
    try check(.mkdir) { unsafe mkdirat(directory, path, mode_t(permissions.rawValue)) }
  }

  static func rename(
    _ source: String, to target: String, in directory: CInt
  ) throws(SystemError) {
    try check(.rename) { unsafe renameat(directory, source, directory, target) }
  }

  static func remove(_ path: String, in directory: CInt, flags: CInt) throws(SystemError) {
    try check(.unlink) { unsafe unlinkat(directory, path, flags) }
  }

  static func status(of path: String, in directory: CInt) throws(SystemError) -> FileStatus? {
    var status = stat()
    do throws(SystemError) {
      try check(.stat) { unsafe fstatat(directory, path, &status, AT_SYMLINK_NOFOLLOW) }
    } catch {
      if error.code == .noSuchFile { return nil }
      throw error
    }
    return FileStatus(status)
  }
}
