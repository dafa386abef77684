// Stream sockets: what is sent arrives, waiting is a value, and the peer is who the kernel says.

import Glibc
import LinuxIO
import Testing

/// Receives once, at most `limit` bytes.
private func receive(
  _ socket: borrowing UnixSocket, limit: Int = 64
) throws(SystemError) -> (transfer: Transfer, bytes: [UInt8]) {
  var storage = [UInt8](repeating: 0, count: limit)
  var elements = storage.mutableSpan
  var buffer = elements.mutableBytes
  let transfer = try socket.receive(into: &buffer)
  guard case .transferred(let count) = transfer else { return (transfer, []) }
  return (transfer, Array(storage[..<count]))
}

@Suite struct UnixSocketTests {
  @Test func `bytes sent at one end arrive at the other`() throws {
    let pair = try UnixSocket.pair()
    #expect(try pair.first.send([1, 2, 3].span) == .transferred(3))
    #expect(try receive(pair.second).bytes == [1, 2, 3])
  }

  @Test func `an empty socket that does not wait is a value, not an error`() throws {
    let pair = try UnixSocket.pair(isNonblocking: true)
    #expect(try receive(pair.first).transfer == .wouldBlock)
  }

  @Test func `a full socket that does not wait is a value, not an error`() throws {
    let pair = try UnixSocket.pair(isNonblocking: true)
    let bytes = [UInt8](repeating: 1, count: 65_536)
    var transfer = Transfer.transferred(0)
    while case .transferred = transfer { transfer = try pair.first.send(bytes.span) }
    #expect(transfer == .wouldBlock)
  }

  @Test func `a closed peer is the value closed, both ways and without a signal`() throws {
    try UnixSocket.pair().split { first, second throws in
      _ = consume second
      #expect(try receive(first).transfer == .closed)
      #expect(try first.send([1].span) == .closed)
    }
  }

  @Test func `a peer that closed with unread bytes is closed too`() throws {
    try UnixSocket.pair().split { first, second throws in
      _ = try first.send([1].span)
      _ = consume second
      #expect(try receive(first).transfer == .closed)
    }
  }

  @Test func `after the last bytes the peer reads the end, and can still answer`() throws {
    let pair = try UnixSocket.pair()
    _ = try pair.first.send([1].span)
    try pair.first.finishSending()
    #expect(try receive(pair.second).bytes == [1])
    #expect(try receive(pair.second).transfer == .closed)
    _ = try pair.second.send([2].span)
    #expect(try receive(pair.first).bytes == [2])
  }

  @Test func `a timeout ends the wait with the value wouldBlock`() throws {
    let pair = try UnixSocket.pair()
    try pair.first.setReceiveTimeout(milliseconds: 1)
    try pair.first.setSendTimeout(milliseconds: 1)
    #expect(try receive(pair.first).transfer == .wouldBlock)
  }

  @Test func `receiving into nothing is a bug, not a closed peer`() async {
    await #expect(processExitsWith: .failure) {
      let pair = try UnixSocket.pair()
      _ = try? receive(pair.first, limit: 0)
    }
  }

  @Test func `more bytes than the socket holds are all sent while the peer reads`() throws {
    try UnixSocket.pair().split { first, second throws in
      let total = 1_000_000
      let reader = try SystemThread.start(name: "reader") { [number = dup(second.rawValue)] in
        let socket = UnixSocket(owning: FileDescriptor(owning: number))
        var count = 0
        while count < total, let part = try? receive(socket, limit: 4_096).bytes.count {
          count += part
        }
        _ = try? socket.send([1].span)
      }
      let bytes = [UInt8](repeating: 5, count: total)
      #expect(try first.sendAll(bytes.span.bytes) == .transferred(total))
      #expect(try receive(first).bytes == [1])
      reader.join()
    }
  }

  @Test func `the peer of a pair is this process`() throws {
    let pair = try UnixSocket.pair()
    let peer = try pair.first.peerCredentials()
    #expect(peer.process == ProcessID.current)
    #expect(peer.user == UserID.current)
    #expect(peer.group == GroupID.current)
  }

  @Test func `the peer's groups are the groups of this process`() throws {
    let pair = try UnixSocket.pair()
    let count = getgroups(0, nil)
    var own = [gid_t](repeating: 0, count: Int(count) + 1)
    #expect(getgroups(count, &own) == count)
    let expected = own.prefix(Int(count)).map(GroupID.init(rawValue:))
    #expect(try Set(pair.first.peerGroups()) == Set(expected))
  }
}
