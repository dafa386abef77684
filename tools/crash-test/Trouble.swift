// How a run of the crash test can end before its time. A finding is the daemon's fault and worth
// everything that is known about it; the rest are ours or the machine's.
// The one place that words them for people is Program.swift.

import LedgerClient
import LinuxIO

/// Why a round did not pass.
enum Trouble: Error {
  /// The daemon did what it must not do.
  case finding(String)
  /// The test itself cannot go on: a program or a file is missing.
  case setup(String)
  /// The machine does not permit this test.
  case notPermitted(String)
}

/// Runs a call of the kernel whose failure ends the test.
func needed<Result: ~Copyable>(
  _ what: String, _ body: () throws(SystemError) -> Result
) throws(Trouble) -> Result {
  do throws(SystemError) { return try body() } catch { throw .setup("\(what): \(error)") }
}

/// Runs an exchange with the daemon that has no reason to fail.
func answered<Result>(
  _ what: String, _ body: () throws(ClientError) -> Result
) throws(Trouble) -> Result {
  do throws(ClientError) { return try body() } catch { throw .finding("\(what): \(error)") }
}
