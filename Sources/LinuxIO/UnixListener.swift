// The socket that clients connect to. Its file must never, not for a moment, be open to more
// users than asked for; how that is done without touching the process's umask stands at `listen`.
// Accepting never waits: that nobody is there is a value. unix(7), accept4(2).

internal import CLinux
internal import Glibc

/// A listening Unix stream socket that never waits; closed when its owner is gone.
///
/// Its file stays behind on closing: the owner of the directory's lock removes it.
public struct UnixListener: ~Copyable, Sendable {
  /// The descriptor of the socket.
  public let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Takes over a descriptor that is a listening stream socket, as systemd passes one.
  ///
  /// - Throws: `SystemError` of fcntl(2).
  public init(owning descriptor: consuming FileDescriptor) throws(SystemError) {
    try descriptor.setNonblocking()
    try descriptor.setCloseOnExec()
    self.descriptor = descriptor
  }

  private init(socket: consuming FileDescriptor) {
    descriptor = socket
  }

  /// Makes a socket at an address and listens there.
  ///
  /// Linux gives a socket's file the mode of the socket itself, less the umask, in the same step
  /// that makes the file. So the mode is set on the socket before bind(2), and on the file after
  /// it, which can only give back bits that the umask took. umask(2) itself would hold for every
  /// thread.
  ///
  /// - Parameters:
  ///   - address: where to listen; a stale file there must be removed by the caller first.
  ///   - permissions: who may connect; nothing for an abstract name, which has no file.
  ///   - backlog: how many clients may wait to be accepted; the kernel's `somaxconn` at most.
  /// - Returns: the listener; clients can connect from here on.
  /// - Throws: `SystemError` with EADDRINUSE, EACCES, ENOENT, EROFS and others. No file of ours
  ///   remains unless it is chmod(2) or listen(2) that failed.
  /// - Source: unix(7), bind(2).
  public static func listen(
    at address: UnixAddress, permissions: FilePermissions = .ownerOnly, backlog: Int32 = 4096
  ) throws(SystemError) -> UnixListener {
    let socket = try UnixSocket(flags: cl_SOCK_NONBLOCK).intoDescriptor()
    try socket.setPermissions(permissions)
    _ = try unsafe address.withSocketAddress { pointer, size throws(SystemError) in
      try check(.bind) { unsafe bind(socket.rawValue, pointer, size) }
    }
    if let path = address.path {
      try check(.chmod) { unsafe chmod(path, mode_t(permissions.rawValue)) }
    }
    try check(.listen) { Glibc.listen(socket.rawValue, backlog) }
    return UnixListener(socket: socket)
  }

  /// Accepts a client that waits; the C function is `accept4`.
  ///
  /// Its socket never waits. A client that left before it was accepted is passed over.
  ///
  /// - Returns: the client's socket, or `nil` when nobody waits.
  /// - Throws: `SystemError` with EMFILE, ENFILE or ENOMEM; the client goes on waiting.
  /// - Source: accept4(2).
  public func accept() throws(SystemError) -> UnixSocket? {
    while true {
      do throws(SystemError) {
        guard let number = try checkUnlessBlocked(.accept, { cl_accept(rawValue) }) else {
          return nil
        }
        return UnixSocket(owning: FileDescriptor(owning: number))
      } catch {
        if error.code != .connectionAborted { throw error }
      }
    }
  }
}
