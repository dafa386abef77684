// A value behind a lock of the C library. `Mutex` would do as well, but when two threads contend
// for it the kernel hands it over, which the thread sanitizer does not see: it then reports races
// where there are none. Where a test's threads meet all the time, that would hide the real ones.

import Foundation

/// A value that one thread at a time may look at.
final class Guarded<Value>: @unchecked Sendable {
  // Safe: `value` is only touched with the lock held.
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) {
    self.value = value
  }

  /// Shows the value to `body`, which no other thread sees meanwhile.
  func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
