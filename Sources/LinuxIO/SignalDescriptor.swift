// Signals as something to read: signalfd(2). The loop takes SIGTERM and SIGHUP in its turn, like
// any event, and no code of ours ever runs inside a signal handler. It is made on the main thread
// before any other thread starts, because threads inherit which signals are blocked.

internal import CLinux
internal import Glibc

/// A signal of the kernel, by number.
public struct Signal: RawRepresentable, Hashable, Sendable {
  /// The number of signal(7).
  public let rawValue: CInt

  /// Takes a number of signal(7).
  public init(rawValue: CInt) {
    self.rawValue = rawValue
  }

  /// SIGHUP: read the configuration again.
  public static var hangUp: Signal { Signal(rawValue: SIGHUP) }
  /// SIGINT: stop, from the keyboard.
  public static var interrupt: Signal { Signal(rawValue: SIGINT) }
  /// SIGTERM: stop.
  public static var terminate: Signal { Signal(rawValue: SIGTERM) }
  /// SIGKILL: end at once; no process can do anything about it.
  public static var kill: Signal { Signal(rawValue: SIGKILL) }
  /// SIGPIPE: a write to a pipe that nobody reads.
  public static var brokenPipe: Signal { Signal(rawValue: SIGPIPE) }
  /// SIGUSR1: free for programs.
  public static var user1: Signal { Signal(rawValue: SIGUSR1) }
  /// SIGUSR2: free for programs.
  public static var user2: Signal { Signal(rawValue: SIGUSR2) }

  /// Makes the process ignore this signal, so that the call that raised it fails instead.
  ///
  /// - Source: signal(2), SIG_IGN.
  public func ignore() {
    _ = signal(rawValue, SIG_IGN)
  }
}

/// A signal that came, and who sent it.
public struct ReceivedSignal: Equatable, Sendable {
  /// Which signal.
  public let signal: Signal
  /// The process that sent it; 0 for the kernel itself.
  public let process: ProcessID
  /// The user of that process.
  public let user: UserID
}

/// A descriptor that is readable when one of its signals waits; closed when its owner is gone.
public struct SignalDescriptor: ~Copyable, Sendable {
  private let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`.
  public var rawValue: CInt { descriptor.rawValue }

  /// Takes over the given signals from their handlers.
  ///
  /// They are blocked in the calling thread and in every thread that it starts afterwards, and stay
  /// so when this value is gone. Call it first in `main`: a thread that is older does not block
  /// them, and the kernel would end the process through it.
  ///
  /// - Throws: `SystemError` with EMFILE, ENFILE or ENOMEM.
  /// - Source: signalfd(2), pthread_sigmask(3).
  public init(_ signals: [Signal]) throws(SystemError) {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for signal in signals {
      let result = unsafe sigaddset(&set, signal.rawValue)
      precondition(result == 0, "there is no such signal")
    }
    let result = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    precondition(result == 0, "a set of signals can always be blocked")
    descriptor = FileDescriptor(owning: try check(.signalfd) { unsafe cl_signalfd(&set) })
  }

  /// Takes one signal that waits, or gives `nil` when none does.
  ///
  /// - Throws: `SystemError` of read(2).
  public func next() throws(SystemError) -> ReceivedSignal? {
    var record = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    let count = try checkUnlessBlocked(.read) { unsafe read(rawValue, &record, size) }
    guard let count else { return nil }
    precondition(count == size, "the kernel gives whole records")
    return ReceivedSignal(
      signal: Signal(rawValue: CInt(record.ssi_signo)),
      process: ProcessID(rawValue: Int32(record.ssi_pid)), user: UserID(rawValue: record.ssi_uid))
  }
}
