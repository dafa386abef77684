// The two threads of the program, and their end. Nothing here knows of flags, signals or the
// network, so that the tests run the same thing against a scripted ledger and a scripted SSO.
//
//   taker ── REFRESH.TAKE ──► tasks ── SSO ──► teller ── REFRESH.DONE … ──► ledger
//
// Invariant: it has ended when the teller has: no job is in hand then, and no outcome untold.

import HTTP
import LedgerClient
import LinuxIO

/// How a run ended.
enum RefresherEnd: Equatable, Sendable {
  /// It was stopped.
  case stopped
  /// The ledger was not reached, or did not let us take, before the first jobs.
  case neverAdmitted(ClientError)
  /// The ledger was there, and has been away for too long.
  case ledgerGone(ClientError)
}

/// What a run needs to know.
struct RefresherOptions: Sendable {
  var socketPath: String
  /// How many jobs are in hand at most.
  var concurrency = 8
  /// How long the ledger keeps a take waiting for jobs.
  var blockMilliseconds = 1_000
  /// How long a call may take otherwise.
  var callTimeout = Duration.seconds(10)
  /// How long the ledger may be away before the first take.
  var startMilliseconds: Int64 = 30_000
  /// How long it may be away after that; nil: for ever.
  var giveUpMilliseconds: Int64?
  /// How long the ledger may be away after the program was told to end.
  var farewellMilliseconds: Int64 = 10_000
  var backOff = BackOff.Bounds()
  /// Chance, from 0 to 1.
  var chance: @Sendable () -> Double = { .random(in: 0...1) }

  init(socketPath: String) {
    self.socketPath = socketPath
  }
}

/// A running refresher.
final class Refresher: Sendable {
  private let board: JobBoard
  private let ended: WakeUp

  /// Starts taking jobs.
  ///
  /// - Throws: `SystemError` when the system has no more descriptors or threads.
  init<Transport: HTTPTransport>(
    _ options: RefresherOptions, _ work: JobWork<Transport>, log: Log,
    ready: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    let board = try JobBoard(slots: options.concurrency)
    let ended = try WakeUp()
    self.board = board
    self.ended = ended
    let taker = Taker(board: board, work: work, options: options, log: log, ready: ready)
    let teller = Teller(board: board, options: options, log: log)
    _ = try SystemThread.start(name: "teller") {
      teller.run()
      ended.signal()
    }
    _ = try SystemThread.start(name: "taker") { taker.run() }
  }

  /// The descriptor that is readable once the run has ended.
  var endDescriptor: CInt { ended.descriptor }

  /// Asks for the end: no more jobs are taken, those in hand are finished and told.
  func stop() { board.stop() }

  /// Waits for the end.
  func join() -> RefresherEnd {
    ended.wait()
    guard let end = board.end else { preconditionFailure("the teller outlives the taking") }
    return end
  }
}
