// What the outside failed to do for us: which call, and which number it left. Nothing else, so
// that no path, address or byte of a caller can reach a log line through an error; whoever knows
// the file wraps this and adds its name.

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable {
  /// The call that failed.
  public let call: SystemCall

  /// The reason the kernel gave.
  public let code: Errno

  /// Names a call and a reason.
  public init(_ call: SystemCall, _ code: Errno) {
    self.call = call
    self.code = code
  }
}

extension SystemError: CustomStringConvertible {
  /// The call, the text and the name, such as `fdatasync: No space left on device (ENOSPC)`.
  public var description: String { "\(call.rawValue): \(code)" }
}

/// The calls that this module makes and that can fail, by the names of their manual pages.
public enum SystemCall: String, Sendable, CaseIterable {
  /// accept4(2).
  case accept = "accept"
  /// bind(2).
  case bind = "bind"
  /// chmod(2).
  case chmod = "chmod"
  /// close(2).
  case close = "close"
  /// connect(2).
  case connect = "connect"
  /// epoll_create1(2).
  case epollCreate = "epoll_create"
  /// epoll_ctl(2).
  case epollControl = "epoll_ctl"
  /// epoll_wait(2).
  case epollWait = "epoll_wait"
  /// eventfd(2).
  case eventfd = "eventfd"
  /// fallocate(2).
  case fallocate = "fallocate"
  /// fchmod(2).
  case fchmod = "fchmod"
  /// fcntl(2).
  case fcntl = "fcntl"
  /// fdatasync(2).
  case fdatasync = "fdatasync"
  /// flock(2).
  case flock = "flock"
  /// fstat(2).
  case fstat = "fstat"
  /// fstatvfs(3).
  case fstatvfs = "fstatvfs"
  /// fsync(2).
  case fsync = "fsync"
  /// ftruncate(2).
  case ftruncate = "ftruncate"
  /// getrandom(2).
  case getrandom = "getrandom"
  /// getrlimit(2).
  case getrlimit = "getrlimit"
  /// getsockname(2).
  case getsockname = "getsockname"
  /// getsockopt(2).
  case getsockopt = "getsockopt"
  /// kill(2).
  case kill = "kill"
  /// listen(2).
  case listen = "listen"
  /// mkdirat(2).
  case mkdir = "mkdir"
  /// openat(2).
  case open = "open"
  /// pidfd_open(2).
  case pidfdOpen = "pidfd_open"
  /// posix_spawn(3).
  case posixSpawn = "posix_spawn"
  /// prctl(2).
  case prctl = "prctl"
  /// pread(2).
  case pread = "pread"
  /// pthread_create(3).
  case pthreadCreate = "pthread_create"
  /// pwrite(2).
  case pwrite = "pwrite"
  /// read(2).
  case read = "read"
  /// readdir(3).
  case readdir = "readdir"
  /// readlink(2).
  case readlink = "readlink"
  /// recv(2).
  case receive = "recv"
  /// renameat(2).
  case rename = "rename"
  /// send(2) and sendto(2).
  case send = "send"
  /// setrlimit(2).
  case setrlimit = "setrlimit"
  /// setsockopt(2).
  case setsockopt = "setsockopt"
  /// shutdown(2).
  case shutdown = "shutdown"
  /// signalfd(2).
  case signalfd = "signalfd"
  /// socket(2).
  case socket = "socket"
  /// socketpair(2).
  case socketpair = "socketpair"
  /// fstatat(2).
  case stat = "stat"
  /// unlinkat(2).
  case unlink = "unlink"
  /// waitpid(2).
  case waitpid = "waitpid"
  /// write(2).
  case write = "write"
}
