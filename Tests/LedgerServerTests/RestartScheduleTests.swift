// How long nobody is started after an end.

import Testing

@testable import LedgerServer

@Suite struct RestartScheduleTests {
  /// The waits, in seconds, of a worker that runs for each of `runs` seconds.
  private func waits(_ runs: [Int64], isRefusal: Bool = false) -> [Int64] {
    var schedule = RestartSchedule()
    var now: Int64 = 5_000_000
    return runs.map { run in
      schedule.noteStart(at: now)
      #expect(schedule.dueMicroseconds == .max)
      now += run * 1_000_000
      let wait = schedule.noteEnd(at: now, isRefusal: isRefusal)
      #expect(schedule.dueMicroseconds == now + wait)
      now += wait
      return wait / 1_000_000
    }
  }

  @Test func `the first worker is due at once`() {
    #expect(RestartSchedule().dueMicroseconds == 0)
  }

  @Test func `each end in a row doubles the wait, up to a minute`() {
    #expect(waits([0, 0, 1, 59, 0, 0, 0, 0]) == [1, 2, 4, 8, 16, 32, 60, 60])
  }

  @Test func `a worker that ran for a minute was well`() {
    #expect(waits([0, 0, 0, 60, 0]) == [1, 2, 4, 1, 2])
  }

  @Test func `one that does not accept its settings is tried again at the longest wait only`() {
    #expect(waits([0, 0, 90], isRefusal: true) == [60, 60, 60])
  }
}
