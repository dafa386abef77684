// The kernel's error numbers, by name. One field, so that an error costs no more than its number.
//
// A struct and not an enum: the kernel may give a number that has no name here. errno(3).

internal import CLinux
internal import Glibc

/// A number that a system call left in `errno`.
///
/// - Source: errno(3).
public struct Errno: RawRepresentable, Hashable, Sendable {
  /// The number the kernel gave.
  public let rawValue: CInt

  /// Takes a number of errno(3).
  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }
}

extension Errno {
  /// EACCES: permission denied.
  public static var permissionDenied: Errno { Errno(rawValue: EACCES) }
  /// EADDRINUSE: the address is taken; for a socket path, the file exists.
  public static var addressInUse: Errno { Errno(rawValue: EADDRINUSE) }
  /// EAGAIN: nothing to do now, or a lock is held elsewhere.
  public static var wouldBlock: Errno { Errno(rawValue: EAGAIN) }
  /// EBADF: not an open descriptor; a bug, so it traps.
  public static var badFileDescriptor: Errno { Errno(rawValue: EBADF) }
  /// ECHILD: there is no such child.
  public static var noChild: Errno { Errno(rawValue: ECHILD) }
  /// ECONNABORTED: the peer left before it was accepted.
  public static var connectionAborted: Errno { Errno(rawValue: ECONNABORTED) }
  /// ECONNREFUSED: nobody listens at the address.
  public static var connectionRefused: Errno { Errno(rawValue: ECONNREFUSED) }
  /// ECONNRESET: the peer closed with bytes of ours unread.
  public static var connectionReset: Errno { Errno(rawValue: ECONNRESET) }
  /// EDQUOT: the disk quota is used up.
  public static var quotaExceeded: Errno { Errno(rawValue: EDQUOT) }
  /// EEXIST: the file exists.
  public static var fileExists: Errno { Errno(rawValue: EEXIST) }
  /// EFAULT: a bad address; a bug, so it traps.
  public static var badAddress: Errno { Errno(rawValue: EFAULT) }
  /// EFBIG: the file would pass the size limit.
  public static var fileTooLarge: Errno { Errno(rawValue: EFBIG) }
  /// EINTR: a signal came first; never seen outside this module.
  public static var interrupted: Errno { Errno(rawValue: EINTR) }
  /// EINVAL: an argument the call does not take.
  public static var invalidArgument: Errno { Errno(rawValue: EINVAL) }
  /// EIO: the disk failed.
  public static var ioError: Errno { Errno(rawValue: EIO) }
  /// EISDIR: a directory where a file was wanted.
  public static var isDirectory: Errno { Errno(rawValue: EISDIR) }
  /// ELOOP: a symbolic link where none is followed, or too many of them.
  public static var tooManySymbolicLinks: Errno { Errno(rawValue: ELOOP) }
  /// EMFILE: this process has no descriptor left.
  public static var processOutOfDescriptors: Errno { Errno(rawValue: EMFILE) }
  /// ENAMETOOLONG: a file name or path is too long.
  public static var nameTooLong: Errno { Errno(rawValue: ENAMETOOLONG) }
  /// ENFILE: the system has no descriptor left.
  public static var systemOutOfDescriptors: Errno { Errno(rawValue: ENFILE) }
  /// ENOENT: no such file or directory.
  public static var noSuchFile: Errno { Errno(rawValue: ENOENT) }
  /// ENOMEM: no memory left.
  public static var outOfMemory: Errno { Errno(rawValue: ENOMEM) }
  /// ENOSPC: no space left on the disk.
  public static var noSpace: Errno { Errno(rawValue: ENOSPC) }
  /// ENOTCONN: the socket has no peer.
  public static var notConnected: Errno { Errno(rawValue: ENOTCONN) }
  /// ENOTDIR: a file where a directory was wanted.
  public static var notDirectory: Errno { Errno(rawValue: ENOTDIR) }
  /// ENOTEMPTY: the directory still holds files.
  public static var directoryNotEmpty: Errno { Errno(rawValue: ENOTEMPTY) }
  /// EOPNOTSUPP: the file system or socket cannot do this.
  public static var notSupported: Errno { Errno(rawValue: EOPNOTSUPP) }
  /// EPERM: not allowed for this user.
  public static var notPermitted: Errno { Errno(rawValue: EPERM) }
  /// EPIPE: the other end is closed.
  public static var brokenPipe: Errno { Errno(rawValue: EPIPE) }
  /// ERANGE: the answer did not fit.
  public static var outOfRange: Errno { Errno(rawValue: ERANGE) }
  /// EROFS: the file system is read-only.
  public static var readOnlyFileSystem: Errno { Errno(rawValue: EROFS) }
  /// ESRCH: no such process.
  public static var noSuchProcess: Errno { Errno(rawValue: ESRCH) }
}

extension Errno: CustomStringConvertible {
  /// The text and the name, such as `No space left on device (ENOSPC)`; the same in every locale.
  public var description: String {
    // Safe: both functions give null or static text that ends in a zero byte.
    guard let name = unsafe cl_errno_name(rawValue), let text = unsafe cl_errno_text(rawValue)
    else {
      return "Unknown error \(rawValue)"
    }
    return unsafe "\(String(cString: text)) (\(String(cString: name)))"
  }
}
