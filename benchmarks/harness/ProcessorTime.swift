// How long processes ran on the cores, in nanoseconds. On a shared machine this says more than
// the wall clock: what others take away is not in it. A thread that has ended is no longer
// counted, so the servers under measurement must keep their threads, as tokenledgerd and Redis
// do.

import Glibc
import LinuxIO

/// Readings of processor time.
enum ProcessorTime {
  /// What this process used so far.
  ///
  /// - Source: clock_gettime(2), CLOCK_PROCESS_CPUTIME_ID.
  static func ofThisProcess() -> Int64 {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// What all live threads of another process used so far.
  ///
  /// - Source: proc(5), the first field of `task/<tid>/schedstat`.
  static func of(_ process: pid_t) -> Int64 {
    let tasks = "/proc/\(process)/task"
    guard let directory = try? Directory.open(tasks), let names = try? directory.names()
    else { return 0 }
    return names.reduce(0) { sum, name in
      let words = TextFile.read("\(tasks)/\(name)/schedstat").split(separator: " ")
      return sum + (words.first.flatMap { Int64($0) } ?? 0)
    }
  }
}
