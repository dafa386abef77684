// The program itself, as a process: its exit codes, its one line of output, its signals.

import Foundation
import TestSupport
import Testing

@testable import tokenledger_refresher

/// A running program.
private final class RunningProgram: Sendable {
  let output = Watched("")
  let errors = Watched("")
  /// Nil while it runs.
  let exitCode = Watched<Int32?>(nil)
  private let process: ProcessID

  /// Starts the program that was built together with these tests.
  init(_ arguments: [String], secret: String? = nil) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("tokenledger-refresher")
    process.arguments = arguments
    process.environment = secret.map { [ClientSecret.variable: $0] } ?? [:]
    process.standardOutput = Self.pipe(into: output)
    process.standardError = Self.pipe(into: errors)
    let exitCode = exitCode
    process.terminationHandler = { ended in
      let isExit = ended.terminationReason == .exit
      exitCode.change { $0 = isExit ? ended.terminationStatus : -ended.terminationStatus }
    }
    try process.run()
    self.process = process.processIdentifier
  }

  deinit { if exitCode.value == nil { kill(process, SIGKILL) } }

  func terminate() { kill(process, SIGTERM) }

  func interrupt() { kill(process, SIGINT) }

  /// The exit code, or nil when the program does not end.
  func end() async -> Int32? {
    _ = await exitCode.wait { $0 != nil }
    return exitCode.value
  }

  private typealias ProcessID = pid_t

  private static func pipe(into text: Watched<String>) -> Pipe {
    let pipe = Pipe()
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil }
      text.change { $0 += String(decoding: data, as: UTF8.self) }
    }
    return pipe
  }
}

@Suite struct ProgramTests {
  /// Flags for a ledger; at the SSO's address nobody listens.
  private func flags(_ path: String) -> [String] {
    ["--socket", path, "--client-id", "id", "--token-url", "http://127.0.0.1:1/token"]
  }

  @Test func `it says when it is ready, and SIGTERM ends it with 0`() async throws {
    let ledger = try ScriptedLedger()
    let program = try RunningProgram(flags(ledger.path), secret: "pl4nted")
    #expect(await program.output.wait { $0 == "ready socket=\(ledger.path)\n" })
    program.terminate()
    #expect(await program.end() == 0)
    #expect(await program.errors.wait { $0.contains("msg=stopped") })
    #expect(!program.errors.value.contains("pl4nted"))
    ledger.close()
  }

  @Test func `a job in hand is told before the end`() async throws {
    let ledger = try ScriptedLedger()
    ledger.give(ScriptedLedger.refresh(7))
    let program = try RunningProgram(flags(ledger.path))
    try #require(await ledger.state.wait { $0.takes.count >= 1 })
    program.terminate()
    #expect(await program.end() == 0)
    #expect(
      ledger.state.value.outcomes == [
        ["REFRESH.FAIL", "7", "40", "CLASS", "unavailable", "CODE", "not_connected"]
      ])
    ledger.close()
  }

  @Test func `SIGINT after another signal ends it at once, with 1`() async throws {
    let ledger = try ScriptedLedger(outcomes: { _, _ in .close })
    ledger.give(ScriptedLedger.refresh(7))
    let program = try RunningProgram(flags(ledger.path))
    try #require(await ledger.state.wait { $0.takes.count >= 1 })
    program.terminate()
    try #require(await program.errors.wait { $0.contains("stopping") })
    program.terminate()
    program.interrupt()
    #expect(await program.end() == 1)
    ledger.close()
  }

  @Test func `a ledger that does not let it take is exit code 69`() async throws {
    let ledger = try ScriptedLedger(takes: { _ in .error("DENIED no") })
    let program = try RunningProgram(flags(ledger.path))
    #expect(await program.end() == 69)
    #expect(await program.errors.wait { $0.contains("--grant") })
    #expect(program.output.value == "")
    ledger.close()
  }

  @Test func `a wrong flag is exit code 64, and shows no value`() async throws {
    let program = try RunningProgram(["--client-id", "pl4nted:x"])
    #expect(await program.end() == 64)
    let line = "tokenledger-refresher: --client-id must be a text without a colon\n"
    #expect(await program.errors.wait { $0 == line })
    let wrongSecret = try RunningProgram(flags("/s"), secret: "pl4nted\nline")
    #expect(await wrongSecret.end() == 64)
    #expect(await wrongSecret.errors.wait { $0.contains(ClientSecret.variable) })
    #expect(!wrongSecret.errors.value.contains("pl4nted"))
  }
}
