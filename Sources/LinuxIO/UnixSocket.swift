// A connected Unix stream socket, unix(7). The server's are nonblocking (they come from
// `UnixListener`), the client's may wait; both send and receive through
// `UnixSocket+Transfer.swift`. It has one owner; only `shutDown` is meant for a second thread, to
// end a wait of the first.

internal import CLinux
internal import Glibc

/// A connected Unix stream socket, closed when its owner is gone.
public struct UnixSocket: ~Copyable, Sendable {
  /// The descriptor of the socket.
  public let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Takes over a descriptor that is a connected stream socket.
  public init(owning descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Connects, and waits if the listener is busy; the socket's calls then wait too.
  ///
  /// A signal while waiting starts connect(2) again. For Unix sockets that is right: nothing has
  /// been queued at the listener by then.
  ///
  /// - Throws: `SystemError` with ENOENT, ECONNREFUSED, EACCES and others.
  /// - Source: connect(2), unix(7).
  public static func connect(to address: UnixAddress) throws(SystemError) -> UnixSocket {
    let socket = try UnixSocket(flags: 0)
    try socket.connect(to: address)
    return socket
  }

  /// Connects without waiting; the socket's calls then never wait.
  ///
  /// - Returns: the socket, or `nil` when the listener's queue is full: try again later.
  /// - Throws: `SystemError` as `connect(to:)`.
  public static func connectNonblocking(
    to address: UnixAddress
  ) throws(SystemError) -> UnixSocket? {
    let socket = try UnixSocket(flags: cl_SOCK_NONBLOCK)
    do throws(SystemError) {
      try socket.connect(to: address)
    } catch {
      if error.code == .wouldBlock { return nil }
      throw error
    }
    return socket
  }

  /// Two sockets connected to each other; their calls wait unless told otherwise.
  ///
  /// - Throws: `SystemError` with EMFILE or ENFILE.
  /// - Source: socketpair(2).
  public static func pair(isNonblocking: Bool = false) throws(SystemError) -> UnixSocketPair {
    var numbers: [CInt] = [-1, -1]
    let flags = cl_SOCK_STREAM | cl_SOCK_CLOEXEC | (isNonblocking ? cl_SOCK_NONBLOCK : 0)
    try check(.socketpair) { unsafe socketpair(AF_UNIX, flags, 0, &numbers) }
    return UnixSocketPair(
      first: UnixSocket(owning: FileDescriptor(owning: numbers[0])),
      second: UnixSocket(owning: FileDescriptor(owning: numbers[1])))
  }

  /// Gives the descriptor away, still open and connected.
  public consuming func intoDescriptor() -> FileDescriptor {
    descriptor
  }

  init(flags: CInt) throws(SystemError) {
    let number = try check(.socket) {
      socket(AF_UNIX, cl_SOCK_STREAM | cl_SOCK_CLOEXEC | flags, 0)
    }
    descriptor = FileDescriptor(owning: number)
  }

  private func connect(to address: UnixAddress) throws(SystemError) {
    _ = try unsafe address.withSocketAddress { pointer, size throws(SystemError) in
      try check(.connect) { unsafe Glibc.connect(rawValue, pointer, size) }
    }
  }
}

/// Two sockets connected to each other.
public struct UnixSocketPair: ~Copyable, Sendable {
  /// One end.
  public let first: UnixSocket
  /// The other end.
  public let second: UnixSocket

  /// Gives the two ends to `body`, each with an owner of its own.
  public consuming func split<Result: ~Copyable, Failure: Error>(
    _ body: (consuming UnixSocket, consuming UnixSocket) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(first, second)
  }
}

extension UnixSocket {
  /// Says that nothing more will be sent; the peer reads the rest and then the end.
  ///
  /// - Throws: `SystemError` with ENOTCONN.
  /// - Source: shutdown(2), SHUT_WR.
  public func finishSending() throws(SystemError) {
    try check(.shutdown) { shutdown(rawValue, CInt(SHUT_WR)) }
  }

  /// Ends both directions, also for whoever waits in `receive` on another thread.
  ///
  /// - Throws: `SystemError` with ENOTCONN.
  /// - Source: shutdown(2), SHUT_RDWR.
  public func shutDown() throws(SystemError) {
    try check(.shutdown) { shutdown(rawValue, CInt(SHUT_RDWR)) }
  }

  /// Limits how long `receive` waits, after which it gives `wouldBlock`.
  ///
  /// 0 waits for ever. A signal that comes meanwhile starts the time anew.
  ///
  /// - Throws: `SystemError` of setsockopt(2).
  /// - Source: socket(7), SO_RCVTIMEO.
  public func setReceiveTimeout(milliseconds: Int) throws(SystemError) {
    try setTimeout(SO_RCVTIMEO, milliseconds)
  }

  /// Limits how long `send` waits, after which it gives `wouldBlock`.
  ///
  /// 0 waits for ever. A signal that comes meanwhile starts the time anew.
  ///
  /// - Throws: `SystemError` of setsockopt(2).
  /// - Source: socket(7), SO_SNDTIMEO.
  public func setSendTimeout(milliseconds: Int) throws(SystemError) {
    try setTimeout(SO_SNDTIMEO, milliseconds)
  }

  private func setTimeout(_ option: CInt, _ milliseconds: Int) throws(SystemError) {
    var time = timeval(
      tv_sec: milliseconds / 1_000, tv_usec: suseconds_t(milliseconds % 1_000 * 1_000))
    let size = socklen_t(MemoryLayout<timeval>.size)
    try check(.setsockopt) { unsafe setsockopt(rawValue, SOL_SOCKET, option, &time, size) }
  }
}
