// The daemon on a disk that really fails: full, and read-only in the middle of writing, once each;
// then without power, round after round. A loss of power drops what was not synced, so it proves
// what a killed process cannot: that nothing is acknowledged before it is on the disk.

import Glibc
import LedgerClient
import LinuxIO
import TestSupport

/// The mode `disk`.
struct DiskCampaign: Campaign {
  let assignment: Assignment
  private(set) var round = 0
  private var random: SeededGenerator
  private var lines: [String] = []

  private static let ballast = "ballast"
  /// After so many losses of power a new disk is begun: the small one would be full some day.
  private static let roundsPerDisk = 25

  init(_ assignment: Assignment) {
    self.assignment = assignment
    random = SeededGenerator(seed: assignment.seed)
  }

  mutating func run() throws(Trouble) -> [String] {
    try SmallDisk.prepareProcess()
    try onDisk(segmentBytes: 1 << 20) { (disk, voyage) throws(Trouble) in
      try Self.fillUp(disk, &voyage)
    }
    lines.append("disk full: refused, read, healed without a restart")
    try onDisk(segmentBytes: 1 << 20) { (disk, voyage) throws(Trouble) in
      try Self.turnReadOnly(disk, &voyage)
    }
    lines.append("read-only under load: ended, and all acknowledged is there after a new mount")
    try losePower()
    return lines
  }

  /// Plays on a disk of its own, with a ledger of its own.
  private mutating func onDisk(
    segmentBytes: Int, _ play: (SmallDisk, inout Voyage) throws(Trouble) -> Void
  ) throws(Trouble) {
    let disk = try SmallDisk(in: assignment.place)
    let command = assignment.command(data: disk.path + "/data", segmentBytes: segmentBytes)
    var voyage = Voyage(command, random: &random)
    try play(disk, &voyage)
    try disk.unmount()
  }

  // MARK: Full

  private static func fillUp(_ disk: SmallDisk, _ voyage: inout Voyage) throws(Trouble) {
    let daemon = try voyage.startAndAudit()
    try voyage.writeCalmly(500, daemon)
    try disk.fill(ballast, leaving: 2 << 20)
    try voyage.fleet.sendOut(to: voyage.command.socket)
    try voyage.fleet.awaitReturn()
    for case .success(let end) in voyage.fleet.ends where end != .diskFull {
      throw .finding("a client ended with \(end) on a full disk: \(daemon.said)")
    }
    // Reads go on, and show all that was acknowledged and nothing that was refused.
    try voyage.audit(daemon)
    try disk.remove(ballast)
    try voyage.writeCalmly(500, daemon)
    try voyage.audit(daemon)
    try startOnFull(disk, &voyage, after: daemon)
  }

  /// A start needs no room: the ledger can be read, and heals as a running one does.
  private static func startOnFull(
    _ disk: SmallDisk, _ voyage: inout Voyage, after daemon: Daemon
  ) throws(Trouble) {
    try daemon.kill()
    try disk.fill(ballast, leaving: 0)
    let next = try voyage.startAndAudit()
    try disk.remove(ballast)
    try voyage.writeCalmly(500, next)
    try voyage.restartCleanly(next).stop()
  }

  // MARK: Read-only

  private static func turnReadOnly(_ disk: SmallDisk, _ voyage: inout Voyage) throws(Trouble) {
    let daemon = try voyage.startAndAudit()
    try voyage.fleet.sendOut(to: voyage.command.socket)
    try voyage.fleet.awaitAcknowledgements(1000)
    try disk.abort()
    try awaitFailure(daemon, voyage.fleet)
    try disk.unmount()
    try disk.mount()
    let next = try voyage.startAndAudit()
    try voyage.writeCalmly(500, next)
    try voyage.restartCleanly(next).stop()
  }

  /// The disk failed under the clients: each is told so or disconnected, and the daemon ends.
  private static func awaitFailure(_ daemon: Daemon, _ fleet: Fleet) throws(Trouble) {
    try fleet.awaitReturn()
    for case .success(let end) in fleet.ends where end != .readOnly && end != .disconnected {
      throw .finding("a client ended with \(end) on a failed disk: \(daemon.said)")
    }
    let end = try daemon.ended()
    guard end == .exited(74) else {
      throw .finding("\(end.text) on a failed disk: \(daemon.said)")
    }
  }

  // MARK: Without power

  private mutating func losePower() throws(Trouble) {
    var acknowledgedCount = 0
    while round < assignment.rounds {
      let disk = try SmallDisk(in: assignment.place)
      let command = assignment.command(data: disk.path + "/data", segmentBytes: 65_536)
      var voyage = Voyage(command, random: &random)
      for _ in 0..<min(Self.roundsPerDisk, assignment.rounds - round) {
        round += 1
        try losePower(disk, &voyage)
      }
      try voyage.restartCleanly(try voyage.startAndAudit()).stop()
      try disk.unmount()
      acknowledgedCount += voyage.fleet.accounts.map(\.acknowledgedCount).reduce(0, +)
    }
    lines.append(
      "\(round) losses of power, \(acknowledgedCount) acknowledged writes: 0 lost, 0 invented")
  }

  private mutating func losePower(_ disk: SmallDisk, _ voyage: inout Voyage) throws(Trouble) {
    let daemon = try voyage.startAndAudit()
    try voyage.repeatLastCreations(daemon)
    try voyage.audit(daemon)
    try voyage.fleet.sendOut(to: voyage.command.socket)
    try voyage.fleet.awaitAcknowledgements(1 + Int(random.next() % 600))
    try disk.cutPower()
    try Self.awaitFailure(daemon, voyage.fleet)
    try disk.unmount()
    try disk.mount()
  }
}
