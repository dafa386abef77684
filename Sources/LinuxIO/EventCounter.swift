// How one thread wakes the loop of another: eventfd(2). Any thread may `signal`, the one
// that waits drains. That two threads use it at once is safe in the kernel, without a lock of ours.
//
// Cost: one system call each way; signals that come before the loop looks are one wake-up.

internal import CLinux
internal import Glibc

/// A counter that is readable for `EventPoll` while it is above zero.
public struct EventCounter: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Makes a counter at zero.
  ///
  /// - Throws: `SystemError` with EMFILE, ENFILE or ENOMEM.
  public init() throws(SystemError) {
    descriptor = FileDescriptor(owning: try check(.eventfd) { cl_eventfd() })
  }

  /// Counts up by one, from any thread, without waiting.
  ///
  /// A full counter stays full, which wakes the loop as well.
  public func signal() {
    var one: UInt64 = 1
    transferWord(.write) { unsafe write(rawValue, &one, 8) }
  }

  /// Sets the counter back to zero.
  ///
  /// - Returns: how often `signal` was called since the last time; 0 when it was not.
  @discardableResult
  public func drain() -> UInt64 {
    var count: UInt64 = 0
    transferWord(.read) { unsafe read(rawValue, &count, 8) }
    return count
  }

  /// Makes a call that moves the eight bytes of the counter or has nothing to do.
  ///
  /// An eventfd knows no other failure than being full or empty.
  private func transferWord(_ call: SystemCall, _ body: () -> Int) {
    do throws(SystemError) {
      _ = try checkUnlessBlocked(call, body)
    } catch {
      preconditionFailure("an eventfd failed: \(error)")
    }
  }
}
