// When a worker that ended is started again: at once is too soon for one that cannot run, and its
// log would drown all else. Pure: times are handed in, the monotonic clock's.
//
//     ended after   1 s   1 s   1 s   1 s   1 s   1 s   1 s   90 s   1 s
//     started in    1 s   2 s   4 s   8 s  16 s  32 s  60 s    1 s   2 s

/// When the next worker of a place is due.
struct RestartSchedule {
  /// The wait after a first end; each further one doubles it.
  static let shortestWaitMicroseconds: Int64 = 1_000_000
  /// The longest wait.
  static let longestWaitMicroseconds: Int64 = 60_000_000
  /// A worker that ran for so long was well: its end counts as a first one.
  static let steadyMicroseconds: Int64 = 60_000_000

  /// When a worker is to be started; the end of time while one runs.
  private(set) var dueMicroseconds: Int64 = 0
  private var startedMicroseconds: Int64 = 0
  private var waitMicroseconds = Self.shortestWaitMicroseconds

  /// Notes that a worker runs.
  mutating func noteStart(at now: Int64) {
    startedMicroseconds = now
    dueMicroseconds = .max
  }

  /// Notes that it ended, or could not be started.
  ///
  /// - Parameters:
  ///   - now: the present moment.
  ///   - isRefusal: whether it does not accept how it is started, which time does not mend.
  /// - Returns: how long nobody is started.
  mutating func noteEnd(at now: Int64, isRefusal: Bool) -> Int64 {
    if now - startedMicroseconds >= Self.steadyMicroseconds {
      waitMicroseconds = Self.shortestWaitMicroseconds
    }
    let wait = isRefusal ? Self.longestWaitMicroseconds : waitMicroseconds
    waitMicroseconds = min(waitMicroseconds * 2, Self.longestWaitMicroseconds)
    dueMicroseconds = now + wait
    return wait
  }
}
