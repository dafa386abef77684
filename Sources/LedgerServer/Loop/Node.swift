// The server's logic without its sockets: the ledger, the commands and the connections. Whoever
// drives it says which wires are ready and then ends the turn; nothing here waits, and the clock is
// the store's. `Server` drives it with sockets, the simulation with a seed.
//
//     serve … serve ── finishTurn: slices, ends of waits, one batch to the disk ──> serve …
//
// Owner: one thread, the store's.

import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// One ledger and those who are connected to it.
final class Node {
  let store: LedgerStore
  let executor: CommandExecutor
  let log: ServerLog

  /// By number.
  private(set) var connections: [Int64: Connection] = [:]
  private var nextNumber: Int64 = 1
  /// Connections with held replies or a pause for a commit.
  var waitingForCommit: [Connection] = []
  /// Connections that write a long reply, or wait for events.
  var streaming: [Connection] = []
  var blocked: [Connection] = []
  /// Connections that wait for the outcome of a refresh, or for jobs.
  var awaiting: [Connection] = []
  var taking: [Connection] = []
  /// Connections that wait for a past state.
  var rebuilding: [Connection] = []
  /// Connections that wait for the log to be rewritten, the first one's turn first.
  var compacting: [Connection] = []
  /// For whom the log is being rewritten; nil: nobody waits for that.
  var compactionAsker: Connection?
  /// Whether the thread that rewrites has something to say.
  var hasCompactionReport = false
  /// When the log may be rewritten unasked again, on the monotonic clock.
  var nextCompactionMicroseconds: Int64 = 0

  /// Connections that wait for a snapshot, the first one's turn first.
  var snapshotting: [Connection] = []
  /// For whom a snapshot is being made; nil: nobody waits for it.
  var snapshotAsker: Connection?
  /// Whether the thread that makes snapshots has something to say.
  var hasSnapshotReport = false
  /// When a snapshot may be made unasked again, on the monotonic clock.
  var nextSnapshotMicroseconds: Int64 = 0

  /// Where requests are received, and parsed in place when they arrive whole.
  var receiveBuffer = [UInt8](repeating: 0, count: 256 * 1024)
  /// Where replies are written.
  var reply = ReplyWriter()
  /// Lent out for a turn.
  var scratch: QueryScratch? = QueryScratch()
  /// Whether no request is carried out any more.
  var isStopping = false
  /// What SHUTDOWN does where that is more than ``stop()``.
  var whenToldToStop: (() -> Void)?
  /// Why the node ends, once it is decided; replies may still be leaving.
  var end: ServerEnd?
  /// When those who have not taken their replies are left, on the monotonic clock.
  var farewellEndMicroseconds: Int64?

  /// Puts the node together on a store that is open for writing.
  init(store: LedgerStore, settings: ServerSettings, log: ServerLog) {
    self.store = store
    self.log = log
    executor = CommandExecutor(store: store, settings: settings)
    executor.sessions = { [unowned self] in
      connectionsInOrder.map { connection in
        connection.session.backlog = connection.backlog
        return connection.session
      }
    }
  }

  var clock: LedgerClock { store.options.clock }

  /// The connections in the order of their coming.
  var connectionsInOrder: [Connection] {
    connections.values.sorted { $0.session.number < $1.session.number }
  }

  /// Takes in a client, whose wire is watched for input.
  func admit(_ peer: PeerCredentials, groups: [GroupID], on wire: any Wire) -> Connection {
    let session = Session(
      number: nextNumber, peer: peer, groups: groups, connected: store.now,
      role: executor.settings.role(of: peer, groups: groups))
    let connection = Connection(wire, session: session, limits: executor.settings.limits.request)
    connection.interest = .readable
    connections[session.number] = connection
    nextNumber += 1
    executor.figures.connectionsAccepted += 1
    return connection
  }

  /// Forgets a connection, and its wire with it.
  func close(_ connection: Connection) {
    guard !connection.isClosed else { return }
    connections[connection.session.number] = nil
    forgetRefreshes(of: connection)
    forgetPast(of: connection)
    connection.end()
    connection.wire.close()
  }

  /// Does what is due once all that was ready has been served.
  ///
  /// - Returns: how the node ended, once nothing is left to do.
  func finishTurn() -> ServerEnd? {
    if end == nil {
      writeSlices()
      endWaits()
      carryOnRefreshes()
      carryOnCompaction()
      carryOnSnapshots()
      carryOnRebuilding()
      store.submit()
      if store.commitDescriptor == nil { finishCommit() }
    }
    return endIfStopped()
  }

  /// When something is due by itself, on the monotonic clock: 0 for now, the end of time for never.
  var dueMicroseconds: Int64 {
    if end == nil, streaming.contains(where: { isReadyForSlice($0) }) { return 0 }
    if end == nil, isCompactionDue || isSnapshotStepDue { return 0 }
    var due = farewellEndMicroseconds ?? .max
    for case .blocked(let wait) in blocked.map(\.pause) {
      due = min(due, wait.deadlineMicroseconds ?? .max)
    }
    return min(due, refreshDueMicroseconds, executor.past.idleEndMicroseconds ?? .max)
  }

  /// Takes over settings that were read again, also for those who are connected.
  func take(_ settings: ServerSettings) {
    executor.settings = settings
    for connection in connections.values {
      connection.session.role = settings.role(
        of: connection.session.peer, groups: connection.session.groups)
    }
    log.write(.info, "settings read again", [("grants", String(settings.grants.count))])
  }
}
