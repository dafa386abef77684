// What the crash explorer runs: a script is a list of steps over a ledger on a simulated disk. A
// new way to touch the disk is a new case of `CrashStep` and a line in `CrashScript.all`; crashes,
// faults, images and judging follow by themselves.

import EventLog
import TestSupport
import Testing
import TokenLedger

@testable import LedgerStore

/// A change of a token.
enum TokenChange {
  /// A new token, with an access token of this size.
  case create(secretBytes: Int)
  /// A scope for a token.
  case grant(Int64)
  /// The end of a token.
  case delete(Int64)
  /// A new access token of this size.
  case refresh(Int64, secretBytes: Int)
}

/// What a script does next.
enum CrashStep {
  /// A process starts, and opens the ledger. One that ran before dies without a last word.
  case start
  /// The changes become durable in one commit.
  case commit([TokenChange])
  /// Dead secrets leave the log, also those of deleted tokens.
  case compact
  /// The state is written down, from which the next start goes on.
  case snapshot
  /// The secrets of a token leave the log.
  case erase(Int64)
  /// From here on the disk takes no further byte.
  case fillDisk
  /// The changes are refused for lack of room.
  case refused([TokenChange])
  /// The disk has room again.
  case makeRoom
  /// The power fails during a commit of `events` new tokens: of its sectors, those at these places
  /// modulo `period` are lost.
  case tear(events: Int, losing: Set<Int>, period: Int)
}

/// A named list of steps.
struct CrashScript: Sendable, CustomTestStringConvertible {
  let name: String
  let segmentSizeBytes: Int
  let steps: [CrashStep]
  /// How many distinct states of the disk a campaign of 1 must have judged at least.
  let minimumStates: Int
  /// Of the states of a disk, one in so many has every crash of its recovery explored.
  let nesting: Int
  /// Whether secrets are sealed.
  var isSealed = false

  var testDescription: String { name }

  /// The keys of the ledger; salts are drawn anew by each start.
  var keys: KeyRing {
    guard isSealed, let key = LedgerKey([UInt8](repeating: 7, count: 32)) else { return KeyRing() }
    return KeyRing(key)
  }

  /// The settings of the ledger: everything that is written follows from the script.
  var options: StoreOptions {
    var options = StoreOptions.small(segmentSizeBytes: segmentSizeBytes)
    options.newLedgerID = LedgerID((0..<16).map { UInt8($0) })
    return options
  }
}

extension CrashScript {
  private static let small = TokenChange.create(secretBytes: 5)

  /// Every script.
  static let all: [CrashScript] = [
    CrashScript(
      name: "first start and appends", segmentSizeBytes: 1 << 20,
      steps: [
        .start, .commit([small]), .commit([small, small, .delete(1)]), .commit([.grant(2)]),
        .start, .commit([small]),
      ],
      minimumStates: 200, nesting: 1),
    CrashScript(
      name: "large appends and room", segmentSizeBytes: 1 << 20,
      steps: [
        .start, .commit([.create(secretBytes: 1500)]),
        .commit([.create(secretBytes: 2500), small]),
        .commit([.create(secretBytes: 6000)]), .commit([small]),
      ],
      minimumStates: 22_000, nesting: 1),
    CrashScript(
      name: "rotation", segmentSizeBytes: 700,
      steps: [
        .start, .commit([small]), .commit([small, .delete(1)]), .commit([small]),
        .commit([.create(secretBytes: 900)]), .commit([.grant(3)]), .start, .commit([small]),
        .commit([.create(secretBytes: 2000)]), .commit([.create(secretBytes: 2200), .delete(3)]),
      ],
      minimumStates: 13_000, nesting: 1),
    CrashScript(
      name: "a full disk", segmentSizeBytes: 20_000,
      steps: [
        .start, .commit([small]), .fillDisk, .refused([.create(secretBytes: 9000)]), .makeRoom,
        .commit([.create(secretBytes: 9000)]), .fillDisk,
        .refused([.create(secretBytes: 12_000)]), .start, .makeRoom, .commit([small]),
        .commit([.create(secretBytes: 3000)]),
      ],
      minimumStates: 8000, nesting: 4),
    CrashScript(
      name: "a torn start", segmentSizeBytes: 1 << 20,
      steps: [
        .start, .commit([small]), .tear(events: 12, losing: [1], period: 3), .start,
        .commit([small]),
      ],
      minimumStates: 700, nesting: 1),
    CrashScript(
      name: "torn twice, and rotated", segmentSizeBytes: 3000,
      steps: [
        .start, .commit([small]), .tear(events: 10, losing: [0], period: 2), .start,
        .tear(events: 10, losing: [1], period: 2), .start, .commit([small, small]),
        .commit([.create(secretBytes: 2500)]),
      ],
      minimumStates: 9000, nesting: 1),
    CrashScript(
      name: "compaction", segmentSizeBytes: 1000,
      steps: [
        .start, .commit([.create(secretBytes: 300), small]),
        .commit([.refresh(1, secretBytes: 310)]), .commit([.refresh(1, secretBytes: 320)]),
        .commit([.refresh(1, secretBytes: 330), .delete(2)]), .compact, .start,
        .commit([.refresh(1, secretBytes: 340)]), .commit([small]), .compact,
      ],
      minimumStates: 500, nesting: 16, isSealed: true),
    CrashScript(
      name: "erasing", segmentSizeBytes: 1000,
      steps: [
        .start, .commit([.create(secretBytes: 300), .create(secretBytes: 200)]),
        .commit([.refresh(1, secretBytes: 310)]), .commit([.refresh(2, secretBytes: 320)]),
        .erase(1), .commit([.refresh(1, secretBytes: 330)]), .erase(2), .erase(2),
      ],
      minimumStates: 700, nesting: 16, isSealed: true),
    CrashScript(
      name: "snapshots", segmentSizeBytes: 1000,
      steps: [
        .start, .commit([.create(secretBytes: 300), small]), .snapshot,
        .commit([.refresh(1, secretBytes: 310)]), .start, .commit([.delete(2)]), .snapshot,
        .commit([.refresh(1, secretBytes: 320), small]), .compact, .snapshot, .start,
        .commit([.grant(1)]), .erase(1), .snapshot, .start, .commit([small]),
      ],
      minimumStates: 500, nesting: 16, isSealed: true),
  ]
}
