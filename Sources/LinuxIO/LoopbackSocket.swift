// A connection over TCP between two programs of this machine, tcp(7). Those that a
// `LoopbackListener` accepts never wait, those that connect do. One owner; what is sent leaves at
// once, also in small pieces (TCP_NODELAY).

internal import CLinux
internal import Glibc

/// A connected TCP socket of 127.0.0.1, closed when its owner is gone.
public struct LoopbackSocket: ~Copyable, Sendable {
  /// The descriptor of the socket.
  public let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Takes over a descriptor that is a connected TCP socket.
  public init(owning descriptor: consuming FileDescriptor) {
    self.descriptor = descriptor
  }

  /// Connects to a port of 127.0.0.1 and waits for it; the socket's calls then wait too.
  ///
  /// - Throws: `SystemError` with ECONNREFUSED and others.
  /// - Source: connect(2). On the loopback interface it does not wait for a network, so that no
  ///   signal can come between.
  public static func connect(port: UInt16) throws(SystemError) -> LoopbackSocket {
    let socket = try LoopbackSocket(flags: 0)
    try socket.set(TCP_NODELAY, of: CInt(IPPROTO_TCP))
    _ = try unsafe withLoopbackAddress(port) { pointer, size throws(SystemError) in
      try check(.connect) { unsafe Glibc.connect(socket.rawValue, pointer, size) }
    }
    return socket
  }

  /// Gives the descriptor away, still open and connected.
  public consuming func intoDescriptor() -> FileDescriptor {
    descriptor
  }

  init(flags: CInt) throws(SystemError) {
    let number = try check(.socket) {
      socket(AF_INET, cl_SOCK_STREAM | cl_SOCK_CLOEXEC | flags, 0)
    }
    descriptor = FileDescriptor(owning: number)
  }

  /// Switches an option on.
  func set(_ option: CInt, of level: CInt) throws(SystemError) {
    var one: CInt = 1
    let size = socklen_t(MemoryLayout<CInt>.size)
    try check(.setsockopt) { unsafe setsockopt(rawValue, level, option, &one, size) }
  }
}

extension LoopbackSocket {
  /// Receives bytes into the front of a buffer that is not empty.
  ///
  /// - Throws: `SystemError` of recv(2), such as ENOMEM; a reset by the peer is `closed`.
  /// - Source: recv(2).
  public func receive(into buffer: inout MutableRawSpan) throws(SystemError) -> Transfer {
    try LinuxIO.receive(from: rawValue, into: &buffer)
  }

  /// Sends bytes, at least one; the peer's closing gives `closed` and never the signal SIGPIPE.
  ///
  /// - Throws: `SystemError` of send(2), such as ENOBUFS.
  /// - Source: send(2), MSG_NOSIGNAL.
  public func send(_ bytes: Span<UInt8>) throws(SystemError) -> Transfer {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    try LinuxIO.send(unsafe bytes.bytes, to: rawValue)
  }

  /// Says that nothing more will be sent; the peer reads the rest and then the end.
  ///
  /// - Throws: `SystemError` with ENOTCONN.
  /// - Source: shutdown(2), SHUT_WR.
  public func finishSending() throws(SystemError) {
    try check(.shutdown) { shutdown(rawValue, CInt(SHUT_WR)) }
  }
}
