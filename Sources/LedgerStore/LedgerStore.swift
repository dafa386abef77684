// A ledger on disk: the log, the state that it folds into, and the events between the two.
//
//   decide ──> append ──> pending batch ──submit──> writer ──> durable ──collect──> apply
//
// Invariants: nothing is shown before it is durable; what is refused leaves no trace; after a
// failed sync nothing is written any more.
// Owner: one thread. In the daemon a second thread writes and syncs (`GroupCommit`).

public import EventLog
import LinuxIO
public import TokenLedger

/// An open ledger: queries on ``state``, writes by ``append(_:origin:)`` and a commit.
public final class LedgerStore {
  /// The settings.
  public let options: StoreOptions
  /// What all durable events amount to.
  public internal(set) var state: LedgerState
  /// The end of the durable log, to keep elsewhere in order to notice a loss; nil: no log yet.
  public internal(set) var head: LogHead?

  var index: EventIndex
  var reader: LogReader
  let storage: any LogStorage
  var rebuilder: SideWork<RebuildRequest, RebuiltState>
  var rewriter: SideWork<RewriteRequest, RewriteOutcome>
  /// The snapshots, and what is done for them; nil where none are kept.
  var snapshots: SnapshotUpkeep?
  /// The compaction under way.
  var compaction: CompactionRun?
  /// The secrets that tokens have, as far as the compaction under way has gathered them; beside it,
  /// as a list that two hold is copied when it grows.
  var neededSecrets: [SecretPlace] = []
  /// The segment that the latest compaction began; 0 for none.
  var lastCompactionSegment: UInt64
  /// How often segments were replaced: places learnt before are others now.
  public internal(set) var layout = 0
  var inFlight = InFlight()
  /// Events decided on since the last submission.
  var pending = LogBatch()
  /// Whether they are to begin a segment.
  var pendingStartsSegment = false
  /// An empty batch, to take the place of the one that is being written.
  var spare: LogBatch? = LogBatch()
  var committer: Committer
  /// Seals and opens secrets.
  var sealer: SecretSealer
  /// The data directory, where the store was opened there.
  var directory: String?
  /// The right to write to the directory, held as long as the store.
  var lock: DirectoryLock?
  /// Scratch of `append`.
  private var facts: [UInt8] = []

  init(
    options: StoreOptions, replayed: consuming ReplayedLedger, storage: any LogStorage,
    head: LogHead?, committer: consuming Committer, sealer: SecretSealer
  ) {
    self.options = options
    self.index = replayed.index
    lastCompactionSegment = replayed.lastCompactionSegment
    self.state = replayed.takeState()
    self.reader = LogReader(storage: storage)
    self.storage = storage
    self.rebuilder = SideWork { request, stop in request.carriedOut(until: stop) }
    self.rewriter = SideWork { request, stop in request.carriedOut(until: stop) }
    self.head = head
    self.committer = committer
    self.sealer = sealer
  }

  /// The present moment.
  public var now: UnixTime { options.clock.now }

  /// Whether nothing can be written, because the ledger was opened for reading.
  public var isReadOnly: Bool { committer.isAbsent }

  /// The room that the file system has left, in bytes; nil when it does not say.
  public var freeBytes: Int? { try? storage.freeBytes() }

  // MARK: What is in flight

  /// The last event in flight for `token`; a write to it waits for that one.
  public func inFlightEvent(of token: TokenID) -> EventSequence? { inFlight.sequence(of: token) }

  /// The event in flight that used `key`; another use waits for that one.
  public func inFlightEvent(ofKey key: Text) -> EventSequence? { inFlight.sequence(ofKey: key) }

  /// The id that a token created now gets; nil when the numbers are used up.
  public var freeTokenID: TokenID? {
    guard let afterFlight = inFlight.freeTokenID, let id = state.nextTokenID
    else { return inFlight.freeTokenID == nil ? state.nextTokenID : nil }
    return afterFlight.map { max($0, id) }
  }

  /// The id of the first event in flight; nil for none.
  public var firstInFlightID: EventID? { inFlight.waiting.first?.id }

  /// How many events are not durable yet.
  public var inFlightCount: Int { inFlight.waiting.count }

  /// How many bytes wait for the next submission.
  public var pendingBytes: Int { pending.sizeBytes }

