// The far end of a connection, as the node sees it: bytes come, bytes go, and somebody says when it
// is worth trying. Two conformers: `SocketWire`, and the simulated one of the tests, which decides
// itself how much it takes and when. A protocol costs an indirect call beside each system call.
// Owner: the loop's thread.

import LinuxIO

/// What carries the bytes of one connection.
protocol Wire: AnyObject {
  /// Receives bytes into the front of a buffer that is not empty.
  func receive(into buffer: inout MutableRawSpan) throws(SystemError) -> Transfer
  /// Sends bytes, at least one, as many as are taken now.
  func send(_ bytes: Span<UInt8>) throws(SystemError) -> Transfer
  /// Has the node's ``Node/serve(_:_:)`` called when one of these is possible, and at the end.
  func watch(for interest: EventInterest) throws(SystemError)
  /// Ends the connection; nothing is called on it afterwards.
  func close()
}
