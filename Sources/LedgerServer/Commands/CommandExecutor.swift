// Carries out one request: finds the command, checks role and word count, parses, asks the state or
// decides and appends, and writes the reply, or says why the reply has to wait.
// Owner: the thread that owns the store.
// Cost of a query: no allocation beyond the reply's growth.

import Bytes
import CryptoPrimitives
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// What became of a request.
enum Outcome {
  /// The reply is written.
  case replied
  /// The reply is this, once the event with this sequence is durable.
  case held(EventSequence, HeldAnswer)
  /// Something that the request depends on is in flight: carry it out again after the next commit.
  case wait
  /// The reply is this long history, to be written in slices.
  indirect case streaming(EventCursor)
  /// The reply comes with the next event after a sequence, or as null after a time.
  indirect case blocked(StreamWait)
  /// The reply comes with the outcome of a refresh, or as an error after a time.
  case awaiting(JobWait)
  /// The reply comes with the next refresh job, or as an empty list after a time.
  case taking(TakeWait)
  /// The request is carried out again when the state after this event is rebuilt.
  case rebuilding(EventSequence)
  /// The reply comes when the log is rewritten.
  case compacting(CompactionRequest)
  /// The reply comes when there is a snapshot.
  case snapshotting
  /// The reply is written, and the connection ends after it.
  case close
  /// The server ends; no reply.
  case shutdown
}

/// What a query fills anew; kept from one to the next, so that none allocates.
///
/// Handed from caller to callee rather than owned by the executor: a class's property is checked
/// for exclusive access at run time, at each use.
struct QueryScratch {
  var filter = TokenFilter()
  var ids: [Int64] = []
  var memory = ScopeMemory()
}

/// The commands, on one store.
final class CommandExecutor {
  let store: LedgerStore
  var settings: ServerSettings {
    didSet { maximumReplyBytes = settings.limits.maximumReplyBytes }
  }
  private var maximumReplyBytes: Int
  var figures = ServerFigures()
  /// Who refreshes what for whom.
  var desk = RefreshDesk()
  /// Who is on the way to the SSO and back.
  var logins = LoginDesk()
  /// Which refresh tokens are to be revoked.
  var revocations = RevocationDesk()
  /// For which tokens the SSO is not asked just now.
  var backOff = RefreshBackOff()
  /// Which tokens are kept fresh unasked.
  var upkeep = TokenUpkeep()
  /// The past state at hand, for ASOF.
  var past = PastState()
  /// The last event of the state that is being rebuilt.
  var rebuilding: EventSequence?
  /// What stops mass deletion.
  var deletionGuard = DeletionGuard()
  /// Whether a sync failed: nothing is written any more.
  var hasFailed = false
  /// Whether the latest batch found no room on the disk.
  var isDiskFull = false
  /// Whether the guard holds tokens back, as it was last said.
  var isGuardHolding = false
  /// All sessions, for CLIENT LIST and INFO.
  var sessions: () -> [Session] = { [] }
  /// When the service started, on the monotonic clock.
  let startedMicroseconds: Int64

  private var queryTime: UnixTime

  static let names = NameTable(
    CommandName.allCases.map { ($0.specification.name.description, $0) })

  init(store: LedgerStore, settings: ServerSettings) {
    self.store = store
    self.settings = settings
    maximumReplyBytes = settings.limits.maximumReplyBytes
    queryTime = store.now
    startedMicroseconds = store.options.clock.monotonicMicroseconds
  }

  /// By what a query knows expired tokens: the present moment, read once for all requests that are
  /// carried out together.
  var validity: Validity {
    Validity(now: queryTime, duration: settings.validDuration)
  }

  /// Reads the clock for the queries that follow.
  func beginTurn() {
    queryTime = store.now
  }

  /// Carries out `request` for `session`.
  ///
  /// An error is a reply like any other; nothing of a failed command stays in `reply` before it.
  /// `state` is the store's: borrowed once for many requests, since each access to a class's
  /// property is checked at run time, and copies the columns' references.
  func execute(
    _ request: Request, for session: Session, on state: borrowing LedgerState,
    with scratch: inout QueryScratch, into reply: inout ReplyWriter
  ) -> Outcome {
    figures.commandsProcessed += 1
    let mark = reply.count
    do throws(CommandError) {
      let command = try identify(request, for: session)
      session.lastCommand = command
      // Replies come in order: only another write may go ahead of one that is being written.
      guard !session.hasHeldReplies || command.effect == .write else { return later() }
      let outcome = try run(command, request, session, state, &scratch, &reply)
      guard reply.count - mark <= maximumReplyBytes
      else { throw CommandError.tooLargeReply(limitBytes: maximumReplyBytes) }
      return order(outcome, session, &reply, mark)
    } catch {
      reply.truncate(to: mark)
      reply.writeError(error.text)
      let outcome = order(.replied, session, &reply, mark)
      if case .replied = outcome { figures.errorsReplied += 1 }
      return outcome
    }
  }

