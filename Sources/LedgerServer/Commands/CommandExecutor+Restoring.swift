// The commands that bring tokens back: one deleted token, all that were deleted in a span of time,
// or all that the guard holds back.
// Invariant: a token comes back only from its own last event; what was changed since is left alone.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: TOKEN.RESTORE

  func restore(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    var reason: Text?
    while !arguments.isAtEnd {
      guard arguments.take(.reason) else { throw .unexpectedArgument(.tokenRestore) }
      guard reason == nil else { throw .repeated(.reason) }
      reason = try arguments.reason()
    }
    guard store.inFlightEvent(of: id) == nil else { return .wait }
    let event = try decide { () throws(Rejection) in try store.state.decideRestore(id) }
    return try append([event], Origin(actor: session.actor, reason: reason), .integer(1))
  }

  // MARK: TOKENS.RESTORE

  /// Brings many tokens back in one batch, all or none.
  func restoreMatching(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let request = try RestoreRequest(&arguments)
    guard !session.hasHeldReplies else { return .wait }
    let ids = try request.span.map { span throws(CommandError) in try deleted(in: span) } ?? []
    let all = Set(request.isOfHeld ? ids + store.state.heldBackIDs() : ids).sorted()
    guard all.allSatisfy({ store.inFlightEvent(of: $0) == nil }) else { return .wait }
    guard all.count <= Limits.eventsPerCommand else {
      throw .rejected(
        .limit(what: "tokens restored by one command", maximum: Limits.eventsPerCommand))
    }
    var events: [ProposedEvent] = []
    for id in all {
      events.append(try decide { () throws(Rejection) in try store.state.decideRestore(id) })
    }
    guard !events.isEmpty else {
      reply.writeInteger(0)
      return .replied
    }
    return try append(
      events, Origin(actor: session.actor, reason: request.reason), .integer(Int64(events.count)))
  }

  /// The deleted tokens whose end lies in a span.
  ///
  /// - Complexity: O(events since the span's start).
  private func deleted(in span: RestoreRequest.Span) throws(CommandError) -> [TokenID] {
    var ids: [TokenID] = []
    do throws(StoreError) {
      let first = try store.firstSequence(
        atOrAfter: EventID(milliseconds: span.milliseconds.lowerBound, counter: 0))
      try store.forEachEvent(from: first, through: store.state.lastSequence) { event, _ in
        guard event.id.milliseconds <= span.milliseconds.upperBound else { return false }
        if event.body == .deleted, span.includes(event.actor), let id = event.token,
          let token = store.state.tokenEvenIfDeleted(id), token.isDeleted, !token.isErased,
          token.lastEvent == event.sequence
        {
          ids.append(id)
        }
        return true
      }
    } catch {
      throw .unreadableLog(error)
    }
    return ids
  }
}

/// The words of TOKENS.RESTORE.
private struct RestoreRequest {
  /// When tokens were deleted, both ends included, and by whom.
  struct Span {
    var milliseconds: ClosedRange<UInt64>
    var actor: UInt32?

    func includes(_ actor: Actor) -> Bool {
      guard let wanted = self.actor else { return true }
      if case .peer(let uid, _, _) = actor { return uid == wanted }
      return false
    }
  }

  private(set) var isOfHeld = false
  private(set) var span: Span?
  private(set) var reason: Text?

  init(_ arguments: inout ArgumentReader) throws(CommandError) {
    var since: UnixTime?
    var until: UnixTime?
    var actor: Int64?
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .held where !isOfHeld: isOfHeld = true
      case .since where since == nil: since = try arguments.time("SINCE")
      case .until where until == nil: until = try arguments.time("UNTIL")
      case .actor where actor == nil:
        actor = try arguments.integer("ACTOR", in: 0...Int64(UInt32.max))
      case .reason where reason == nil: reason = try arguments.reason()
      default: throw .unexpectedArgument(.tokensRestore)
      }
    }
    guard let since else {
      guard until == nil, actor == nil else { throw .missing("SINCE") }
      guard isOfHeld else { throw .missing("SINCE or HELD") }
      return
    }
    let first = UInt64(max(0, since.microseconds / 1000))
    let last = until.map { UInt64(max(0, $0.microseconds / 1000)) } ?? .max
    guard first <= last else { throw .invalid("UNTIL", expected: "a time at or after SINCE") }
    span = Span(milliseconds: first...last, actor: actor.map { UInt32($0) })
  }
}
