// A program that this process started: posix_spawn(3), watched through a pidfd, which `EventPoll`
// reports as readable once the program has ended, and collected with waitpid(2).
// Invariant: the child is not collected before `end()` says so, and until then nobody else can have
// its number; so a signal never reaches a stranger. Owner: the thread that started it.

internal import CLinux
internal import Glibc

/// How a process ended.
public enum ProcessEnd: Equatable, Sendable {
  /// By itself, with this exit code.
  case exited(Int32)
  /// By a signal.
  case killed(Signal)
}

/// A running child of this process, or one that has ended and is not collected.
///
/// Letting go of it neither ends nor collects it.
public struct ChildProcess: ~Copyable, Sendable {
  /// The number of the child.
  public let id: ProcessID
  private let descriptor: FileDescriptor

  /// The number of the descriptor, for `EventPoll`: readable once the child has ended.
  public var rawValue: CInt { descriptor.rawValue }

  /// Starts a program.
  ///
  /// It gets this process's environment and standard error; its standard input and output are
  /// /dev/null. No signal is blocked or ignored in it, and it leads a process group of its own, so
  /// that a Ctrl-C at the terminal is for this process only. Nothing ends it with this process:
  /// posix_spawn cannot set PR_SET_PDEATHSIG, so a child that must not stay looks itself.
  ///
  /// - Parameters:
  ///   - path: the program's file; it is not searched for.
  ///   - arguments: the arguments behind the program's name.
  /// - Returns: the child.
  /// - Throws: `SystemError` with ENOENT, EACCES, ENOEXEC, EAGAIN or ENOMEM; nothing runs then. Of
  ///   pidfd_open(2): the child was ended again.
  /// - Source: posix_spawn(3), pidfd_open(2).
  public static func start(
    _ path: String, _ arguments: [String]
  ) throws(SystemError) -> ChildProcess {
    let id = try spawn(path, arguments)
    do throws(SystemError) {
      let descriptor = FileDescriptor(owning: try check(.pidfdOpen) { cl_pidfd_open(id) })
      return ChildProcess(id: ProcessID(rawValue: id), descriptor: descriptor)
    } catch {
      _ = Glibc.kill(id, SIGKILL)
      _ = try collect(id, 0)
      throw error
    }
  }

  /// Sends a signal to the child; one that has ended takes no notice.
  ///
  /// - Throws: `SystemError` with EPERM when the child acts as another user.
  /// - Source: kill(2).
  public func send(_ signal: Signal) throws(SystemError) {
    try check(.kill) { kill(id.rawValue, signal.rawValue) }
  }

  /// Collects the child if it has ended; nil while it runs.
  ///
  /// Its number may belong to somebody else from here on, so nothing is sent to it any more.
  ///
  /// - Throws: `SystemError` with ECHILD when it was collected before, also by the kernel for a
  ///   process that ignores SIGCHLD.
  /// - Source: waitpid(2).
  public func end() throws(SystemError) -> ProcessEnd? {
    try Self.collect(id.rawValue, WNOHANG)
  }

  /// Waits for the child's end and collects it.
  ///
  /// - Throws: as `end()`.
  public func waitForEnd() throws(SystemError) -> ProcessEnd {
    guard let end = try Self.collect(id.rawValue, 0)
    else { preconditionFailure("waitpid without WNOHANG came back without a child") }
    return end
  }

  private static func collect(_ id: pid_t, _ options: CInt) throws(SystemError) -> ProcessEnd? {
    var status: CInt = 0
    let collected = try check(.waitpid) { unsafe waitpid(id, &status, options) }
    guard collected == id else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(Signal(rawValue: signal))
  }

  // MARK: posix_spawn

  private static func spawn(
    _ path: String, _ arguments: [String]
  ) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    try checkSpawn(unsafe posix_spawn_file_actions_init(&actions))
    defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
    try checkSpawn(unsafe posix_spawnattr_init(&attributes))
    defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
    try checkSpawn(unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0))
    try checkSpawn(unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0))
    try cleanSignals(&attributes)
    // Safe: each text is a copy that lives until it is freed below; the call reads them and keeps
    // none; the list ends with a null pointer, as argv must.
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe words.indices { unsafe free(words[index]) } }
    var id: pid_t = 0
    try checkSpawn(
      unsafe posix_spawn(&id, path, &actions, &attributes, &words, cl_environment()))
    return id
  }

  /// No signal blocked, none ignored, and a process group of its own.
  private static func cleanSignals(_ attributes: inout posix_spawnattr_t) throws(SystemError) {
    var none = sigset_t()
    var all = sigset_t()
    _ = unsafe sigemptyset(&none)
    _ = unsafe sigfillset(&all)
    try checkSpawn(unsafe posix_spawnattr_setsigmask(&attributes, &none))
    try checkSpawn(unsafe posix_spawnattr_setsigdefault(&attributes, &all))
    try checkSpawn(unsafe posix_spawnattr_setpgroup(&attributes, 0))
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    try checkSpawn(unsafe posix_spawnattr_setflags(&attributes, Int16(flags)))
  }

  /// These calls give the number of the failure instead of leaving it in errno.
  private static func checkSpawn(_ code: CInt) throws(SystemError) {
    guard code == 0 else { throw SystemError(.posixSpawn, Errno(rawValue: code)) }
  }
}
