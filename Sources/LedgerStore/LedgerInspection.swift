// The verifier: every frame, check, link and chain value of the log, and what its events amount to.
// Nothing is locked or changed, so it may run beside a daemon. Events are folded up to the first
// that is missing or does not fit: what comes behind it could not be judged.
// Places, numbers and names of files only: no byte of a payload leaves this.

public import CryptoPrimitives
public import EventLog
import LinuxIO
import TokenLedger

/// What the verifier found.
public struct LedgerInspection: Sendable {
  /// What stands in the log.
  public let report: SurveyReport
  /// The first event that cannot be read as one, or does not fit; nil for none.
  public let misfit: StoreError?
  /// The sequence of the last event that was folded.
  public let lastSequence: UInt64
  /// How many tokens there are then.
  public let tokenCount: Int
  /// The digest of the state then.
  public let digest: SHA256Digest

  /// What the log says to each checkpoint.
  public let verdicts: [CheckpointVerdict]

  /// Whether a start would refuse the ledger.
  public var isDamaged: Bool { report.isDamaged || misfit != nil }
}

extension LedgerStore {
  /// Reads the whole ledger in the directory at `path` and judges it.
  ///
  /// - Parameters:
  ///   - path: The data directory.
  ///   - checkpoints: Heads of the log as they were once.
  ///   - patience: How long to wait for a write that may be under way.
  ///   - progress: Is told the number of events read so far, now and then.
  /// - Returns: what was found.
  /// - Throws: `directory`; `log` with `system`.
  /// - Complexity: O(size of the log).
  public static func inspect(
    _ path: String, against checkpoints: [Checkpoint] = [],
    patience: SurveyPatience = SurveyPatience(), _ progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> LedgerInspection {
    var comparison = CheckpointComparison(checkpoints)
    var replayed = ReplayedLedger(seed: 0)
    var misfit: StoreError?
    var count = 0
    let report = try survey(path, patience: patience) { sighting, body in
      if case .commit(let commit) = sighting.content { comparison.note(commit) }
      guard case .event(let seen) = sighting.content else { return }
      count += 1
      if count % 4096 == 0 { progress(count) }
      let next = replayed.state.lastSequence.rawValue + 1
      guard misfit == nil, seen.isCommitted, seen.sequence == next,
        let event = LogEvent(sighting, body: body)
      else { return }
      do throws(StoreError) { try replayed.take(event) } catch { misfit = error }
    }
    let state = replayed.takeState()
    return LedgerInspection(
      report: report, misfit: misfit, lastSequence: state.lastSequence.rawValue,
      tokenCount: state.tokenCount, digest: state.digest(),
      verdicts: comparison.verdicts(report.head))
  }

  /// Shows every piece of the log in the directory at `path`, through whatever damage there is.
  ///
  /// - Throws: `directory`; `log` with `system`.
  public static func survey(
    _ path: String, patience: SurveyPatience = SurveyPatience(),
    _ visit: (Sighting, RawSpan) -> Void
  ) throws(StoreError) -> SurveyReport {
    let storage = try fileStorage(path, createIfMissing: false)
    do throws(ReplayError<Never>) {
      return try LogSurvey.run(storage, patience: patience, visit)
    } catch {
      switch error {
      case .log(let error): throw .log(error)
      }
    }
  }

  /// The directory of the log of the ledger at `path`, for who repairs it and holds its lock.
  ///
  /// - Throws: `directory`.
  public static func logStorage(of path: String) throws(StoreError) -> FileStorage {
    try fileStorage(path, createIfMissing: false)
  }

  /// What the first damage in the ledger at `path` costs, in a sentence; nil for none.
  public static func damageCost(of path: String) -> String? {
    let report = try? survey(path) { _, _ in }
    return report?.findings.first { $0.isDamage }?.cost
  }
}

extension SurveyFinding {
  /// What the finding costs, in a sentence without its end.
  ///
  /// Up to where events can be read before it, what is lost, and what can be read behind it.
  public var cost: String {
    var parts = [
      nextSequence > 1
        ? "readable up to sequence \(nextSequence - 1)" : "no event can be read before it"
    ]
    guard isDamage else { return "nothing acknowledged is lost" }
    if let lost {
      parts.append(
        lost.count == 1
          ? "sequence \(lost.lowerBound) cannot be read"
          : "sequences \(lost.lowerBound) to \(lost.upperBound - 1) cannot be read")
    }
    if readableCount == 0 {
      parts.append("no event can be read behind it")
    } else if let readableFrom, let readableThrough, readableThrough >= readableFrom {
      parts.append(
        "\(readableCount) events can be read behind it (\(readableFrom) to \(readableThrough))")
    } else {
      parts.append("\(readableCount) events can be read behind it")
    }
    return parts.joined(separator: "; ")
  }
}
