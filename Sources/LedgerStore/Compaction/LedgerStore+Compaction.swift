// Compaction from the loop's side: small steps between the turns, and tasks for the thread beside
// it. Only here does what the thread made take effect: the rename, the index, the open files.
// The stages and what holds between them: `CompactionRun`. schema/log.md section 6.

import EventLog
public import LinuxIO
import TokenLedger

extension LedgerStore {
  /// So many tokens are looked at in one step.
  static let compactionSliceRows = 4096

  /// Whether a compaction is under way.
  public var isCompacting: Bool { compaction != nil }

  /// What the compaction under way did so far, and how many segments it has to look at.
  public var compactionProgress: (summary: CompactionSummary, segments: Int)? {
    compaction.map { ($0.summary, $0.segments.count) }
  }

  /// What the compaction under way is for.
  public var compactionRequest: CompactionRequest? { compaction?.request }

  /// How many segments were begun since the latest compaction began.
  public var segmentsSinceCompaction: Int {
    Int((head?.segment ?? 0) - min(head?.segment ?? 0, max(lastCompactionSegment, 1)))
  }

  /// The descriptor that becomes readable when ``carryOnCompaction()`` has something to go on with;
  /// nil without a thread.
  public var compactionDescriptor: CInt? { rewriter.descriptor }

  /// Whether ``carryOnCompaction()`` has something to do that nothing will wake it for.
  public var isCompactionDue: Bool {
    if compaction?.abandonedFile != nil { return true }
    return switch compaction?.stage {
    case .ending, .announcing, .collecting: true
    case .waiting(let sequence), .concluding(let sequence): sequence <= state.lastSequence
    case .working: rewriter.descriptor == nil
    case .installing: !isRebuilding
    case nil: false
    }
  }

  /// From here on segments are rewritten by a thread of their own.
  ///
  /// - Throws: `SystemError` of the thread and what wakes it.
  public func startCompactionThread() throws(SystemError) {
    try rewriter.startThread(name: "compaction", yields: true)
  }

  /// Gives up the compaction under way, which leaves nothing half done, and ends the thread.
  public func stopCompactionThread() {
    rewriter.stop()
  }

  /// Begins a compaction, which ``carryOnCompaction()`` then carries on.
  ///
  /// - Throws: `tokenNotFound` where the request names a token that never was.
  /// - Precondition: none is under way; the store is not read-only.
  public func beginCompaction(_ request: CompactionRequest) throws(CompactionFailure) {
    precondition(compaction == nil && !isReadOnly, "a compaction that cannot begin")
    if case .token(let id) = request.scope, state.tokenEvenIfDeleted(id) == nil {
      throw .rejected(.tokenNotFound(id))
    }
    let limit = try deletionLimit(request)
    var run = CompactionRun(
      request: request, stage: .ending(row: 0, before: limit), start: state.lastSequence)
    if case .token = request.scope { run.stage = .announcing }
    if request.isDryRun {
      run.deletionLimit = limit
      run.stage = .collecting(row: 0)
    }
    neededSecrets = []
    compaction = run
  }

  /// The first event that is younger than the grace period.
  private func deletionLimit(
    _ request: CompactionRequest
  ) throws(CompactionFailure) -> EventSequence {
    let milliseconds = now.microseconds / 1000 - request.graceMilliseconds
    let id = EventID(milliseconds: UInt64(max(0, milliseconds)), counter: 0)
    do throws(StoreError) { return try firstSequence(atOrAfter: id) } catch {
      throw .store(error)
    }
  }

