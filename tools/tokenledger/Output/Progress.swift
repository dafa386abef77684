// Reports how far a long piece of work is: on a terminal in one line that is overwritten, else one
// line each time, and only if asked for. Work of less than a second is never reported.
// Costs one look at the clock a batch.

import LinuxIO

/// The progress of one run.
final class Progress {
  private let console: Console
  private let isOn: Bool
  private let clock: () -> Int64
  private let start: Int64
  private var last: Int64
  private var hasLine = false

  /// The time before the first report, and between two of them.
  static let firstMicroseconds: Int64 = 1_000_000
  static let intervalMicroseconds: Int64 = 250_000

  /// Progress that is shown on a terminal, or when it `isForced`.
  init(
    _ console: Console, isForced: Bool,
    clock: @escaping () -> Int64 = SystemClock.monotonicMicroseconds
  ) {
    self.console = console
    isOn = isForced || console.isInteractive
    self.clock = clock
    start = clock()
    last = start
  }

  /// Says that so many are done, if it is time to.
  func show(_ what: String, _ done: Int, of total: Int?) {
    guard isOn else { return }
    let now = clock()
    guard now - start >= Progress.firstMicroseconds, now - last >= Progress.intervalMicroseconds
    else { return }
    last = now
    let amount = total.map { "\(done) of \($0)" } ?? "\(done)"
    // Carriage return, text, and "erase to the end of the line" (ECMA-48).
    console.tell(console.isInteractive ? "\r\(what) \(amount)\u{1b}[K" : "\(what) \(amount)\n")
    hasLine = true
  }

  /// Takes the line away again, so that what is written next stands alone.
  func finish() {
    if hasLine, console.isInteractive { console.tell("\r\u{1b}[K") }
    hasLine = false
  }
}
