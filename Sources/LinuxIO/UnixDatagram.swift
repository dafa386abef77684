// One message to a Unix datagram socket, as sd_notify(3) sends its state. The daemon does it two
// or three times in its life, so each message has a socket of its own and nothing is kept open.
// It never waits: a receiver that does not read cannot hold up the sender.

internal import CLinux
internal import Glibc

/// Messages to Unix datagram sockets.
public enum UnixDatagram {
  /// Sends one message, whole or not at all, without waiting.
  ///
  /// - Returns: whether it was taken; `false` when the receiver's queue is full.
  /// - Throws: `SystemError` with ENOENT, ECONNREFUSED, EMSGSIZE and others.
  /// - Source: sendto(2), unix(7).
  public static func send(
    _ bytes: Span<UInt8>, to address: UnixAddress
  ) throws(SystemError) -> Bool {
    let flags = cl_SOCK_DGRAM | cl_SOCK_CLOEXEC | cl_SOCK_NONBLOCK
    let number = try check(.socket) { Glibc.socket(AF_UNIX, flags, 0) }
    let socket = FileDescriptor(owning: number)
    let result = try unsafe address.withSocketAddress { pointer, size throws(SystemError) in
      // Safe: pointer and count come from one span, and the kernel keeps neither.
      try unsafe bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
        let sent = try checkUnlessBlocked(.send) {
          unsafe sendto(
            socket.rawValue, buffer.baseAddress, buffer.count, cl_MSG_NOSIGNAL, pointer, size)
        }
        return sent == nil ? 0 : 1
      }
    }
    return result == 1
  }
}