  /// Does the next step of the compaction under way, if it can be done now.
  ///
  /// - Returns: what came of it, once it is over; nil before, and without one.
  /// - Complexity: O(``compactionSliceRows``), and one rename for each segment.
  public func carryOnCompaction() -> Result<CompactionSummary, CompactionFailure>? {
    guard let run = compaction else { return nil }
    do throws(CompactionFailure) {
      if let file = run.abandonedFile {
        compaction?.abandonedFile = nil
        throw .store(.log(.diskFull(file: file)))
      }
      switch run.stage {
      case .ending(let row, let limit): try endTokens(from: row, before: limit, run.request)
      case .announcing: try announce(run.request)
      case .waiting(let sequence):
        if sequence <= state.lastSequence { planOrCollect(run.request) }
      case .collecting(let row): collect(from: row, run)
      case .working: try takeOutcome()
      case .installing(let segment): if !isRebuilding { try install(segment) }
      case .concluding(let sequence):
        guard sequence <= state.lastSequence else { return nil }
        compaction = nil
        return .success(run.summary)
      }
    } catch {
      compaction = nil
      return .failure(error)
    }
    guard let run = compaction, run.isFinishedDryRun else { return nil }
    compaction = nil
    return .success(run.summary)
  }

  // MARK: Events

  private func endTokens(
    from row: Int, before limit: EventSequence, _ request: CompactionRequest
  ) throws(CompactionFailure) {
    let end = min(row + Self.compactionSliceRows, state.knownTokenCount)
    let events = state.decideErasures(inRows: row..<end, deletedBefore: limit)
      .filter { event in event.token.flatMap { inFlightEvent(of: $0) } == nil }
    if !events.isEmpty { _ = try appendForCompaction(events, request.origin) }
    compaction?.summary.tokenCount += events.count
    compaction?.stage =
      end == state.knownTokenCount ? .announcing : .ending(row: end, before: limit)
  }

  private func announce(_ request: CompactionRequest) throws(CompactionFailure) {
    var event = ProposedEvent(
      token: nil,
      body: .compactionStarted(
        CompactionStart(graceMilliseconds: UInt64(max(0, request.graceMilliseconds)))))
    if case .token(let id) = request.scope {
      guard inFlightEvent(of: id) == nil else { return }
      do throws(Rejection) { event = try state.decideErase(id) ?? event } catch {
        throw .rejected(error)
      }
    }
    let sequence = try appendForCompaction([event], request.origin, startsSegment: true)
    compaction?.start = sequence
    compaction?.stage = .waiting(sequence)
  }

  private func conclude(_ run: CompactionRun) throws(CompactionFailure) {
    let event = ProposedEvent(
      token: nil,
      body: .compacted(
        Compaction(
          first: EventSequence(1), last: EventSequence(run.start.rawValue - 1),
          bytesBefore: UInt64(run.summary.bytesBefore),
          bytesAfter: UInt64(run.summary.bytesAfter))))
    var origin = run.request.origin
    origin.cause = run.start
    compaction?.stage = .concluding(try appendForCompaction([event], origin))
  }

  private func appendForCompaction(
    _ events: [ProposedEvent], _ origin: Origin, startsSegment: Bool = false
  ) throws(CompactionFailure) -> EventSequence {
    do throws(Rejection) {
      let sequence = try append(events, origin: origin)
      if startsSegment { pendingStartsSegment = true }
      return sequence
    } catch {
      throw .rejected(error)
    }
  }

  // MARK: The plan

  private func planOrCollect(_ request: CompactionRequest) {
    switch request.scope {
    case .dead: compaction?.stage = .collecting(row: 0)
    case .token(let id):
      let through = EventSequence((compaction?.start ?? .zero).rawValue - 1)
      rewriter.begin(task(.list(ErasurePlan(scope: .ofToken(id), through: through))))
      compaction?.stage = .working
    }
  }

  private func collect(from row: Int, _ run: CompactionRun) {
    let request = run.request
    let end = min(row + Self.compactionSliceRows, state.knownTokenCount)
    let microseconds =
      now.microseconds - request.graceMilliseconds * 1000 - request.validDuration.microseconds
    state.appendNeededSecrets(
      inRows: row..<end,
      accessMadeAtOrAfter: UnixTime(clampingMicroseconds: microseconds),
      exceptDeletedBefore: run.deletionLimit, to: &neededSecrets)
    guard end == state.knownTokenCount else {
      compaction?.stage = .collecting(row: end)
      return
    }
    let through = request.isDryRun ? state.lastSequence : EventSequence(run.start.rawValue - 1)
    rewriter.begin(task(.plan(exchange(&neededSecrets, with: []), through: through)))
    compaction?.stage = .working
  }

