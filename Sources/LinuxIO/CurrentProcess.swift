// What a program does to itself as a whole: limits, core dumps, the environment, its end.
// Whatever changes something holds for every thread, so it is done in `main`, before the first
// thread. Sources: getrlimit(2), prctl(2), getenv(3), proc(5).

internal import CLinux
internal import Glibc

/// This process.
public enum CurrentProcess {
  /// Raises the limit of open descriptors to the most this user may have.
  ///
  /// - Returns: the limit that holds from here on.
  /// - Throws: `SystemError` of setrlimit(2); the limit is then as before.
  /// - Source: getrlimit(2), RLIMIT_NOFILE.
  @discardableResult
  public static func raiseOpenFileLimit() throws(SystemError) -> Int {
    var limit = rlimit()
    try check(.getrlimit) { unsafe cl_get_open_file_limit(&limit) }
    limit.rlim_cur = limit.rlim_max
    try check(.setrlimit) { unsafe cl_set_open_file_limit(&limit) }
    return Int(clamping: limit.rlim_cur)
  }

  /// Ends this process with an exit code.
  ///
  /// - Source: exit(3).
  public static func exit(_ code: Int32) -> Never {
    Glibc.exit(code)
  }

  /// The path of the program that this process runs; nil when the kernel does not say.
  ///
  /// - Source: proc(5), /proc/self/exe.
  public static var executablePath: String? {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    // Safe: the call writes at most the bytes that the buffer has.
    let count = try? check(.readlink) { unsafe readlink("/proc/self/exe", &path, path.count) }
    return count.map { count in
      String(decoding: path.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// How much memory of this process is resident, in bytes; nil when the kernel does not say.
  ///
  /// - Source: proc(5), /proc/self/statm.
  public static var residentBytes: Int? {
    guard let file = try? FileDescriptor.open("/proc/self/statm", .readOnly),
      let line = try? file.bytes(at: 0, count: 256)
    else { return nil }
    let fields = line.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self))
    else { return nil }
    return pages * sysconf(CInt(_SC_PAGESIZE))
  }

  /// Keeps the memory of this process, with its secrets, out of core dumps and away from debuggers
  /// of other users.
  ///
  /// - Throws: `SystemError` of prctl(2).
  /// - Source: PR_SET_DUMPABLE(2const).
  public static func forbidMemoryDumps() throws(SystemError) {
    try check(.prctl) { cl_set_dumpable(0) }
  }
}

/// The environment variables of this process.
///
/// They belong to the main thread, before any other thread runs: the C library does not lock them.
public enum Environment {
  /// The value of a variable, or `nil` when it is not set.
  ///
  /// - Source: getenv(3).
  public static func value(of name: String) -> String? {
    // Safe: the text is copied before anything can change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// Removes a variable, so that programs started later do not see it.
  ///
  /// - Source: unsetenv(3).
  public static func remove(_ name: String) {
    let result = unsafe unsetenv(name)
    precondition(result == 0, "a variable's name is not empty and holds no equals sign")
  }
}
