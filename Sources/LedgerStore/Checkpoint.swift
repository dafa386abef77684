// The head of a log at some moment, to be kept elsewhere: what proves later that nothing up to it
// was changed, however carefully. schema/log.md section 2.
// Invariant: a text is read back only if every line is as it would be written. It holds no secret.

import EventLog
public import TokenLedger

/// The end of a log as it was once.
public struct Checkpoint: Hashable, Sendable {
  /// The ledger's id, 32 hex digits.
  public let ledger: String
  /// The sequence of the last event.
  public let sequence: UInt64
  /// The chain value after it, 64 hex digits.
  public let chain: String
  /// When it was taken.
  public let time: UnixTime

  private static let headline = "tokenledger checkpoint 1"

  /// Puts a checkpoint together.
  ///
  /// - Returns: nil when ledger or chain are no hex digits of their length.
  public init?(ledger: String, sequence: UInt64, chain: String, time: UnixTime) {
    guard Self.isHex(ledger, 32), Self.isHex(chain, 64) else { return nil }
    self.ledger = ledger
    self.sequence = sequence
    self.chain = chain
    self.time = time
  }

  /// Reads a checkpoint's text; nil for any other.
  public init?(text: String) {
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    guard lines.count == 5, lines[0].joined(separator: " ") == Self.headline,
      lines.dropFirst().map(\.first) == ["ledger", "sequence", "chain", "time"],
      lines.dropFirst().allSatisfy({ $0.count == 2 }), let sequence = UInt64(lines[2][1]),
      let time = UnixTime(String(lines[4][1]))
    else { return nil }
    self.init(
      ledger: String(lines[1][1]), sequence: sequence, chain: String(lines[3][1]), time: time)
  }

  /// The five lines.
  public var text: String {
    """
    \(Self.headline)
    ledger \(ledger)
    sequence \(sequence)
    chain \(chain)
    time \(time.rfc3339)

    """
  }

  private static func isHex(_ text: String, _ count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

/// What a log says to a checkpoint.
public enum CheckpointVerdict: Hashable, Sendable {
  /// Nothing up to it was changed, but for secrets that were erased.
  case holds
  /// It is of another ledger, with this id.
  case otherLedger(String?)
  /// The log ends before it, with this sequence.
  case cutShort(UInt64)
  /// No batch ends there any more.
  case noCommit
  /// Another chain value stands there: something up to it was changed, and the chain made anew.
  case otherChain(String)
  /// The chain value is there, and does not follow from what stands before it.
  case brokenChain
}

/// Compares what a survey sees with checkpoints.
struct CheckpointComparison {
  private let checkpoints: [Checkpoint]
  private var chains: [UInt64: String] = [:]
  private var hasBrokenLink: Set<UInt64> = []
  private let wanted: Set<UInt64>
  private var isBroken = false

  init(_ checkpoints: [Checkpoint]) {
    self.checkpoints = checkpoints
    wanted = Set(checkpoints.map(\.sequence))
  }

  mutating func note(_ commit: SightedCommit) {
    if commit.isChainRight != true { isBroken = true }
    let last = commit.firstSequence + UInt64(commit.eventCount) - 1
    guard wanted.contains(last) else { return }
    chains[last] = "\(commit.chain)"
    if isBroken { hasBrokenLink.insert(last) }
  }

  func verdicts(_ head: LogHead?) -> [CheckpointVerdict] {
    checkpoints.map { checkpoint in
      guard let head, head.ledger.description == checkpoint.ledger
      else { return .otherLedger(head?.ledger.description) }
      guard let chain = chains[checkpoint.sequence] else {
        return head.lastSequence < checkpoint.sequence ? .cutShort(head.lastSequence) : .noCommit
      }
      guard chain == checkpoint.chain else { return .otherChain(chain) }
      return hasBrokenLink.contains(checkpoint.sequence) ? .brokenChain : .holds
    }
  }
}