  // MARK: The thread

  private func task(_ task: RewriteTask) -> RewriteRequest {
    RewriteRequest(
      task: task, storage: storage, lowWaterBytes: options.log.lowWaterBytes,
      bytesPerSecond: compaction?.request.bytesPerSecond ?? 0)
  }

  private func takeOutcome() throws(CompactionFailure) {
    guard let outcome = rewriter.poll() else { return }
    switch outcome {
    case .planned(let plan, let segments):
      compaction?.plan = plan
      compaction?.segments = segments
      try beginNextSegment()
    case .estimated(let estimate, let sizeBytes):
      note(estimate, sizeBytes)
      try beginNextSegment()
    case .rewritten(nil):
      compaction?.summary.segmentCount += 1
      try beginNextSegment()
    case .rewritten(let segment?): compaction?.stage = .installing(segment)
    case .synced: try beginNextSegment()
    case .failed(let error): throw .store(.log(error))
    case .stopped: throw .stopped
    }
  }

  private func beginNextSegment() throws(CompactionFailure) {
    guard let run = compaction, let plan = run.plan else { return }
    guard run.segmentsDone < run.segments.count else {
      if !run.request.isDryRun { try conclude(run) }
      return
    }
    let name = run.segments[run.segmentsDone]
    compaction?.segmentsDone += 1
    let isLast = run.segmentsDone + 1 == run.segments.count
    rewriter.begin(
      task(
        run.request.isDryRun
          ? .estimate(name, plan, isOpen: isLast) : .rewrite(name, plan)))
  }

  private func install(_ segment: RewrittenSegment) throws(CompactionFailure) {
    do throws(LogError) { try SegmentRewriting.install(segment, in: storage) } catch {
      SegmentRewriting.discard(segment, in: storage)
      throw .store(.log(error))
    }
    index.move(to: segment.places, inSegment: segment.number)
    reader.forget(segment: segment.number)
    layout += 1
    compaction?.summary.segmentCount += 1
    compaction?.summary.rewrittenCount += 1
    compaction?.summary.secretCount += segment.erasedCount
    compaction?.summary.bytesBefore += segment.bytesBefore
    compaction?.summary.bytesAfter += segment.bytesAfter
    rewriter.begin(task(.sync))
    compaction?.stage = .working
  }

  private func note(_ estimate: ErasureEstimate, _ sizeBytes: Int) {
    compaction?.summary.segmentCount += 1
    guard estimate.sectionCount > 0 else { return }
    compaction?.summary.rewrittenCount += 1
    compaction?.summary.secretCount += estimate.sectionCount
    compaction?.summary.bytesBefore += sizeBytes
    compaction?.summary.bytesAfter += sizeBytes - estimate.bytes
  }
}

extension CompactionRun {
  /// Whether a dry run has looked at every segment.
  fileprivate var isFinishedDryRun: Bool {
    request.isDryRun && plan != nil && segmentsDone == segments.count
      && summary.segmentCount == segments.count
  }
}

extension LedgerStore {
  /// Carries a compaction out at once: for tools, that have the ledger to themselves.
  ///
  /// - Parameters:
  ///   - request: What is to be taken out.
  ///   - progress: Is told how many segments were looked at, and how many there are.
  /// - Returns: What was done.
  /// - Throws: `CompactionFailure`; what was done until then holds.
  /// - Precondition: as ``beginCompaction(_:)``; no threads were started.
  /// - Complexity: O(size of the log).
  public func compact(
    _ request: CompactionRequest, _ progress: (Int, Int) -> Void = { _, _ in }
  ) throws(CompactionFailure) -> CompactionSummary {
    try beginCompaction(request)
    while true {
      if let result = carryOnCompaction() { return try result.get() }
      if let run = compaction { progress(run.segmentsDone, run.segments.count) }
      do throws(StoreError) { try commit() } catch {
        // For want of room the compaction fails by itself, with its own words.
        guard error.isDiskFull else { throw .store(error) }
      }
    }
  }
}
