// Sending and receiving. The three things that happen every day (bytes moved, would have to wait,
// the peer is gone) are values; only the rare failure is thrown. One system call each, no buffer
// between: the caller owns the bytes and keeps what was not taken. recv(2), send(2).

internal import CLinux
internal import Glibc

/// What one `send` or `receive` did.
public enum Transfer: Equatable, Sendable {
  /// So many bytes were moved, at least one, possibly fewer than offered.
  case transferred(Int)
  /// Nothing could be moved without waiting, or the timeout of the socket passed.
  case wouldBlock
  /// The peer has closed its end: nothing more will come, or nobody will read.
  case closed
}

extension UnixSocket {
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
  public func send(_ bytes: RawSpan) throws(SystemError) -> Transfer {
    try LinuxIO.send(bytes, to: rawValue)
  }

  /// Sends bytes, at least one.
  ///
  /// - Throws: `SystemError` of send(2), such as ENOBUFS.
  public func send(_ bytes: Span<UInt8>) throws(SystemError) -> Transfer {
    // Safe: a `UInt8` has no padding, so every byte of the span is initialised.
    try send(unsafe bytes.bytes)
  }

  /// Sends all bytes, waiting as often as needed; for sockets that wait.
  ///
  /// - Returns: `transferred` with the size of `bytes`; anything else means that only a part left,
  ///   and that the stream cannot be used any more.
  /// - Throws: `SystemError` of send(2).
  public func sendAll(_ bytes: RawSpan) throws(SystemError) -> Transfer {
    var done = 0
    while done < bytes.byteCount {
      let sent = try send(bytes.extracting(droppingFirst: done))
      guard case .transferred(let count) = sent else { return sent }
      done += count
    }
    return .transferred(done)
  }
}

/// Receives bytes from the stream socket with a number: recv(2).
func receive(from number: CInt, into buffer: inout MutableRawSpan) throws(SystemError) -> Transfer {
  precondition(buffer.byteCount > 0, "an empty buffer would look like a closed peer")
  // Safe: pointer and count come from one span, and the kernel keeps neither.
  return try unsafe buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
    try transfer(.receive) { unsafe recv(number, bytes.baseAddress, bytes.count, 0) }
  }
}

/// Sends bytes to the stream socket with a number, without SIGPIPE: send(2).
func send(_ bytes: RawSpan, to number: CInt) throws(SystemError) -> Transfer {
  precondition(bytes.byteCount > 0, "sending nothing would look like a closed peer")
  // Safe: pointer and count come from one span, and the kernel keeps neither.
  return try unsafe bytes.withUnsafeBytes { buffer throws(SystemError) in
    try transfer(.send) {
      unsafe Glibc.send(number, buffer.baseAddress, buffer.count, cl_MSG_NOSIGNAL)
    }
  }
}

/// Makes a call that moves bytes, and tells its everyday results apart.
private func transfer(_ call: SystemCall, _ body: () -> Int) throws(SystemError) -> Transfer {
  do throws(SystemError) {
    guard let count = try checkUnlessBlocked(call, body) else { return .wouldBlock }
    return count == 0 ? .closed : .transferred(count)
  } catch {
    if error.code == .brokenPipe || error.code == .connectionReset { return .closed }
    throw error
  }
}
