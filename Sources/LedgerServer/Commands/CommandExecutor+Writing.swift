// The commands that append events. Each parses, waits for what is in flight, lets the domain
// decide, and holds its reply until the events are durable.
// Invariant: a decision is made against the durable state, and only where nothing in flight could
// contradict it.

import Bytes
import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: TOKEN.CREATE

  func create(
    _ arguments: inout ArgumentReader, _ session: Session
  ) throws(CommandError) -> Outcome {
    var parsed = ParsedCreation()
    while !arguments.isAtEnd { try parsed.take(&arguments) }
    let token = try parsed.token()
    if let key = token.key, store.inFlightEvent(ofKey: key.name) != nil { return .wait }
    if let id = token.id, store.inFlightEvent(of: id) != nil { return .wait }
    switch try decide({ () throws(Rejection) in
      try store.state.decideCreate(token, free: store.freeTokenID, now: store.now)
    }) {
    case .alreadyDone(let id): return try repeated(id)
    case .propose(let event, let id):
      return try append(
        [event], Origin(actor: session.actor, reason: parsed.reason), .integer(id.rawValue))
    }
  }

  /// The reply of a request that was carried out before: durable, so it could be given at once; it
  /// goes the way of all writes to keep its place among them.
  private func repeated(_ id: TokenID) throws(CommandError) -> Outcome {
    .held(store.state.lastSequence, .integer(id.rawValue))
  }

  // MARK: TOKEN.GRANT, TOKEN.DELETE

  func grant(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    let names = try arguments.scopeNames()
    let options = try ParsedWriteOptions(&arguments)
    if store.inFlightEvent(of: id) != nil { return .wait }
    let event = try decide { () throws(Rejection) in
      try store.state.decideGrant(id, scopes: names, expected: options.expected)
    }
    guard let event, case .scopesGranted(let new) = event.body else {
      reply.writeInteger(0)
      return .replied
    }
    return try append([event], options.origin(session), .integer(Int64(new.count)))
  }

  func delete(
    _ arguments: inout ArgumentReader, _ session: Session, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    let options = try ParsedWriteOptions(&arguments)
    if store.inFlightEvent(of: id) != nil { return .wait }
    let event = try decide { () throws(Rejection) in
      try store.state.decideDelete(id, expected: options.expected)
    }
    guard let event else {
      if options.isRevoking { revoke([id], after: store.state.lastSequence) }
      reply.writeInteger(0)
      return .replied
    }
    let appended = try append([event], options.origin(session), .integer(1))
    if options.isRevoking, case .held(let deletion, _) = appended { revoke([id], after: deletion) }
    return appended
  }

  // MARK: TOKENS.DELETE

  /// Deletes all matching tokens, in one batch.
  ///
  /// It sees what its own connection wrote before, and waits for what is in flight for a match.
  func deleteMatching(
    _ arguments: inout ArgumentReader, _ session: Session, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    scratch.filter.removeAll()
    let reason = try conditionsAndReason(&arguments, state, &scratch)
    guard !scratch.filter.isEmpty else { throw .missing("a filter") }
    guard !session.hasHeldReplies else { return .wait }
    scratch.ids.removeAll(keepingCapacity: true)
    state.appendIDs(scratch.filter, validity, to: &scratch.ids)
    let ids = scratch.ids
    guard ids.allSatisfy({ !isInFlight($0) }) else { return .wait }
    let events = try decide { () throws(Rejection) in try store.state.decideDelete(all: ids) }
    guard !events.isEmpty else {
      reply.writeInteger(0)
      return .replied
    }
    let origin = Origin(actor: session.actor, reason: reason)
    return try append(events, origin, .integer(Int64(events.count)))
  }

  private func isInFlight(_ id: Int64) -> Bool {
    TokenID(id).flatMap { store.inFlightEvent(of: $0) } != nil
  }

  private func conditionsAndReason(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch
  ) throws(CommandError) -> Text? {
    var reason: Text?
    while !arguments.isAtEnd {
      let keyword = try arguments.keyword()
      if keyword == .reason {
        guard reason == nil else { throw .repeated(.reason) }
        reason = try arguments.reason()
      } else if try !addCondition(keyword, &arguments, state, to: &scratch) {
        throw .unexpectedArgument(arguments.command)
      }
    }
    return reason
  }

  // MARK: Common

  func decide<Decision>(
    _ body: () throws(Rejection) -> Decision
  ) throws(CommandError) -> Decision {
    do throws(Rejection) { return try body() } catch { throw .rejected(error) }
  }

  /// Appends what was decided; the reply is `answer`, once it is durable.
  func append(
    _ events: [ProposedEvent], _ origin: Origin, _ answer: HeldAnswer
  ) throws(CommandError) -> Outcome {
    guard store.pendingBytes < settings.limits.maximumPendingBytes else { return .wait }
    return try .held(
      decide { () throws(Rejection) in try store.append(events, origin: origin) }, answer)
  }
}

