// kill -9 at any moment of writing, again and again, on a ledger that goes on growing. It proves
// the process and its files, not the disk: the kernel keeps what was written.
// Segments are small, so that kills fall into rotations; now and then a start is killed as well.

import Glibc
import LinuxIO
import TestSupport

/// The mode `kill`.
struct KillCampaign: Campaign {
  let assignment: Assignment
  private(set) var round = 0
  private var random: SeededGenerator
  private var killedStarts = 0
  private var acknowledgedCount = 0
  private var segmentCount = 0

  /// After so many rounds a new ledger is begun, so that a long run does not only read.
  private static let roundsPerLedger = 25

  init(_ assignment: Assignment) {
    self.assignment = assignment
    random = SeededGenerator(seed: assignment.seed)
  }

  mutating func run() throws(Trouble) -> [String] {
    while round < assignment.rounds { try playLedger() }
    return [
      "\(round) kills under \(Fleet.size) clients, and \(killedStarts) in a start",
      "\(acknowledgedCount) acknowledged writes, in \(segmentCount) segments: 0 lost, 0 invented",
    ]
  }

  /// The rounds of one ledger.
  private mutating func playLedger() throws(Trouble) {
    let data = assignment.place.file("data")
    let segmentBytes = [4096, 16_384, 65_536][Int(random.next() % 3)]
    var voyage = Voyage(
      assignment.command(data: data, segmentBytes: segmentBytes), random: &random)
    for _ in 0..<min(Self.roundsPerLedger, assignment.rounds - round) {
      round += 1
      try play(&voyage)
    }
    try voyage.startAndAudit().stop()
    acknowledgedCount += voyage.fleet.accounts.map(\.acknowledgedCount).reduce(0, +)
    segmentCount += Self.segments(in: data)
    Workplace.remove(data)
  }

  private mutating func play(_ voyage: inout Voyage) throws(Trouble) {
    if random.next() % 3 == 0 { try killInStart(voyage.command) }
    var daemon = try voyage.startAndAudit()
    try voyage.repeatLastCreations(daemon)
    try voyage.audit(daemon)
    if random.next() % 3 == 0 { daemon = try voyage.restartCleanly(daemon) }
    try voyage.fleet.sendOut(to: voyage.command.socket)
    try voyage.fleet.awaitAcknowledgements(1 + Int(random.next() % 1500))
    usleep(UInt32(random.next() % 3000))
    try daemon.kill()
    try voyage.fleet.awaitReturn()
    for case .success(let end) in voyage.fleet.ends where end != .disconnected {
      throw .finding("a client ended with \(end) before the kill: \(daemon.said)")
    }
  }

  /// Kills the daemon while it recovers; the next start has two deaths behind it.
  private mutating func killInStart(_ command: DaemonCommand) throws(Trouble) {
    let daemon = try command.launch()
    usleep(UInt32(random.next() % 20_000))
    try daemon.kill()
    killedStarts += 1
  }

  private static func segments(in data: String) -> Int {
    guard let directory = try? Directory.open(data + "/log"), let names = try? directory.names()
    else { return 0 }
    return names.filter { $0.hasSuffix(".segment") }.count
  }
}
