// The server's own workers, played by shell scripts that tell in a pipe what they do: started,
// started again, let go first, killed last. The tests wait for these lines and for nothing else.

import Glibc
import LinuxIO
import TestSupport
import Testing

@testable import LedgerServer

/// A script as a worker's program, and the pipes between it and the test.
private final class ScriptedWorker {
  private let directory: TemporaryDirectory
  private let heard: CInt
  private let said: CInt

  /// Opens the pipes; `script` writes to $1 and reads from $2.
  init() throws {
    directory = try TemporaryDirectory()
    heard = try Self.pipe(directory.file("from-worker"))
    said = try Self.pipe(directory.file("to-worker"))
  }

  /// Open both ways, a pipe makes nobody wait in open, and never ends.
  private static func pipe(_ path: String) throws -> CInt {
    try #require(mkfifo(path, 0o600) == 0)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    return descriptor
  }

  func program(_ script: String, count: Int = 1) -> WorkerProgram {
    let arguments = [directory.file("from-worker"), directory.file("to-worker")]
    return WorkerProgram(
      path: "/bin/sh", arguments: ["-c", script, "worker"] + arguments, count: count)
  }

  /// The next line of a worker.
  func line() throws -> String {
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      var ready = pollfd(fd: heard, events: Int16(POLLIN), revents: 0)
      try #require(poll(&ready, 1, 20_000) == 1, "the worker said nothing")
      var byte: UInt8 = 0
      try #require(read(heard, &byte, 1) == 1)
      line.append(byte)
    }
    return String(decoding: line.dropLast(), as: UTF8.self)
  }

  func say(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    try #require(write(said, bytes, bytes.count) == bytes.count)
  }

  deinit {
    _ = Glibc.close(heard)
    _ = Glibc.close(said)
  }
}

@Suite struct WorkerCrewTests {
  private func process(_ text: String) throws -> ProcessID {
    ProcessID(rawValue: try #require(Int32(text)))
  }

  @Test func `as many workers run as are wanted, and end with the server`() throws {
    let worker = try ScriptedWorker()
    let script = "trap 'kill $!; exit 0' TERM; sleep 60 >/dev/null 2>&1 & echo $$ > $1; wait"
    let server = try ServerUnderTest(workers: worker.program(script, count: 3))
    let ids = try (0..<3).map { _ in try process(try worker.line()) }
    #expect(Set(ids).count == 3)
    #expect(try server.shutDown() == .requested)
    // A zombie would still count as alive.
    #expect(ids.allSatisfy { !$0.isAlive })
  }

  @Test func `a worker that ended is started again`() throws {
    let worker = try ScriptedWorker()
    let server = try ServerUnderTest(workers: worker.program("echo $$ > $1; exit 3"))
    let first = try worker.line()
    let second = try worker.line()
    #expect(first != second)
    #expect(try server.shutDown() == .requested)
  }

  //     server    SIGTERM ── TERM to the worker ── serves on ── the worker is gone ── ends
  //     worker               "leaving" ............ told to go ── exit
  @Test func `workers leave first, and are served until they are gone`() throws {
    let worker = try ScriptedWorker()
    let script = """
      trap 'kill $!; echo leaving > $1; read word < $2; echo $word > $1; exit 0' TERM
      sleep 60 >/dev/null 2>&1 & echo ready > $1; wait
      """
    let server = try ServerUnderTest(workers: worker.program(script))
    #expect(try worker.line() == "ready")
    server.signal(.user1)
    #expect(try worker.line() == "leaving")
    #expect(try server.connect().ask("PING") == "+PONG")
    try worker.say("go")
    #expect(try worker.line() == "go")
    #expect(server.end() == .requested)
  }

  @Test func `a server told twice to stop waits for no worker, and kills it`() throws {
    let worker = try ScriptedWorker()
    let server = try ServerUnderTest(
      workers: worker.program("trap '' TERM; echo $$ > $1; exec sleep 60"))
    let id = try process(try worker.line())
    server.signal(.user1)
    #expect(try server.shutDown() == .requested)
    #expect(!id.isAlive)
  }

  @Test func `a program that cannot be started keeps nobody from being served`() throws {
    let program = WorkerProgram(path: "/nonexistent/program", arguments: [], count: 2)
    let server = try ServerUnderTest(workers: program)
    #expect(try server.connect().ask("PING") == "+PONG")
    #expect(try server.shutDown() == .requested)
  }
}
