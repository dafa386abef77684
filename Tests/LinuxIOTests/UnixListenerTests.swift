// Listening, connecting, and the address in between.

import Glibc
import LinuxIO
import Testing

@Suite struct UnixListenerTests {
  @Test func `a client connects, is accepted, and is who it is`() throws {
    let directory = try TemporaryDirectory()
    let address = try UnixAddress(path: directory.file("socket"))
    let listener = try UnixListener.listen(at: address)
    let client = try UnixSocket.connect(to: address)
    guard let server = try listener.accept() else {
      Issue.record("nobody waits to be accepted")
      return
    }
    #expect(try server.peerCredentials().process == ProcessID.current)
    #expect(try client.send([1, 2].span) == .transferred(2))
    var storage: [UInt8] = [0, 0, 0]
    var elements = storage.mutableSpan
    var buffer = elements.mutableBytes
    #expect(try server.receive(into: &buffer) == .transferred(2))
    #expect(try server.receive(into: &buffer) == .wouldBlock, "an accepted socket never waits")
  }

  @Test func `nobody waiting to be accepted is a value, not an error`() throws {
    let directory = try TemporaryDirectory()
    let listener = try UnixListener.listen(at: UnixAddress(path: directory.file("socket")))
    let isSomebodyThere = try listener.accept() != nil
    #expect(!isSomebodyThere)
  }

  @Test func `a full queue of clients is a value for who does not wait`() throws {
    let directory = try TemporaryDirectory()
    let address = try UnixAddress(path: directory.file("socket"))
    let listener = try UnixListener.listen(at: address, backlog: 0)
    let isFirstConnected = try UnixSocket.connectNonblocking(to: address) != nil
    let isSecondConnected = try UnixSocket.connectNonblocking(to: address) != nil
    #expect(isFirstConnected)
    #expect(!isSecondConnected)
    #expect(listener.rawValue >= 0)
  }

  @Test(arguments: [0o600, 0o660, 0o666])
  func `the socket's file has exactly the permissions asked for`(bits: UInt32) throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("socket")
    let permissions = FilePermissions(rawValue: bits)
    let listener = try UnixListener.listen(at: UnixAddress(path: path), permissions: permissions)
    let status = try FileSystem.status(of: path)
    #expect(status?.permissions == permissions)
    #expect(status?.kind == .socket)
    #expect(listener.rawValue >= 0)
  }

  @Test func `an address in use, nobody listening, and no file are three errors`() throws {
    let directory = try TemporaryDirectory()
    let address = try UnixAddress(path: directory.file("socket"))
    func connecting() -> SystemError? {
      systemError { () throws(SystemError) in _ = try UnixSocket.connect(to: address) }
    }
    #expect(connecting() == SystemError(.connect, .noSuchFile))
    let listener = try UnixListener.listen(at: address)
    let second = systemError { () throws(SystemError) in _ = try UnixListener.listen(at: address) }
    #expect(second == SystemError(.bind, .addressInUse))
    _ = consume listener
    #expect(connecting() == SystemError(.connect, .connectionRefused))
  }

  @Test func `a listener handed over by another program accepts without waiting`() throws {
    let address = try UnixAddress(abstractName: "tokenledger-test-\(ProcessID.current)-handed")
    let first = try UnixListener.listen(at: address)
    let number = dup(first.rawValue)
    let second = try UnixListener(owning: FileDescriptor(owning: number))
    let isSomebodyThere = try second.accept() != nil
    #expect(!isSomebodyThere)
  }
}

@Suite struct UnixAddressTests {
  @Test func `the longest path binds, and one byte more is refused with its size`() throws {
    let directory = try TemporaryDirectory()
    let room = UnixAddress.pathLimitBytes - directory.path.utf8.count - 1
    let longest = directory.file(String(repeating: "x", count: room))
    let listener = try UnixListener.listen(at: UnixAddress(path: longest))
    #expect(try FileSystem.status(of: longest)?.kind == .socket)
    #expect(listener.rawValue >= 0)
    #expect(throws: UnixAddressError.tooLong(sizeBytes: 108)) {
      try UnixAddress(path: longest + "x")
    }
  }

  @Test func `an empty path and a zero byte are refused`() {
    #expect(throws: UnixAddressError.empty) { try UnixAddress(path: "") }
    #expect(throws: UnixAddressError.containsZeroByte) { try UnixAddress(path: "/a\0b") }
  }

  @Test func `the error names the size and the limit`() {
    let error = UnixAddressError.tooLong(sizeBytes: 120)
    #expect(error.description == "socket path: 120 bytes long, the limit is 107")
  }

  @Test func `an at sign of systemd is an abstract name`() throws {
    #expect(try UnixAddress(systemd: "@name") == UnixAddress(abstractName: "name"))
    #expect(try UnixAddress(systemd: "/run/x") == UnixAddress(path: "/run/x"))
  }
}

@Suite struct UnixDatagramTests {
  /// A bound datagram socket, as a service manager has one.
  private func receiver(_ name: String) -> FileDescriptor {
    let number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: Array(name.utf8)) }
    let size = socklen_t(3 + name.utf8.count)
    let result = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, size) }
    }
    #expect(result == 0)
    return FileDescriptor(owning: number)
  }

  @Test func `a message to an abstract name arrives whole`() throws {
    let name = "tokenledger-test-\(ProcessID.current)-notify"
    let receiver = receiver(name)
    let message = Array("READY=1".utf8)
    #expect(try UnixDatagram.send(message.span, to: UnixAddress(systemd: "@" + name)))
    var storage = [UInt8](repeating: 0, count: 64)
    var elements = storage.mutableSpan
    var buffer = elements.mutableBytes
    let count = try receiver.read(into: &buffer)
    #expect(Array(storage[..<count]) == message)
  }

  @Test func `a message to nobody is an error`() throws {
    let directory = try TemporaryDirectory()
    let address = try UnixAddress(path: directory.file("nobody"))
    let error = systemError { () throws(SystemError) in
      _ = try UnixDatagram.send([1].span, to: address)
    }
    #expect(error == SystemError(.send, .noSuchFile))
  }
}
