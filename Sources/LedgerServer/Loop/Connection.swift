// One client: its wire, what it sent and was not yet answered, what it was answered and did not
// yet take. Owned by the loop's thread.
//
//    open ── held until durable, or a commit, an event, a slice to wait for ──> paused ──> open
//    any ── the peer is gone, a protocol error, QUIT ──> ending ── output sent ──> closed
//
// Invariant: while paused or with too much unsent, nothing is read from the wire, so that a
// client can make the server remember no more than one read and one reply.

import Bytes
import LedgerStore
import LinuxIO
import RESP
import TokenLedger

/// Why a connection's next request is not looked at yet.
enum Pause {
  /// What the request depends on is in flight.
  case commit
  /// A long reply is being written in slices.
  case streaming(EventCursor)
  /// The request waits for the next event.
  case blocked(StreamWait)
  /// The request waits for the refresh of tokens.
  case awaiting(JobWait)
  /// The request waits for refresh jobs.
  case taking(TakeWait)
  /// The request waits for the state after this event.
  case rebuilding(EventSequence)
  /// The reply comes when the log is rewritten.
  case compacting(CompactionRequest)
  /// The reply comes when there is a snapshot.
  case snapshotting

  /// Whether the peer may leave while nothing is read from it.
  var isForPeer: Bool {
    switch self {
    case .blocked, .awaiting, .taking, .rebuilding, .compacting, .snapshotting: true
    case .commit, .streaming: false
    }
  }
}

/// A reply that leaves once an event is durable.
struct HeldReply {
  var sequence: EventSequence
  var answer: HeldAnswer
}

/// A client of the node.
final class Connection {
  let wire: any Wire
  let session: Session
  /// Bytes received and not parsed, and the parser that stands in them; lent out while parsing.
  private var inbox: Inbox?
  /// Bytes to be sent.
  var output = ByteQueue()
  var held: [HeldReply] = []
  var pause: Pause?
  /// Whether the server looks at it again when the next batch comes back.
  var isWaitingForCommit = false
  /// Whether the inbox may hold whole requests that were left because too much was unsent.
  var hasLeftRequests = false
  /// Whether the connection ends as soon as its output is sent.
  var isEnding = false
  /// Whether the peer has sent its last byte.
  var isPeerFinished = false
  /// Whether the node has forgotten it.
  private(set) var isClosed = false
  /// What the wire is watched for.
  var interest: EventInterest = []

  init(_ wire: any Wire, session: Session, limits: RequestLimits) {
    self.wire = wire
    self.session = session
    inbox = Inbox(limits: limits)
  }

  /// Whether the next request may be carried out.
  var isReadyForRequest: Bool { pause == nil && !isEnding }

  /// What it has ahead of it.
  var backlog: Session.Backlog {
    var backlog = Session.Backlog(unsentBytes: output.count)
    switch pause {
    case .streaming(let cursor): backlog.unwrittenEvents = cursor.remaining
    case .blocked: backlog.isBlocked = true
    default: break
    }
    return backlog
  }

  /// Drops what it waits for: nothing is done for it any more.
  func end() {
    isClosed = true
    isEnding = true
    pause = nil
    held = []
  }

  /// Takes the inbox out in order to parse; it must be put back.
  func takeInbox() -> Inbox {
    guard let inbox = inbox.take() else { preconditionFailure("the inbox is lent out already") }
    return inbox
  }

  func putBack(_ inbox: consuming Inbox) {
    self.inbox = consume inbox
  }

  /// What to watch for: input only when it would be looked at, output only when there is some.
  func wantedInterest(unsentLimit: Int) -> EventInterest {
    var interest: EventInterest = []
    let isListening = pause == nil && !isEnding && !isPeerFinished && !hasLeftRequests
    if isListening && output.count <= unsentLimit { interest.insert(.readable) }
    // A client that waits for events may leave, and nobody would read that from the wire.
    if pause?.isForPeer == true, !isPeerFinished { interest.insert(.peerFinished) }
    if !output.isEmpty { interest.insert(.writable) }
    return interest
  }
}

/// Bytes received and not parsed yet.
struct Inbox: ~Copyable {
  var parser: RequestParser
  var bytes = ByteQueue()

  init(limits: RequestLimits) {
    parser = RequestParser(limits: limits)
  }
}
