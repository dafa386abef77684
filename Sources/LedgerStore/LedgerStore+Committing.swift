// The way of the pending batch to the disk and back into the state: `submit`, then `collect`.
// Invariant: at most one batch is being written; its events come before the pending ones. Whatever
// becomes of it, `collect` tells it once, and the state has changed for `durable` only.

import EventLog
import TokenLedger

extension LedgerStore {
  /// Whether a batch is being written.
  public var isCommitting: Bool { inFlight.submittedCount > 0 }

  /// The descriptor that becomes readable when ``collect()`` has something; nil without a thread.
  public var commitDescriptor: CInt? { committer.descriptor }

  /// From here on batches are written by a thread of their own, and ``submit()`` never waits.
  ///
  /// - Throws: `log` with `system`; nothing can be written then.
  public func startCommitThread() throws(StoreError) {
    do throws(LogError) { try committer.startThread() } catch { throw .log(error) }
  }

  /// Waits until the submitted batch is written, and ends the thread; ``collect()`` then has the
  /// last outcome.
  public func stopCommitThread() {
    committer.stop()
  }

  /// From here on batches are written by ``writeSubmitted()``: a simulation chooses the moment.
  package func commitStepwise() {
    committer.writeStepwise()
  }

  /// Writes the submitted batch, whose outcome ``collect()`` then has; does nothing without one.
  package func writeSubmitted() {
    committer.writeSubmitted()
  }

  /// Hands the pending batch to the writer, unless there is none or another is being written.
  ///
  /// With a thread this returns at once and ``collect()`` has the outcome later; without one, the
  /// batch is on the disk afterwards, and ``collect()`` has the outcome now.
  public func submit() {
    guard !isCommitting, !pending.isEmpty else { return }
    guard let first = inFlight.waiting.first?.sequence, let empty = spare.take()
    else { preconditionFailure("a pending batch has events, and one batch is always spare") }
    precondition(
      pending.eventCount == inFlight.waiting.count, "what is pending is what is in flight")
    let batch = exchange(&pending, with: empty)
    inFlight.submit()
    committer.submit(
      batch, firstSequence: first.rawValue, nowMicroseconds: now.microseconds,
      startsSegment: exchange(&pendingStartsSegment, with: false))
  }

  /// The outcome of the submitted batch, once there is one; nil before.
  ///
  /// After `durable` its events are in the state; after `refused` and `failed` none is in flight.
  public func collect() -> CommitReport? {
    guard isCommitting, var write = committer.poll() else { return nil }
    switch write.outcome {
    case .committed(let commit):
      settle(commit, write.batch)
      reclaim(&write)
      return .durable(state.lastSequence)
    case .refused(let file):
      abandon(&write)
      compaction?.noteAbandoned(file: file)
      return .refused(file: file)
    case .failed(let error):
      abandon(&write)
      return .failed(error)
    }
  }

  /// Writes what is pending and waits for it, without a thread.
  ///
  /// - Throws: `log` with `diskFull` (nothing was written, and writing may go on), or with the
  ///   failure that ended the log.
  public func commit() throws(StoreError) {
    submit()
    switch collect() {
    case nil, .durable: return
    case .refused(let file): throw .log(.diskFull(file: file))
    case .failed(let error): throw .log(error)
    }
  }

  /// Takes the durable events into the state and the index.
  private func settle(_ commit: Commit, _ batch: borrowing LogBatch) {
    for (offset, event) in inFlight.takeSubmitted().enumerated() {
      do throws(MisfitEvent) { try state.apply(event) } catch {
        preconditionFailure("the ledger wrote an event that does not fit: \(error)")
      }
      let place = commit.location(ofEventAt: batch.offset(ofEvent: offset))
      index.note(event.sequence, event.id, at: place)
      if event.tag == .compactionStarted { lastCompactionSegment = UInt64(place.segment) }
    }
    head = head?.following(commit)
  }

  /// Forgets everything in flight, also what was decided on after the batch.
  private func abandon(_ write: inout CompletedWrite) {
    inFlight.removeAll()
    pending.removeAll()
    pendingStartsSegment = false
    reclaim(&write)
  }

  private func reclaim(_ write: inout CompletedWrite) {
    var batch = exchange(&write.batch, with: LogBatch())
    batch.removeAll()
    spare = consume batch
  }
}
