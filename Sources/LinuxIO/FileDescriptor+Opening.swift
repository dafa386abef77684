// Opening files by path, openat(2). Every descriptor is made close-on-exec at birth: setting it
// later would leave a gap in which another thread's exec inherits it. A new file is for its owner
// only (0600) unless the caller says otherwise.

internal import CLinux
internal import Glibc

/// What an opened file may be used for.
public enum FileAccess: Sendable {
  /// O_RDONLY.
  case readOnly
  /// O_WRONLY.
  case writeOnly
  /// O_RDWR.
  case readWrite

  var flags: CInt {
    switch self {
    case .readOnly: O_RDONLY
    case .writeOnly: O_WRONLY
    case .readWrite: O_RDWR
    }
  }
}

/// How a file is opened.
public struct OpenOptions: OptionSet, Sendable {
  /// The flags of open(2).
  public let rawValue: CInt

  /// Takes flags of open(2).
  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// O_CREAT: make the file if there is none.
  public static var create: OpenOptions { OpenOptions(rawValue: O_CREAT) }
  /// O_CREAT and O_EXCL: make the file, and fail with EEXIST if there is one.
  public static var createNew: OpenOptions { OpenOptions(rawValue: O_CREAT | O_EXCL) }
  /// O_TRUNC: empty the file.
  public static var truncate: OpenOptions { OpenOptions(rawValue: O_TRUNC) }
  /// O_APPEND: every write goes to the end.
  public static var append: OpenOptions { OpenOptions(rawValue: O_APPEND) }
  /// O_NOFOLLOW: fail with ELOOP if the last part of the path is a symbolic link.
  public static var noFollow: OpenOptions { OpenOptions(rawValue: cl_O_NOFOLLOW) }
  /// O_NONBLOCK: do not wait for the other end of a named pipe.
  public static var nonblocking: OpenOptions { OpenOptions(rawValue: O_NONBLOCK) }
}

/// The permission bits of a file, as chmod(2) takes them.
public struct FilePermissions: RawRepresentable, Hashable, Sendable {
  /// The lower twelve bits of a file's mode.
  public let rawValue: UInt32

  /// Takes the bits of a mode, such as `0o600`; others are dropped.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 0o7777
  }

  /// 0600: to be read and written by its owner only.
  public static let ownerOnly = FilePermissions(rawValue: 0o600)
  /// 0700: a directory for its owner only.
  public static let ownerOnlyDirectory = FilePermissions(rawValue: 0o700)
}

extension FilePermissions: CustomStringConvertible {
  /// The bits in octal, with a leading zero: `0600`.
  public var description: String { "0" + String(rawValue, radix: 8) }
}

extension FileDescriptor {
  /// Opens a file; the C function is `open`.
  ///
  /// `permissions` count only when the file is made, and lose the bits of the process's umask.
  ///
  /// - Throws: `SystemError` with ENOENT, ENOTDIR, EACCES, EEXIST, EMFILE, ENOSPC and others.
  /// - Source: open(2).
  public static func open(
    _ path: String, _ access: FileAccess, _ options: OpenOptions = [],
    permissions: FilePermissions = .ownerOnly
  ) throws(SystemError) -> FileDescriptor {
    try open(path, in: AT_FDCWD, flags: access.flags | options.rawValue, permissions)
  }

  /// Opens a path seen from the directory with the number `directory`.
  static func open(
    _ path: String, in directory: CInt, flags: CInt, _ permissions: FilePermissions
  ) throws(SystemError) -> FileDescriptor {
    let number = try check(.open) {
      unsafe openat(directory, path, flags | cl_O_CLOEXEC, mode_t(permissions.rawValue))
    }
    return FileDescriptor(owning: number)
  }
}
