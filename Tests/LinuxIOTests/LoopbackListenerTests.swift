// TCP on the loopback interface, both ends.

import LinuxIO
import Testing

@Suite struct LoopbackListenerTests {
  @Test func `a client connects to the port that was free, and bytes go both ways`() throws {
    let listener = try LoopbackListener.listen(port: 0)
    let port = try listener.port()
    #expect(port > 0)
    let client = try LoopbackSocket.connect(port: port)
    guard let server = try listener.accept() else {
      Issue.record("nobody waits to be accepted")
      return
    }
    #expect(try client.send([1, 2].span) == .transferred(2))
    var storage: [UInt8] = [0, 0, 0]
    var elements = storage.mutableSpan
    var buffer = elements.mutableBytes
    #expect(try server.receive(into: &buffer) == .transferred(2))
    #expect(try server.receive(into: &buffer) == .wouldBlock, "an accepted socket never waits")
    #expect(try server.send([3].span) == .transferred(1))
    #expect(try client.receive(into: &buffer) == .transferred(1))
    try server.finishSending()
    #expect(try client.receive(into: &buffer) == .closed)
    #expect(storage == [3, 2, 0])
  }

  @Test func `nobody waiting to be accepted is a value, not an error`() throws {
    let listener = try LoopbackListener.listen(port: 0)
    let isSomebodyThere = try listener.accept() != nil
    #expect(!isSomebodyThere)
  }

  @Test func `a port in use, and one where nobody listens, are two errors`() throws {
    let listener = try LoopbackListener.listen(port: 0)
    let port = try listener.port()
    let second = systemError { () throws(SystemError) in
      _ = try LoopbackListener.listen(port: port)
    }
    #expect(second == SystemError(.bind, .addressInUse))
    _ = consume listener
    let refused = systemError { () throws(SystemError) in
      _ = try LoopbackSocket.connect(port: port)
    }
    #expect(refused == SystemError(.connect, .connectionRefused))
  }

  @Test func `a port can be listened at again after its connections were closed`() throws {
    let first = try LoopbackListener.listen(port: 0)
    let port = try first.port()
    let client = try LoopbackSocket.connect(port: port)
    let server = try first.accept()
    _ = consume server
    _ = consume first
    let second = try LoopbackListener.listen(port: port)
    #expect(try second.port() == port)
    #expect(client.rawValue >= 0)
  }
}
