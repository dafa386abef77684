// The log's thread: it waits for the disk so that the loop does not have to. The loop fills one
// batch with whatever arrives while the batch before it is being synced; so the slower the disk,
// the larger the batches, and one sync serves all who wait.
//
// Invariant: at most one batch is with the log thread; the writer belongs to it alone.

internal import LinuxIO

/// What became of a submitted batch.
public enum CommitOutcome: Equatable, Sendable {
  /// On the disk: its events may be shown and acknowledged.
  case committed(Commit)
  /// The disk is full. Nothing was written; the batch holds its events still, and may be submitted
  /// again.
  case refused(file: String)
  /// The log failed, now or earlier: acknowledge nothing, and end.
  case failed(LogError)
}

/// A batch that came back from the disk.
public struct CompletedBatch: ~Copyable, Sendable {
  /// What became of it.
  public let outcome: CommitOutcome
  private let batch: LogBatch

  init(_ batch: consuming LogBatch, outcome: CommitOutcome) {
    self.outcome = outcome
    self.batch = batch
  }

  /// Where the event at `index` starts, from the start of the batch.
  public func offset(ofEvent index: Int) -> Int {
    batch.offset(ofEvent: index)
  }

  /// The batch with its events, to be emptied and filled again, or submitted again after `refused`.
  public consuming func takeBatch() -> LogBatch {
    batch
  }
}

/// Appends batches on a thread of its own, one at a time.
///
///     loop thread                      log thread
///     submit(batch) ---- requests ---->
///                                      append: write, sync
///     poll() <---------- outcomes -----                       loop woken through `descriptor`
///
/// Belongs to one owner thread, which submits and polls.
public struct GroupCommit: ~Copyable, Sendable {
  private let requests: Mailbox<CommitRequest>
  private let outcomes: Mailbox<CompletedBatch>
  private var thread: SystemThread?
  /// Whether a batch was submitted and has not been polled.
  public private(set) var isBusy = false

  private init(
    requests: Mailbox<CommitRequest>, outcomes: Mailbox<CompletedBatch>,
    thread: consuming SystemThread
  ) {
    self.requests = requests
    self.outcomes = outcomes
    self.thread = consume thread
  }

  deinit {
    requests.close()
  }

  /// Starts the log's thread and gives it the writer.
  ///
  /// - Throws: `system` when no descriptor or no thread can be had; the writer is gone then.
  public static func start(_ writer: consuming SegmentWriter) throws(LogError) -> GroupCommit {
    do throws(SystemError) {
      let handover = try Mailbox<SegmentWriter>()
      let requests = try Mailbox<CommitRequest>()
      let outcomes = try Mailbox<CompletedBatch>()
      handover.put(writer)
      let thread = try SystemThread.start(name: "log") {
        serve(handover, requests: requests, outcomes: outcomes)
      }
      return GroupCommit(requests: requests, outcomes: outcomes, thread: thread)
    } catch {
      throw .system(error, file: "")
    }
  }

  /// The descriptor that becomes readable when a batch came back.
  public var descriptor: CInt { outcomes.descriptor }

  /// Hands a batch to the log's thread.
  ///
  /// - Precondition: neither busy nor stopped; the batch is not empty; `firstSequence` follows the
  ///   last one.
  public mutating func submit(
    _ batch: consuming LogBatch, firstSequence: UInt64, nowMicroseconds: Int64,
    startsSegment: Bool = false
  ) {
    precondition(!isBusy, "a batch was submitted while another is being written")
    precondition(thread != nil, "a batch was submitted after the end")
    isBusy = true
    requests.put(
      CommitRequest(
        batch: batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
        startsSegment: startsSegment))
  }

  /// Takes the batch that came back, or gives `nil` when none has.
  public mutating func poll() -> CompletedBatch? {
    guard let completed = outcomes.take() else { return nil }
    isBusy = false
    return completed
  }

  /// Lets the log's thread finish what was submitted, and waits for its end.
  ///
  /// What came back can still be polled. A second call does nothing.
  public mutating func stop() {
    requests.close()
    thread.take()?.join()
  }
}

/// A batch on its way to the log's thread.
private struct CommitRequest: ~Copyable, Sendable {
  let batch: LogBatch
  let firstSequence: UInt64
  let nowMicroseconds: Int64
  let startsSegment: Bool
}

/// The log's thread: takes, appends and returns batches until the mailbox is closed.
private func serve(
  _ handover: Mailbox<SegmentWriter>, requests: Mailbox<CommitRequest>,
  outcomes: Mailbox<CompletedBatch>
) {
  guard var writer = handover.take() else { preconditionFailure("a log thread without a writer") }
  var events = EventBuffer(capacity: 1)
  while let request = requests.receive(&events) {
    let firstSequence = request.firstSequence
    let nowMicroseconds = request.nowMicroseconds
    let startsSegment = request.startsSegment
    var batch = request.batch
    let outcome = writer.commit(
      &batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
      startsSegment: startsSegment)
    outcomes.put(CompletedBatch(batch, outcome: outcome))
  }
}

extension SegmentWriter {
  /// Appends a batch, with every end as a value.
  fileprivate mutating func commit(
    _ batch: inout LogBatch, firstSequence: UInt64, nowMicroseconds: Int64, startsSegment: Bool
  ) -> CommitOutcome {
    if isPoisoned { return .failed(.poisoned) }
    do throws(LogError) {
      return .committed(
        try append(
          &batch, firstSequence: firstSequence, nowMicroseconds: nowMicroseconds,
          startsSegment: startsSegment))
    } catch {
      return error.fileWithoutRoom.map { .refused(file: $0) } ?? .failed(error)
    }
  }
}
