// Programs that are started, watched through a descriptor, told to end, and collected.

import Glibc
import LinuxIO
import Testing

@Suite struct ChildProcessTests {
  /// Waits until the descriptor of a child says that it has ended, and collects it.
  private func waitForEnd(_ child: borrowing ChildProcess) throws -> ProcessEnd? {
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 1)
    try poll.add(EventWord(descriptor: child.rawValue, generation: 1), for: .readable)
    try poll.wait(timeoutMilliseconds: 20_000, into: &events)
    #expect(events.count == 1)
    return try child.end()
  }

  @Test func `a child's exit code comes after its descriptor is readable`() throws {
    let child = try ChildProcess.start("/bin/sh", ["-c", "exit $1", "name", "7"])
    let end = try waitForEnd(child)
    #expect(end == .exited(7))
  }

  @Test func `a child that runs has no end, and a signal gives it one`() throws {
    let child = try ChildProcess.start("/bin/sleep", ["600"])
    let early = try child.end()
    #expect(early == nil)
    try child.send(.kill)
    let end = try child.waitForEnd()
    #expect(end == .killed(.kill))
  }

  @Test func `a child that was collected has left nothing behind`() throws {
    let child = try ChildProcess.start("/bin/sh", ["-c", "exit 0"])
    let id = child.id
    let end = try waitForEnd(child)
    #expect(end == .exited(0))
    #expect(!id.isAlive)
    do throws(SystemError) {
      _ = try child.end()
      Issue.record("the child was collected twice")
    } catch {
      #expect(error == SystemError(.waitpid, .noChild))
    }
  }

  @Test func `a program that is not there is told at once`() {
    do throws(SystemError) {
      let child = try ChildProcess.start("/nonexistent/program", [])
      Issue.record("started \(child.id)")
    } catch {
      #expect(error == SystemError(.posixSpawn, .noSuchFile))
    }
  }

  // The thread's blocked signals would otherwise be the child's, and SIGTERM would never end it.
  @Test func `a child blocks and ignores no signal, whatever its parent does`() throws {
    let signals = try SignalDescriptor([.user1])
    #expect(try signals.next() == nil)
    let child = try ChildProcess.start(
      "/bin/sh", ["-c", "kill -USR1 $$; exit 3"])
    let end = try waitForEnd(child)
    #expect(end == .killed(.user1))
  }

  @Test func `a child leads a process group of its own`() throws {
    let child = try ChildProcess.start("/bin/sleep", ["600"])
    #expect(getpgid(child.id.rawValue) == child.id.rawValue)
    try child.send(.kill)
    _ = try child.waitForEnd()
  }

  @Test func `this program's own file can be named`() throws {
    let path = try #require(CurrentProcess.executablePath)
    #expect(try FileSystem.status(of: path)?.kind == .regular)
  }
}
