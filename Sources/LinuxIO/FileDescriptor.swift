// An open descriptor with exactly one owner. It cannot be copied, so it cannot be closed twice,
// and no number is used after another open has taken it over. Directories, sockets, signals and
// polls are built on it; what can be done with a file stands in the extensions beside this.

internal import CLinux
internal import Glibc

/// An open file, socket or other kernel object; closed when its owner is gone.
public struct FileDescriptor: ~Copyable, Sendable {
  /// The number of the descriptor, valid as long as this value lives.
  public let rawValue: CInt

  /// Takes over an open descriptor from outside, such as one that systemd passed on.
  ///
  /// From here on nobody else may close it.
  public init(owning rawValue: CInt) {
    precondition(rawValue >= 0, "a descriptor is never negative")
    self.rawValue = rawValue
  }

  deinit {
    // The result means nothing here: whoever needs to know calls `close`, and Linux has given the
    // number back in either case.
    _ = Glibc.close(rawValue)
  }

  /// Closes the descriptor; the C function is `close`.
  ///
  /// The descriptor is gone even when this throws. It is not called again after EINTR: Linux has
  /// closed it by then, and a second call could close a file that another thread just opened.
  ///
  /// - Throws: `SystemError` with EIO, ENOSPC or EDQUOT when earlier writes failed late.
  /// - Source: close(2).
  public consuming func close() throws(SystemError) {
    let number = release()
    guard Glibc.close(number) == -1 else { return }
    let code = lastErrno(of: .close)
    if code != .interrupted { throw SystemError(.close, code) }
  }

  /// Gives the open descriptor away; the caller must see to its closing.
  public consuming func release() -> CInt {
    let number = rawValue
    discard self
    return number
  }
}

extension FileDescriptor {
  /// Makes calls on this descriptor return at once instead of waiting.
  ///
  /// - Throws: `SystemError` of fcntl(2).
  public func setNonblocking() throws(SystemError) {
    let flags = try check(.fcntl) { fcntl(rawValue, F_GETFL) }
    try check(.fcntl) { fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) }
  }

  /// Keeps this descriptor from programs that this one starts.
  ///
  /// - Throws: `SystemError` of fcntl(2).
  public func setCloseOnExec() throws(SystemError) {
    try check(.fcntl) { fcntl(rawValue, F_SETFD, FD_CLOEXEC) }
  }
}
