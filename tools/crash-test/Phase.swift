// The stages of a daemon's life in which file system calls are made to fail, and what is prepared
// for each: a first start finds nothing, a recovery finds the tail of an interrupted write and an
// unfinished segment. A start is traced from its first instruction; work is traced from when the
// daemon is ready, because strace counts calls by thread from when it came.

import LinuxIO
import TestSupport

/// A stage of the daemon's life.
enum Phase: String, CaseIterable {
  case firstStart = "first start"
  case restart
  case recovery
  case append
  case growth
  case rotation

  /// Whether strace comes to a daemon that is ready.
  var isAttached: Bool {
    switch self {
    case .firstStart, .restart, .recovery: false
    case .append, .growth, .rotation: true
    }
  }

  var segmentBytes: Int {
    switch self {
    case .firstStart, .append, .growth: 64 << 20
    case .restart, .recovery, .rotation: 4096
    }
  }

  /// Bytes of an access token: a few of `growth` use up the room that a segment has at first.
  var secretSizeBytes: Int { self == .growth ? 60_000 : 40 }

  /// How many writes are asked for while calls fail.
  var writeCount: Int {
    switch self {
    case .firstStart, .restart, .recovery: 2
    case .append: 4
    case .growth: 8
    case .rotation: 16
    }
  }
}

/// A ledger as a phase begins, and what its one client knows of it.
struct Template {
  /// Nil where there is no ledger yet.
  var data: String?
  var writer: Writer
  var position = LogPosition()

  /// Makes the ledger of a phase.
  init(_ phase: Phase, _ assignment: Assignment, seed: UInt64) throws(Trouble) {
    writer = Writer(account: Account(user: 1), random: SeededGenerator(seed: seed))
    writer.turnSize = 1
    writer.account.secretSizeBytes = phase.secretSizeBytes
    guard phase != .firstStart else { return }
    let data = assignment.place.file(phase.rawValue)
    self.data = data
    let daemon = try assignment.command(data: data, segmentBytes: phase.segmentBytes).start()
    try write(phase == .growth ? 2 : 30, daemon)
    var accounts = [writer.account]
    try Audit(connection: try daemon.connect()).check(&accounts, &position)
    writer.account = accounts[0]
    if phase == .recovery { try tear(data, daemon) } else { try daemon.stop() }
  }

  private mutating func write(_ count: Int, _ daemon: Daemon) throws(Trouble) {
    let connection = try daemon.connect()
    for _ in 0..<count {
      let end = try writer.takeTurn(writer.plan(), connection)
      guard end == .answered else { throw .finding("a write ended with \(end): \(daemon.said)") }
    }
  }

  /// Leaves what a death in the middle of a write and of a rotation leaves.
  private mutating func tear(_ data: String, _ daemon: Daemon) throws(Trouble) {
    var lost = writer
    let connection = try daemon.connect()
    _ = try lost.takeTurn([.create(character: lost.account.newCharacter())], connection)
    try daemon.kill()
    _ = writer.account.newCharacter()
    try needed("a torn tail") { () throws(SystemError) in
      let log = try Directory.open(data + "/log")
      guard let last = try log.names().last(where: { $0.hasSuffix(".segment") }) else { return }
      let segment = try log.openFile(last, .readWrite)
      let whole = try segment.bytes(at: 0, count: 1 << 20)
      let used = whole.count - whole.reversed().prefix { $0 == 0 }.count
      // The commit takes 72 bytes; the frame before it is cut as well.
      let zeros = [UInt8](repeating: 0, count: 90)
      try segment.writeAll(zeros.span, at: Int64(used - zeros.count))
      let unfinished = try log.openFile("99999999999999999999.segment.tmp", .readWrite, [.create])
      try unfinished.writeAll(Array(whole.prefix(50)).span, at: 0)
    }
  }
}
