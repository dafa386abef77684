// Who makes batches durable: the caller's own thread (tools, tests, a library in process), or a
// thread beside it (the daemon, whose reads must not wait for the disk). A simulation takes the
// caller's thread, and says when it writes.
// Invariant: at most one batch is with the committer.

public import EventLog
public import TokenLedger

/// What became of submitted events.
public enum CommitReport: Equatable, Sendable {
  /// Everything up to this event is durable and in the state.
  case durable(EventSequence)
  /// There was no room on the disk: nothing that was in flight is written, nor will be.
  case refused(file: String)
  /// A write or a sync failed: the fate of what was in flight is open until the next start, and
  /// nothing can be written any more.
  case failed(LogError)
}

/// The writer of a ledger, and the thread that it runs on.
struct Committer: ~Copyable {
  /// Writes happen on the caller's thread: inside `submit`, or stepwise.
  private var writer: SegmentWriter?
  /// Whether a submitted batch waits for `writeSubmitted`.
  private var isStepwise = false
  /// The batch that waits for it.
  private var submitted: SubmittedWrite?
  /// Writes happen on a thread of their own.
  private var group: GroupCommit?
  /// What was written and `poll` has not told yet; never with a thread.
  private var finished: CompletedWrite?

  /// For a ledger that was opened for reading.
  init() {}

  /// Writes on the caller's thread.
  init(inline writer: consuming SegmentWriter) {
    self.writer = consume writer
  }

  /// Whether nothing can be written.
  var isAbsent: Bool { writer == nil && group == nil }

  /// The descriptor that becomes readable when a batch came back; nil without a thread.
  private(set) var descriptor: CInt?

  /// From here on, writes happen on a thread of their own.
  ///
  /// - Throws: `system`; the ledger cannot be written then.
  mutating func startThread() throws(LogError) {
    guard let writer = writer.take() else { return }
    let started = try GroupCommit.start(writer)
    descriptor = started.descriptor
    group = consume started
  }

  /// From here on, what is submitted is written by `writeSubmitted`.
  mutating func writeStepwise() {
    isStepwise = true
  }

  /// Waits for what was submitted, and ends the thread.
  mutating func stop() {
    group?.stop()
  }

  mutating func submit(
    _ batch: consuming LogBatch, firstSequence: UInt64, nowMicroseconds: Int64,
    startsSegment: Bool
  ) {
    if group != nil {
      group?.submit(
        batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
        startsSegment: startsSegment)
      return
    }
    submitted = SubmittedWrite(
      batch: batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
      startsSegment: startsSegment)
    if !isStepwise { writeSubmitted() }
  }

  /// Writes what was submitted, on the caller's thread; does nothing without.
  mutating func writeSubmitted() {
    guard let write = submitted.take() else { return }
    let firstSequence = write.firstSequence
    let nowMicroseconds = write.nowMicroseconds
    let startsSegment = write.startsSegment
    finished = self.write(write.batch, firstSequence, nowMicroseconds, startsSegment)
  }

  private mutating func write(
    _ batch: consuming LogBatch, _ firstSequence: UInt64, _ nowMicroseconds: Int64,
    _ startsSegment: Bool
  ) -> CompletedWrite {
    guard writer?.isPoisoned == false else {
      return CompletedWrite(batch: batch, outcome: .failed(.poisoned))
    }
    var outcome = CommitOutcome.failed(.poisoned)
    do throws(LogError) {
      let commit = try writer?.append(
        &batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
        startsSegment: startsSegment)
      if let commit { outcome = .committed(commit) }
    } catch {
      outcome = error.fileWithoutRoom.map { .refused(file: $0) } ?? .failed(error)
    }
    return CompletedWrite(batch: batch, outcome: outcome)
  }

  /// The batch that came back, if one has.
  mutating func poll() -> CompletedWrite? {
    if let write = finished.take() { return write }
    guard group != nil, let completed = group?.poll() else { return nil }
    let outcome = completed.outcome
    return CompletedWrite(batch: completed.takeBatch(), outcome: outcome)
  }
}

/// A batch on its way to the writer.
private struct SubmittedWrite: ~Copyable {
  let batch: LogBatch
  let firstSequence: UInt64
  let nowMicroseconds: Int64
  let startsSegment: Bool
}

/// A batch that came back from the writer.
struct CompletedWrite: ~Copyable {
  /// The batch with its events.
  var batch: LogBatch
  let outcome: CommitOutcome
}
