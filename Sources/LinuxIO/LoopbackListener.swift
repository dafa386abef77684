// TCP for programs that speak to a web client on this machine only: the address is 127.0.0.1 and
// cannot be another. Tests and the SSO that imitates the real one use it; the daemon has a Unix
// socket. Accepting never waits: that nobody is there is a value. tcp(7), accept4(2).

internal import CLinux
internal import Glibc

/// A listening TCP socket at 127.0.0.1 that never waits; closed when its owner is gone.
public struct LoopbackListener: ~Copyable, Sendable {
  /// The descriptor of the socket.
  public let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Takes over a descriptor that is a listening TCP socket which never waits.
  public init(owning descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Listens at a port of 127.0.0.1; clients can connect from here on.
  ///
  /// - Parameters:
  ///   - port: where to listen; 0 is any port that is free.
  ///   - backlog: how many clients may wait to be accepted.
  /// - Returns: the listener.
  /// - Throws: `SystemError` with EADDRINUSE, EACCES and others.
  /// - Source: ip(7), SO_REUSEADDR: a port can be used again while old connections die.
  public static func listen(
    port: UInt16, backlog: Int32 = 4096
  ) throws(SystemError) -> LoopbackListener {
    let socket = try LoopbackSocket(flags: cl_SOCK_NONBLOCK)
    try socket.set(SO_REUSEADDR, of: SOL_SOCKET)
    _ = try unsafe withLoopbackAddress(port) { pointer, size throws(SystemError) in
      try check(.bind) { unsafe bind(socket.rawValue, pointer, size) }
    }
    try check(.listen) { Glibc.listen(socket.rawValue, backlog) }
    return LoopbackListener(owning: socket.intoDescriptor())
  }

  /// The port that clients connect to.
  ///
  /// - Throws: `SystemError` of getsockname(2).
  public func port() throws(SystemError) -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Safe: a `sockaddr_in` may be written through a `sockaddr` pointer, up to its own size.
    try unsafe withUnsafeMutablePointer(to: &address) { pointer throws(SystemError) in
      try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        general throws(SystemError) in
        _ = try check(.getsockname) { unsafe getsockname(rawValue, general, &size) }
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// Accepts a client that waits; the C function is `accept4`.
  ///
  /// Its socket never waits. A client that left before it was accepted is passed over.
  ///
  /// - Returns: the client's socket, or `nil` when nobody waits.
  /// - Throws: `SystemError` with EMFILE, ENFILE or ENOMEM; the client goes on waiting.
  /// - Source: accept4(2).
  public func accept() throws(SystemError) -> LoopbackSocket? {
    while true {
      do throws(SystemError) {
        guard let number = try checkUnlessBlocked(.accept, { cl_accept(rawValue) }) else {
          return nil
        }
        let socket = LoopbackSocket(owning: FileDescriptor(owning: number))
        try socket.set(TCP_NODELAY, of: CInt(IPPROTO_TCP))
        return socket
      } catch {
        if error.code != .connectionAborted { throw error }
      }
    }
  }
}

/// Lends the address of a port of 127.0.0.1 in the form that bind(2) and connect(2) take.
func withLoopbackAddress(
  _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> CInt
) throws(SystemError) -> CInt {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  // Safe: a `sockaddr_in` is read through a `sockaddr` pointer by every call that takes one, up
  // to the size given with it.
  return try unsafe withUnsafePointer(to: address) { pointer throws(SystemError) in
    try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      general throws(SystemError) in
      try unsafe body(general, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}
