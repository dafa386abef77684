// A connection's socket, watched by the server's poll. Its word in the poll names one use of the
// descriptor's number, so that a late event of an earlier use finds nobody.
// Owner: the loop's thread; the connection holds it, and it goes before the server does.

import LinuxIO

/// The wire of a client that came through the listener.
final class SocketWire: Wire {
  let word: EventWord
  private let socket: UnixSocket
  private unowned let server: Server

  init(_ socket: consuming UnixSocket, word: EventWord, of server: Server) {
    self.socket = socket
    self.word = word
    self.server = server
  }

  func receive(into buffer: inout MutableRawSpan) throws(SystemError) -> Transfer {
    try socket.receive(into: &buffer)
  }

  func send(_ bytes: Span<UInt8>) throws(SystemError) -> Transfer {
    try socket.send(bytes)
  }

  func watch(for interest: EventInterest) throws(SystemError) {
    try server.poll.modify(word, for: interest)
  }

  func close() {
    server.forget(word)
  }
}
