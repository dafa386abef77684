// A value that several threads change and a test waits for. A test gives up after twenty seconds,
// so that what never happens fails the test and not the run. It waits on a thread of its own: the
// threads that run tests also run the jobs, and there may be no more than one of them.

import Foundation
import LinuxIO

/// A value with a lock, and a way to wait for what becomes of it.
final class Watched<State: Sendable>: @unchecked Sendable {
  // Safe: `state` is only touched with the condition's lock held.
  private let condition = NSCondition()
  private var state: State

  init(_ state: State) { self.state = state }

  /// The value as it is.
  var value: State { change { $0 } }

  /// Changes the value, and wakes whoever waits for it.
  @discardableResult
  func change<Result>(_ body: (inout State) -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    defer { condition.broadcast() }
    return body(&state)
  }

  /// Waits for something to become true; false when it does not, in this many seconds.
  func wait(
    seconds: Double = 20, until isTrue: @escaping @Sendable (State) -> Bool
  ) async -> Bool {
    await elsewhere { self.block(seconds: seconds, until: isTrue) } ?? false
  }

  /// The same, on the calling thread.
  func block(seconds: Double, until isTrue: (State) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isTrue(state) {
      if !condition.wait(until: deadline) { return false }
    }
    return true
  }
}

/// Runs something that waits on a thread of its own; nil when there is none to be had.
func elsewhere<Result: Sendable>(
  _ body: @escaping @Sendable () -> Result
) async -> Result? {
  await withCheckedContinuation { continuation in
    let thread = try? SystemThread.start(name: "waiting") { continuation.resume(returning: body()) }
    if thread == nil { continuation.resume(returning: nil) }
  }
}
