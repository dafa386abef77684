// The one reader of errno: what is retried, what is a value, what is thrown and what traps.

import Glibc
import Testing

@testable import LinuxIO

/// A call that fails with each of the numbers in turn, and then gives 5.
private struct FailingCall {
  var numbers: [CInt]
  var count = 0

  mutating func run() -> Int {
    count += 1
    guard !numbers.isEmpty else { return 5 }
    errno = numbers.removeFirst()
    return -1
  }
}

@Suite struct SystemCallCheckTests {
  @Test func `a call that a signal interrupted is made again`() throws {
    var call = FailingCall(numbers: [EINTR, EINTR])
    #expect(try check(.pread) { call.run() } == 5)
    #expect(call.count == 3)
  }

  @Test func `a failure is thrown with its call and number, and not made again`() {
    var call = FailingCall(numbers: [EIO])
    let error = systemError { () throws(SystemError) in try check(.fdatasync) { call.run() } }
    #expect(error == SystemError(.fdatasync, .ioError))
    #expect(call.count == 1)
  }

  @Test func `having to wait is nil, and any other failure is still thrown`() throws {
    var call = FailingCall(numbers: [EINTR, EAGAIN, ENOBUFS])
    #expect(try checkUnlessBlocked(.send) { call.run() } == nil)
    let error = systemError { () throws(SystemError) in
      _ = try checkUnlessBlocked(.send) { call.run() }
    }
    #expect(error == SystemError(.send, Errno(rawValue: ENOBUFS)))
  }

  @Test func `a bad address is our bug and traps`() async {
    await #expect(processExitsWith: .failure) {
      var call = FailingCall(numbers: [EFAULT])
      _ = try? check(.read) { call.run() }
    }
  }
}
