// What the thread beside the loop does for a compaction, one task at a time. It reads and writes
// files; what it makes takes effect by the loop's hand (`install`), between two turns.
// Invariant: a task that fails or is stopped leaves no file behind, or one that a start removes.

import EventLog
import TokenLedger

/// A piece of a compaction.
enum RewriteTask: Sendable {
  /// Puts the places of needed secrets in order, and lists the segments.
  case plan([SecretPlace], through: EventSequence)
  /// Lists the segments.
  case list(ErasurePlan)
  /// Says what would be freed in a segment.
  case estimate(String, ErasurePlan, isOpen: Bool)
  /// Rewrites a segment.
  case rewrite(String, ErasurePlan)
  /// Waits until an installed segment is on the disk.
  case sync
}

/// What came of it.
enum RewriteOutcome: Sendable {
  case planned(ErasurePlan, segments: [String])
  case estimated(ErasureEstimate, sizeBytes: Int)
  /// nil: there was nothing to erase.
  case rewritten(RewrittenSegment?)
  case synced
  case failed(LogError)
  /// The sign was raised.
  case stopped
}

/// A task, and what it works on.
struct RewriteRequest: Sendable {
  let task: RewriteTask
  let storage: any LogStorage
  let lowWaterBytes: Int
  let bytesPerSecond: Int

  /// Carries the task out.
  func carriedOut(until stop: StopSign) -> RewriteOutcome {
    let pace = RewriteThrottle(bytesPerSecond: bytesPerSecond, until: stop)
    do throws(LogError) {
      switch task {
      case .plan(let places, let through):
        let plan = ErasurePlan(scope: .allBut(places.sorted()), through: through)
        return .planned(plan, segments: try segments(of: plan))
      case .list(let plan): return .planned(plan, segments: try segments(of: plan))
      case .estimate(let name, let plan, let isOpen):
        let (estimate, size) = try SegmentRewriting.estimate(
          name, in: storage, isOpen: isOpen, erasing: plan, pace: pace)
        return estimate.map { .estimated($0, sizeBytes: size) } ?? .stopped
      case .rewrite(let name, let plan):
        let segment = try SegmentRewriting.rewrite(
          name, in: storage, lowWaterBytes: lowWaterBytes, erasing: plan,
          stride: EventIndex.stride, pace: pace)
        return stop.isRaised && segment == nil ? .stopped : .rewritten(segment)
      case .sync:
        try SegmentRewriting.syncInstalled(in: storage)
        return .synced
      }
    } catch {
      return .failed(error)
    }
  }

  /// The segments that begin with or before the plan's last event.
  private func segments(of plan: ErasurePlan) throws(LogError) -> [String] {
    try SegmentRewriting.segments(of: storage, beginningThrough: plan.through.rawValue)
  }
}
