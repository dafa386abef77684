// A thread of the system. Swift's own tasks run on a pool that must not be blocked; a thread that
// waits for the disk or for epoll has to be one of these.
//
// The body is `@Sendable` and is run by a plain function of this file. A closure handed straight to
// pthread_create inside `@main` would inherit the main actor and trap on the new thread.

internal import CLinux
internal import Glibc

/// A running thread; whoever owns it may wait for its end.
public struct SystemThread: ~Copyable, Sendable {
  private let handle: pthread_t

  private init(handle: pthread_t) {
    self.handle = handle
  }

  deinit {
    _ = pthread_detach(handle)
  }

  /// Starts a thread that runs `body` and ends.
  ///
  /// - Parameters:
  ///   - name: what tools such as top(1) show; the kernel keeps the first 15 bytes.
  ///   - body: what the thread does.
  /// - Returns: the thread; it is let go of, not ended, when its owner is gone.
  /// - Throws: `SystemError` with EAGAIN when the system allows no more threads.
  /// - Source: pthread_create(3).
  public static func start(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) -> SystemThread {
    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var handle = pthread_t()
    // Safe: the reference is retained above and released once, by the thread or, if there is none,
    // here.
    let code = unsafe pthread_create(&handle, nil, runThread, start.toOpaque())
    if code != 0 {
      unsafe start.release()
      throw SystemError(.pthreadCreate, Errno(rawValue: code))
    }
    return SystemThread(handle: handle)
  }

  /// Has the calling thread wait behind others for the processor, as far as the system allows.
  ///
  /// - Source: sched_setscheduler(2), SCHED_BATCH; setpriority(2).
  public static func yieldToOthers() {
    // Where it is not allowed the thread competes like any other.
    _ = cl_yield_to_others(10)
  }

  /// Waits until the thread has ended.
  ///
  /// - Source: pthread_join(3).
  public consuming func join() {
    let result = pthread_join(handle, nil)
    precondition(result == 0, "a thread joined itself")
    discard self
  }
}

/// What a new thread is given.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
    self.body = body
  }
}

/// The first function of a new thread.
private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { preconditionFailure("a thread without a start") }
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  _ = unsafe cl_set_thread_name(start.name)
  start.body()
  return nil
}
