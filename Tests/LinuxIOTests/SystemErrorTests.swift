// What an error says, and what never becomes one.

import Glibc
import LinuxIO
import Testing

@Suite struct SystemErrorTests {
  @Test func `it names the call, the reason and the number's name`() {
    let error = SystemError(.fdatasync, .noSpace)
    #expect(error.description == "fdatasync: No space left on device (ENOSPC)")
  }

  @Test func `a number that the C library does not know is shown as it is`() {
    #expect(Errno(rawValue: 4_000).description == "Unknown error 4000")
  }

  @Test func `every call has a name of its own`() {
    #expect(Set(SystemCall.allCases.map(\.rawValue)).count == SystemCall.allCases.count)
  }

  @Test func `no path appears in the error of an open that failed`() {
    let error = systemError { () throws(SystemError) in
      _ = try FileDescriptor.open("/nowhere/planted-secret", .readOnly)
    }
    #expect(error == SystemError(.open, .noSuchFile))
    #expect(error?.description.contains("planted-secret") == false)
  }

  @Test func `reading from a descriptor that is not open traps`() async {
    await #expect(processExitsWith: .failure) {
      let descriptor = FileDescriptor(owning: 1_000_000)
      _ = try? descriptor.bytes(at: 0, count: 1)
    }
  }

  @Test func `closing a descriptor twice traps`() async {
    await #expect(processExitsWith: .failure) {
      let descriptor = try FileDescriptor.open("/dev/null", .readOnly)
      _ = Glibc.close(descriptor.rawValue)
      try? descriptor.close()
    }
  }

  @Test func `a negative number is no descriptor`() async {
    await #expect(processExitsWith: .failure) { _ = FileDescriptor(owning: -1) }
  }
}