  /// A write that is answered at once (an error, nothing to do) must not overtake held replies:
  /// its reply is taken back, and it is carried out again when they are out.
  private func order(
    _ outcome: Outcome, _ session: Session, _ reply: inout ReplyWriter, _ mark: Int
  ) -> Outcome {
    switch outcome {
    case .replied where session.hasHeldReplies:
      reply.truncate(to: mark)
      return later()
    case .wait: return later()
    default: return outcome
    }
  }

  /// The request is carried out again, and counted then.
  private func later() -> Outcome {
    figures.commandsProcessed -= 1
    return .wait
  }

  /// The command that a request names, after the checks that every command has.
  private func identify(
    _ request: Request, for session: Session
  ) throws(CommandError) -> CommandName {
    guard let command = Self.names[request[0]]
    else { throw .unknownCommand([UInt8](copying: request[0])) }
    let arity = command.arity
    guard arity < 0 ? request.count >= -arity : request.count == arity
    else { throw .wrongArity(command.specification.name.description.lowercased()) }
    guard session.role >= command.role else { throw .denied(needed: command.role) }
    if command.effect == .write && (store.isReadOnly || hasFailed) { throw .readOnly }
    return command
  }

  private func run(
    _ command: CommandName, _ request: Request, _ session: Session,
    _ state: borrowing LedgerState, _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    var arguments = ArgumentReader(request, of: command)
    switch command {
    case .tokenCreate: return try create(&arguments, session)
    case .tokenGet: return try get(&arguments, state, &reply)
    case .tokenLookup: return try lookUp(&arguments, request, state, &scratch, &reply)
    case .tokenGrant: return try grant(&arguments, session, &reply)
    case .tokenDelete: return try delete(&arguments, session, &reply)
    case .tokenHistory: return try tokenHistory(&arguments)
    case .ledgerHistory: return try ledgerHistory(&arguments)
    case .tokenSecrets: try secrets(&arguments, &reply)
    case .tokensFind, .tokensRequireScopes, .tokensRequireScopesExact, .tokensEquivalentTo,
      .tokensGetExpired:
      return try find(&arguments, request, state, &scratch, &reply)
    case .tokensDelete: return try deleteMatching(&arguments, session, state, &scratch, &reply)
    case .tokenAccess: return try access(&arguments, state, &reply)
    case .tokenAccessFor: return try accessFor(&arguments, state, &scratch, &reply)
    case .tokenRefresh: return try refresh(&arguments, .refresh, session)
    case .tokenRefreshOrDelete: return try refresh(&arguments, .refreshOrDelete, session)
    case .tokensRequireValid, .tokensBulkRefresh:
      return try refreshSelection(&arguments, request, session, state, &scratch)
    case .tokenRestore: return try restore(&arguments, session)
    case .tokensRestore: return try restoreMatching(&arguments, session, &reply)
    case .tokensCleanup: return try cleanUp(&arguments, session, state)
    case .refreshTake: return try takeJobs(&arguments, session, &reply)
    case .refreshDone, .tokenRefreshed: return try refreshDone(&arguments, session)
    case .refreshFail, .tokenRefreshFailed: return try refreshFail(&arguments, session)
    case .ssoAuthorize: return try authorize(&arguments, session, &reply)
    case .ssoCallback: return try callBack(&arguments, session)
    case .ssoDone: return try loginDone(&arguments, session)
    case .ssoFail: return try loginFailed(&arguments, session, &reply)
    case .ssoRevoked: return try revoked(&arguments, session)
    case .ssoRevokeFailed: return try revokeFailed(&arguments, session)
    case .tokensRequired, .tokenRequired, .tokenSingleUse:
      return try decideGuard(&arguments, session, &reply)
    case .ledgerCompact: return try compact(&arguments, session)
    case .ledgerSnapshot: return try snapshot(&arguments, session)
    case .tokenErase: return try erase(&arguments, session)
    case .ledgerStatus: writeStatus(&reply)
    case .ledgerDigest: return try digest(&arguments, &reply)
    case .xlen: try streamLength(&arguments, &reply)
    case .xrange: return try range(&arguments, isReverse: false, &reply)
    case .xrevrange: return try range(&arguments, isReverse: true, &reply)
    case .xread: return try read(&arguments, &reply)
    case .xinfo: return try streamInformation(&arguments, session, &reply)
    case .hello: try hello(&arguments, session, &reply)
    case .ping: try ping(&arguments, &reply)
    case .echo: reply.writeBulk(try arguments.next("the message"))
    case .select: try select(&arguments, &reply)
    case .quit:
      reply.writeSimple("OK")
      return .close
    case .reset:
      session.reset()
      reply.version = .two
      reply.writeSimple("RESET")
    case .client: try client(&arguments, session, &reply)
    case .command: try describeCommands(&arguments, session, &reply)
    case .info: try information(&arguments, &reply)
    case .config: try configuration(&arguments, session, &reply)
    case .shutdown: return .shutdown
    }
    return .replied
  }
}
