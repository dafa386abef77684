// What the server says of itself: LEDGER.STATUS, INFO, CONFIG GET.
// Figures and names only: never a secret, a user or a scope. Every figure is kept as it changes, so
// asking costs the reply and nothing else; but for the room on the disk, one call of statvfs.

import Bytes
import EventLog
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: LEDGER.STATUS

  func writeStatus(_ reply: inout ReplyWriter) {
    var numbers: [(StaticString, Int64)] = [
      ("tokens", Int64(store.state.tokenCount)),
      ("deleted_tokens", Int64(store.state.deletedCount)),
      ("characters", Int64(store.state.characterCount)), ("users", Int64(store.state.userCount)),
      ("scopes", Int64(store.state.scopeCount)), ("scope_sets", Int64(store.state.scopeSetCount)),
      ("events", Int64(store.eventCount)), ("events_in_flight", Int64(store.inFlightCount)),
      ("segment", Int64(store.head?.segment ?? 0)),
      ("valid_duration_us", settings.validDuration.microseconds),
      ("now_us", store.now.microseconds),
      ("low_water_bytes", Int64(store.options.log.lowWaterBytes)),
      ("refresh_workers", Int64(desk.workerCount)),
      ("refresh_jobs_queued", Int64(desk.queuedCount)),
      ("refresh_jobs_leased", Int64(desk.handedOutCount)),
      ("refresh_failing_tokens", Int64(backOff.count)),
      ("logins_on_the_way", Int64(logins.visitCount)),
      ("login_exchanges", Int64(logins.exchangeCount)),
      ("revocations", Int64(revocations.count)),
      ("held_back_tokens", Int64(store.state.heldBackCount)),
    ]
    if let bytes = store.freeBytes { numbers.append(("free_bytes", Int64(bytes))) }
    reply.writeMapHeader(pairCount: numbers.count + 6)
    for (name, number) in numbers { reply.writePair(name, number) }
    reply.writePair("last_event_id", store.state.lastEventID.text)
    reply.writePair("ledger", store.head?.ledger.description ?? "")
    reply.writePair("chain", store.head?.chain.description ?? "")
    reply.writePair("writes", writesWord)
    reply.writePair("deletion_guard", guardWord)
    let held = store.state.heldBackIDs().prefix(Self.maximumHeldShown)
    reply.writeBulk("held_back_ids")
    reply.writeArrayHeader(count: held.count)
    for id in held { reply.writeInteger(id.rawValue) }
  }

  /// The most ids of held-back tokens in LEDGER.STATUS; `TOKENS.FIND HELD` has them all.
  static let maximumHeldShown = 100

  private var guardWord: String {
    guard settings.deletionGuard != nil else { return "off" }
    return store.state.heldBackCount > 0 ? "holding" : "armed"
  }

  private var writesWord: String {
    if hasFailed { return "failed" }
    if store.isReadOnly { return "read-only" }
    return isDiskFull ? "disk-full" : "ok"
  }

  // MARK: INFO

  /// Redis's format: sections with a headline, a name and a value a line.
  func information(
    _ arguments: inout ArgumentReader, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    var wanted: Set<String> = []
    while !arguments.isAtEnd { wanted.insert(try arguments.text("a section").string.lowercased()) }
    let isAll = wanted.isEmpty || !wanted.isDisjoint(with: ["all", "default", "everything"])
    let sections = self.sections.filter { isAll || wanted.contains($0.name.lowercased()) }
    let texts = sections.map { section in
      let lines = section.lines.map { "\($0):\($1)\r\n" }.joined()
      return "# \(section.name)\r\n\(lines)"
    }
    reply.writeVerbatim(texts.joined(separator: "\r\n"))
  }

  private typealias Section = (name: String, lines: [(String, String)])

  private var sections: [Section] {
    [serverSection, clientsSection, memorySection, persistenceSection, statsSection, ledgerSection]
  }

  private var serverSection: Section {
    (
      "Server",
      [
        ("tokenledger_version", settings.programVersion), ("redis_mode", "standalone"),
        ("process_id", ProcessID.current.description),
        ("uptime_in_seconds", String(uptimeSeconds)),
      ]
    )
  }

  private var uptimeSeconds: Int64 {
    (store.options.clock.monotonicMicroseconds - startedMicroseconds) / 1_000_000
  }

  private var clientsSection: Section {
    let backlogs = sessions().map(\.backlog)
    return (
      "Clients",
      [
        ("connected_clients", String(backlogs.count)),
        ("blocked_clients", String(backlogs.count { $0.isBlocked })),
        ("slow_readers", String(backlogs.count { $0.unwrittenEvents > 0 && $0.unsentBytes > 0 })),
        ("client_unsent_bytes", String(backlogs.reduce(0) { $0 + $1.unsentBytes })),
        ("maxclients", String(settings.limits.maximumConnections)),
      ]
    )
  }

  private var memorySection: Section {
    ("Memory", [("used_memory_rss", String(CurrentProcess.residentBytes ?? 0))])
  }

  private var persistenceSection: Section {
    (
      "Persistence",
      [
        ("loading", "0"), ("log_writes", writesWord),
        ("log_events_in_flight", String(store.inFlightCount)),
        ("log_commits_durable", String(figures.commitsDurable)),
        ("log_commits_refused", String(figures.commitsRefused)),
        ("log_low_water_bytes", String(store.options.log.lowWaterBytes)),
        ("log_free_bytes", store.freeBytes.map { String($0) } ?? "unknown"),
      ] + compactionLines + snapshotLines
    )
  }

  private var compactionLines: [(String, String)] {
    let progress = store.compactionProgress
    return [
      ("compaction_running", progress == nil ? "0" : "1"),
      ("compaction_segments_done", String(progress?.summary.segmentCount ?? 0)),
      ("compaction_segments", String(progress?.segments ?? 0)),
      ("compactions_done", String(figures.compactionsDone)),
      ("compactions_failed", String(figures.compactionsFailed)),
      ("segments_since_compaction", String(store.segmentsSinceCompaction)),
    ]
  }

  private var snapshotLines: [(String, String)] {
    [
      ("snapshot_running", store.isSnapshotUnderWay ? "1" : "0"),
      ("snapshots_done", String(figures.snapshotsDone)),
      ("snapshots_failed", String(figures.snapshotsFailed)),
      ("snapshot_sequence", String(store.latestSnapshot.rawValue)),
      ("started_from_snapshot", String(store.snapshotOfStart.rawValue)),
    ]
  }

  private var statsSection: Section {
    (
      "Stats",
      [
        ("total_connections_received", String(figures.connectionsAccepted)),
        ("rejected_connections", String(figures.connectionsRefused)),
        ("total_commands_processed", String(figures.commandsProcessed)),
        ("total_error_replies", String(figures.errorsReplied)),
        ("past_states_rebuilt", String(past.rebuiltCount)),
        ("past_state_last_seq", String(past.state.lastSequence.rawValue)),
        ("past_states_wanted", String(past.wanted.count)),
      ]
    )
  }

  private var ledgerSection: Section {
    return (
      "Ledger",
      [
        ("tokens", String(store.state.tokenCount)),
        ("deleted_tokens", String(store.state.deletedCount)),
        ("scopes", String(store.state.scopeCount)),
        ("scope_sets", String(store.state.scopeSetCount)),
        ("events", String(store.eventCount)), ("last_event_id", store.state.lastEventID.text),
        ("refresh_workers", String(desk.workerCount)),
        ("refresh_jobs_queued", String(desk.queuedCount)),
        ("refresh_jobs_leased", String(desk.handedOutCount)),
        ("held_back_tokens", String(store.state.heldBackCount)), ("deletion_guard", guardWord),
      ]
    )
  }

  // MARK: CONFIG GET

  func configuration(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    let subcommand: ConfigSubcommand = try self.subcommand(&arguments, for: session)
    guard case .get = subcommand else { return }
    var patterns: [[UInt8]] = []
    while !arguments.isAtEnd {
      patterns.append(Array(try arguments.text("a pattern").string.lowercased().utf8))
    }
    let matching = shownSettings.filter { setting in
      let name = Array(setting.name.utf8)
      return patterns.contains { GlobPattern($0).matches(name) }
    }
    reply.writeMapHeader(pairCount: matching.count)
    for setting in matching {
      reply.writeBulk(setting.name)
      reply.writeBulk(setting.value)
    }
  }

  /// The operator's settings, and the names that Redis's own tools ask for.
  private var shownSettings: [(name: String, value: String)] {
    settings.shown + [
      ("save", ""), ("appendonly", "yes"), ("appendfsync", "always"), ("databases", "1"),
    ]
  }
}
