// Signals, threads, clocks, and what a process knows about itself.

import Glibc
import LinuxIO
import Synchronization
import Testing

@Suite struct SignalDescriptorTests {
  // Both the descriptor and the signal belong to this thread, so no other test sees them.
  @Test func `a signal sent to this thread is read, with its sender`() throws {
    let signals = try SignalDescriptor([.user1, .user2])
    #expect(try signals.next() == nil)
    #expect(pthread_kill(pthread_self(), SIGUSR1) == 0)
    let received = try signals.next()
    #expect(received?.signal == .user1)
    #expect(received?.process == ProcessID.current)
    #expect(received?.user == UserID.current)
    #expect(try signals.next() == nil)
  }
}

@Suite struct SystemThreadTests {
  /// A count that two threads share.
  private final class Shared: Sendable {
    let count = Mutex(0)
  }

  @Test func `joining waits for what the thread did`() throws {
    let shared = Shared()
    let thread = try SystemThread.start(name: "a name longer than 15") {
      shared.count.withLock { $0 += 1 }
    }
    thread.join()
    #expect(shared.count.withLock { $0 } == 1)
  }

  @MainActor @Test func `a body written on the main actor runs on the new thread`() throws {
    let shared = Shared()
    let thread = try SystemThread.start(name: "off the actor") {
      shared.count.withLock { $0 += 1 }
    }
    thread.join()
    #expect(shared.count.withLock { $0 } == 1)
  }

  @Test func `a thread wakes the poll of another`() throws {
    final class Bell: Sendable {
      let counter: EventCounter
      init() throws { counter = try EventCounter() }
    }
    let bell = try Bell()
    let poll = try EventPoll()
    var events = EventBuffer(capacity: 1)
    try poll.add(EventWord(descriptor: bell.counter.rawValue, generation: 1), for: .readable)
    let thread = try SystemThread.start(name: "bell") { bell.counter.signal() }
    while events.count == 0 { try poll.wait(timeoutMilliseconds: -1, into: &events) }
    #expect(bell.counter.drain() == 1)
    thread.join()
  }
}

@Suite struct ProcessIDTests {
  @Test func `this process and the first one live, and impossible ones do not`() {
    #expect(ProcessID.current.isAlive)
    #expect(ProcessID(rawValue: 1).isAlive)
    #expect(!ProcessID(rawValue: .max).isAlive)
    #expect(!ProcessID(rawValue: 0).isAlive)
    #expect(!ProcessID(rawValue: -1).isAlive)
  }
}

@Suite struct SystemClockTests {
  @Test func `the monotonic clock never steps back, and both units agree`() {
    let before = SystemClock.monotonicNanoseconds()
    let between = SystemClock.monotonicMicroseconds()
    let after = SystemClock.monotonicNanoseconds()
    #expect(before / 1_000 <= between)
    #expect(between <= after / 1_000)
  }

  @Test func `the wall clock counts microseconds since 1970`() {
    let before = Int64(time(nil)) - 1
    let now = SystemClock.realtimeMicroseconds()
    #expect(before * 1_000_000 <= now)
    #expect(now <= (Int64(time(nil)) + 1) * 1_000_000)
  }
}

@Suite struct RandomnessTests {
  @Test func `two keys differ, and every byte of a long one is filled`() throws {
    #expect(try Randomness.bytes(count: 32) != Randomness.bytes(count: 32))
    #expect(try Set(Randomness.bytes(count: 65_536)).count == 256)
    #expect(try Randomness.bytes(count: 0) == [])
  }
}

@Suite struct CurrentProcessTests {
  @Test func `the limit of open files becomes the most that is allowed`() async {
    await #expect(processExitsWith: .success) {
      let raised = try CurrentProcess.raiseOpenFileLimit()
      try #require(raised > 0)
      try #require(try CurrentProcess.raiseOpenFileLimit() == raised)
    }
  }

  @Test func `memory dumps can be forbidden`() async {
    await #expect(processExitsWith: .success) { try CurrentProcess.forbidMemoryDumps() }
  }

  @Test func `a variable is read, and gone after its removal`() async {
    await #expect(processExitsWith: .success) {
      setenv("TOKENLEDGER_TEST", "value", 1)
      try #require(Environment.value(of: "TOKENLEDGER_TEST") == "value")
      Environment.remove("TOKENLEDGER_TEST")
      try #require(Environment.value(of: "TOKENLEDGER_TEST") == nil)
    }
  }

  @Test func `closed standard streams are filled before a file takes their numbers`() async {
    await #expect(processExitsWith: .success) {
      close(0)
      close(1)
      try StandardStream.fillGaps()
      let next = try FileDescriptor.open("/dev/null", .readOnly)
      try #require(next.rawValue > 2)
      try StandardStream.output.writeAll([0x41].span)
    }
  }
}
