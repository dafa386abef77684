// What the modes have in common: a place, a seed, a number of rounds, and what to say at the end.
// Everything random in a round follows from the seed, but for what the kernel's scheduler decides.
// The clients and their ledger belong to the campaign's thread but for the time the fleet is out.

import LedgerClient
import LinuxIO
import Synchronization
import TestSupport

/// One run of a mode.
protocol Campaign {
  /// The round being played, from 1; for the report of a failure.
  var round: Int { get }
  /// Plays all rounds.
  ///
  /// - Returns: what was done, in lines for people.
  mutating func run() throws(Trouble) -> [String]
}

/// What every mode is given.
struct Assignment {
  var daemon: String
  var rounds: Int
  var seed: UInt64
  var place: Workplace
  var flags: [String]

  func command(data: String, segmentBytes: Int) -> DaemonCommand {
    DaemonCommand(
      program: daemon, data: data, socket: place.file("s"), segmentBytes: segmentBytes,
      flags: flags)
  }
}

/// A fleet and the ledger it writes to, from one start of the daemon to the next.
struct Voyage {
  let command: DaemonCommand
  let fleet: Fleet
  var position = LogPosition()
  var startCount = 0

  init(_ command: DaemonCommand, random: inout SeededGenerator) {
    self.command = command
    fleet = Fleet(random: &random)
  }

  /// Starts the daemon and compares what it has with what the clients know.
  mutating func startAndAudit() throws(Trouble) -> Daemon {
    let daemon = try command.start()
    startCount += 1
    try audit(daemon)
    return daemon
  }

  mutating func audit(_ daemon: Daemon) throws(Trouble) {
    var accounts = fleet.accounts
    try Audit(connection: try daemon.connect()).check(&accounts, &position)
    fleet.accounts = accounts
  }

  /// Has every client ask again for what it asked last, by its keys.
  func repeatLastCreations(_ daemon: Daemon) throws(Trouble) {
    let connection = try daemon.connect()
    for seat in fleet.seats {
      var writer = seat.writer.withLock { $0 }
      try writer.repeatLastCreations(connection)
      let returning = writer
      seat.writer.withLock { $0 = returning }
    }
  }

  /// Ends the daemon cleanly and starts it again: the state must be the same.
  mutating func restartCleanly(_ daemon: Daemon) throws(Trouble) -> Daemon {
    let before = try daemon.digest()
    try daemon.stop()
    let next = try startAndAudit()
    let after = try next.digest()
    guard before == after else {
      throw .finding("the digest was \(before), and is \(after) after a clean restart")
    }
    return next
  }

  /// All clients write until told to stop; each write must be answered.
  func writeCalmly(_ count: Int, _ daemon: Daemon) throws(Trouble) {
    try fleet.sendOut(to: command.socket)
    try fleet.awaitAcknowledgements(count)
    fleet.recall()
    try fleet.awaitReturn()
    for case .success(let end) in fleet.ends where end != .answered {
      throw .finding("a client ended with \(end), with nothing wrong: \(daemon.said)")
    }
  }
}