  // MARK: Appending

  /// Puts events into the pending batch: they become durable together, by a later commit.
  ///
  /// - Parameters:
  ///   - proposals: decided against ``state``, about nothing that is in flight. One about the same
  ///     token as the one before it is caused by that one.
  ///   - origin: who asked, and why.
  /// - Returns: the sequence of the last one.
  /// - Throws: `LIMIT` as a rejection, when an event or all of them together are too large. Nothing
  ///   was appended.
  /// - Precondition: not read-only; at least one proposal.
  public func append(
    _ proposals: [ProposedEvent], origin: Origin
  ) throws(Rejection) -> EventSequence {
    precondition(!isReadOnly, "append to a ledger that was opened for reading")
    precondition(!proposals.isEmpty, "append of nothing")
    guard proposals.count <= Limits.eventsPerCommand
    else { throw .limit(what: "events of one command", maximum: Limits.eventsPerCommand) }
    let eventBytes = LogFormat.frameHeadSizeBytes + origin.envelopeBytes
    let overhead = sealer.overheadBytes
    try checkRoom(proposals.reduce(0) { $0 + eventBytes + $1.secretsBytes(overhead: overhead) })
    var last = inFlight.last?.sequence ?? state.lastSequence
    var before: ProposedEvent?
    for proposal in proposals {
      let follows = before != nil && proposal.token != nil && before?.token == proposal.token
      last = try append(proposal, after: follows ? last : nil, origin: origin)
      before = proposal
    }
    return last
  }

  /// Several events are small ones but for their secrets; one event may have any size that a frame
  /// takes.
  private func checkRoom(_ sizeBytes: Int) throws(Rejection) {
    let left = LogFormat.maximumBatchSizeBytes - pending.sizeBytes
    guard sizeBytes <= left
    else { throw .limit(what: "bytes of one command's events", maximum: left) }
  }

  /// Appends one event; `predecessor` is the one just before it, if it is about the same token.
  private func append(
    _ proposal: ProposedEvent, after predecessor: EventSequence?, origin: Origin
  ) throws(Rejection) -> EventSequence {
    let lastSequence = inFlight.last?.sequence ?? state.lastSequence
    let lastID = inFlight.last?.id ?? state.lastEventID
    let event = Event(
      sequence: lastSequence.next, id: lastID.following(at: now), token: proposal.token,
      previous: predecessor ?? proposal.previous, actor: origin.actor,
      cause: predecessor ?? origin.cause,
      reason: origin.reason, key: proposal.key, body: proposal.body)
    facts.removeAll(keepingCapacity: true)
    event.encodeFacts(into: &facts)
    assert(event.sectionCount == proposal.secrets.count, "each present secret has its section")
    do throws(BatchLimit) {
      try pending.append(facts: facts, sections: sections(of: proposal, event))
    } catch {
      throw error.rejection
    }
    inFlight.append(event)
    return event.sequence
  }

  /// The sections that keep an event's secrets.
  private func sections(of proposal: ProposedEvent, _ event: Event) -> [[UInt8]] {
    var sections: [[UInt8]] = []
    for (index, secret) in proposal.secrets.enumerated() {
      sections.append(
        sealer.section(
          of: secret,
          SecretBinding(
            sequence: event.sequence, token: event.token, tag: event.tag.rawValue,
            section: index)))
    }
    return sections
  }
}

extension ProposedEvent {
  /// What the sections of its secrets take.
  fileprivate func secretsBytes(overhead: Int) -> Int {
    secrets.reduce(0) { $0 + LogFormat.frameHeadSizeBytes + overhead + $1.bytes.count }
  }
}

extension Origin {
  /// An upper bound of what an envelope without key takes in an event's facts.
  fileprivate var envelopeBytes: Int {
    128 + (reason?.utf8.count ?? 0) + Limits.clientNameBytes
  }
}

extension BatchLimit {
  fileprivate var rejection: Rejection {
    switch self {
    case .bodySize:
      .limit(what: "bytes of one event", maximum: LogFormat.maximumBodySizeBytes)
    case .sectionCount:
      .limit(what: "secrets of one event", maximum: LogFormat.maximumSections)
    case .batchSize:
      .limit(what: "bytes of events in flight", maximum: LogFormat.maximumBatchSizeBytes)
    }
  }
}