/// The arguments of TOKEN.CREATE, as far as they were read.
private struct ParsedCreation {
  private var character: CharacterID?
  private var name: Text?
  private var owner: Text?
  private var type: TokenType?
  private var user: Text?
  private var scopes: [Text]?
  private var access: [UInt8]?
  private var refresh: [UInt8]?
  private var created: UnixTime?
  private var id: TokenID?
  private var ssoVersion: UInt16?
  private var key: Text?
  private(set) var reason: Text?

  /// Takes one keyword and its value.
  mutating func take(_ arguments: inout ArgumentReader) throws(CommandError) {
    let keyword = try arguments.keyword()
    switch keyword {
    case .character: try set(&character, try arguments.characterID(), keyword)
    case .name: try set(&name, try arguments.text("NAME"), keyword)
    case .owner: try set(&owner, try arguments.text("OWNER"), keyword)
    case .type: try set(&type, try arguments.tokenType(), keyword)
    case .user: try set(&user, try arguments.text("USER"), keyword)
    case .scopes: try set(&scopes, try arguments.scopeNames(), keyword)
    case .access: try set(&access, [UInt8](copying: try arguments.textBytes("ACCESS")), keyword)
    case .refresh: try set(&refresh, [UInt8](copying: try arguments.textBytes("REFRESH")), keyword)
    case .created: try set(&created, try arguments.time("CREATED"), keyword)
    case .id: try set(&id, try arguments.tokenID("ID"), keyword)
    case .ssoversion:
      let version = try arguments.integer("SSOVERSION", in: 0...Int64(Limits.ssoVersion))
      try set(&ssoVersion, UInt16(version), keyword)
    case .key: try set(&key, try arguments.text("KEY"), keyword)
    case .reason: try set(&reason, try arguments.reason(), keyword)
    default: throw .unexpectedArgument(arguments.command)
    }
  }

  /// The token, once everything was read.
  func token() throws(CommandError) -> NewToken {
    guard let character else { throw .missing("CHARACTER") }
    guard let name else { throw .missing("NAME") }
    guard let owner else { throw .missing("OWNER") }
    var token = NewToken(character: character, characterName: name, ownerHash: owner)
    token.id = id
    token.type = type ?? .character
    token.user = user
    token.scopes = scopes ?? []
    token.created = created
    token.ssoVersion = ssoVersion ?? 2
    token.access = access.map(SecretInput.init(hashing:)) ?? .empty
    token.refresh = refresh.map(SecretInput.init(hashing:)) ?? .null
    if let key { token.key = IdempotencyKey(name: key, hashingRequest: token.canonical.span) }
    return token
  }
}

/// Fills a place that must be empty: each keyword stands once.
private func set<Value>(
  _ place: inout Value?, _ value: Value, _ keyword: Keyword
) throws(CommandError) {
  guard place == nil else { throw .repeated(keyword) }
  place = value
}

extension NewToken {
  /// The request in bytes, the same for the same request however its words were ordered.
  fileprivate var canonical: [UInt8] {
    var bytes: [UInt8] = []
    // The time of a token that brings none is not part of its request: it is now, each time.
    let event = Event(
      sequence: EventSequence(1), id: .zero, token: id ?? .first, actor: .system,
      body: .created(creation(now: .epoch)))
    event.encodeFacts(into: &bytes)
    bytes.append(created == nil ? 0 : 1)
    bytes.append(id == nil ? 0 : 1)
    return bytes
  }
}

/// REASON and EXPECT, and REVOKE of a deletion, in any order.
private struct ParsedWriteOptions {
  private(set) var reason: Text?
  private(set) var expected: UInt32?
  private(set) var isRevoking = false

  init(_ arguments: inout ArgumentReader) throws(CommandError) {
    while !arguments.isAtEnd {
      switch try arguments.keyword() {
      case .reason:
        guard reason == nil else { throw .repeated(.reason) }
        reason = try arguments.reason()
      case .expect:
        guard expected == nil else { throw .repeated(.expect) }
        expected = try arguments.version()
      case .revoke where arguments.command == .tokenDelete:
        guard !isRevoking else { throw .repeated(.revoke) }
        isRevoking = true
      default: throw .unexpectedArgument(arguments.command)
      }
    }
  }

  func origin(_ session: Session) -> Origin { Origin(actor: session.actor, reason: reason) }
}
