// The commands that ask for tokens. They read the durable state and never wait for the disk.
// The hot ones resolve their words against the state's own numbers and write the reply in place: no
// String, no token value, no allocation beyond the reply's growth.

import LedgerStore
import RESP
import TokenLedger

extension CommandExecutor {
  // MARK: TOKEN.GET, TOKEN.LOOKUP, TOKEN.SECRETS

  func get(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let id = try arguments.tokenID("the token")
    guard let moment = try asOf(&arguments) else {
      write(state.token(id), validity, &reply)
      return .replied
    }
    switch try viewpoint(moment) {
    case .present(let validity): write(state.token(id), validity, &reply)
    case .past(let validity): write(past.state.token(id), validity, &reply)
    case .later(let outcome): return outcome
    }
    return .replied
  }

  func lookUp(
    _ arguments: inout ArgumentReader, _ request: Request, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    try takeLookup(&arguments, state, &scratch)
    guard let moment = try asOf(&arguments) else {
      writeFirst(state, validity, scratch, &reply)
      return .replied
    }
    switch try viewpoint(moment) {
    case .present(let validity): writeFirst(state, validity, scratch, &reply)
    case .past(let validity):
      var again = ArgumentReader(request, of: arguments.command)
      try takeLookup(&again, past.state, &scratch)
      writeFirst(past.state, validity, scratch, &reply)
    case .later(let outcome): return outcome
    }
    return .replied
  }

  private func takeLookup(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch
  ) throws(CommandError) {
    scratch.filter.removeAll()
    scratch.filter.require(character: try arguments.characterID())
    try arguments.scopes(into: &scratch, .all, in: state)
  }

  private func writeFirst(
    _ state: borrowing LedgerState, _ validity: Validity, _ scratch: borrowing QueryScratch,
    _ reply: inout ReplyWriter
  ) {
    let found = state.first(scratch.filter, validity)
    if let found { write(state.token(found), validity, &reply) } else { reply.writeNull() }
  }

  /// Writes a token as it is now.
  func write(_ token: Token?, _ reply: inout ReplyWriter) {
    write(token, validity, &reply)
  }

  private func write(_ token: Token?, _ validity: Validity, _ reply: inout ReplyWriter) {
    guard let token else {
      reply.writeNull()
      return
    }
    reply.writeMapHeader(pairCount: TokenField.allCases.count)
    for field in TokenField.allCases {
      reply.writeBulk(field.name)
      field.write(token, validity, &reply)
    }
  }

  /// Both secrets of a token, for an export; the one command that shows them.
  func secrets(_ arguments: inout ArgumentReader, _ reply: inout ReplyWriter) throws(CommandError) {
    let id = try arguments.tokenID("the token")
    guard let token = store.state.token(id) else {
      reply.writeNull()
      return
    }
    reply.writeMapHeader(pairCount: 2)
    reply.writeBulk("access_token")
    // One that expired long ago may have been compacted away: it is of no use to anybody.
    let mark = reply.count
    do throws(CommandError) { try write(token.access, of: id, &reply) } catch {
      guard case .gone = error, token.isExpired(at: validity.now, validity.duration)
      else { throw error }
      reply.truncate(to: mark)
      reply.writeNull()
    }
    reply.writeBulk("refresh_token")
    try write(token.refresh, of: id, &reply)
  }

  func write(
    _ reference: SecretReference, of id: TokenID, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    switch reference.recorded {
    case .null: reply.writeNull()
    case .empty: reply.writeBulk("" as StaticString)
    case .present:
      let bytes: [UInt8]?
      do throws(StoreError) { bytes = try store.secret(reference) } catch {
        if case .unknownKey(let key, _) = error { throw .keyMissing(id, key) }
        throw .unreadableLog(error)
      }
      guard let bytes else { throw .gone(id) }
      reply.writeBulk(bytes)
    }
  }

  // MARK: TOKENS.…

  /// TOKENS.FIND and the four that begin with a condition of their own.
  func find(
    _ arguments: inout ArgumentReader, _ request: Request, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) -> Outcome {
    let query = try takeQuery(&arguments, state, &scratch)
    guard let moment = query.asOf else {
      try query.checkReferences()
      write(query.result, state, validity, &scratch, &reply)
      return .replied
    }
    switch try viewpoint(moment) {
    case .present(let validity):
      try query.checkReferences()
      write(query.result, state, validity, &scratch, &reply)
    case .past(let validity):
      // The words have other meanings there: scopes and users have other numbers.
      var again = ArgumentReader(request, of: arguments.command)
      let query = try takeQuery(&again, past.state, &scratch)
      try query.checkReferences()
      write(query.result, past.state, validity, &scratch, &reply)
    case .later(let outcome): return outcome
    }
    return .replied
  }

  private func takeQuery(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch
  ) throws(CommandError) -> QueryWords {
    scratch.filter.removeAll()
    var query = QueryWords()
    try addOwnCondition(&arguments, state, &query, to: &scratch)
    while !arguments.isAtEnd {
      let keyword = try arguments.keyword()
      switch keyword {
      case .asof where query.asOf == nil: query.asOf = try arguments.moment("ASOF")
      case .asof: throw .repeated(.asof)
      case .equivalent:
        require(equivalentTo: try arguments.tokenID("EQUIVALENT"), state, &query, &scratch.filter)
      default:
        if try !addCondition(keyword, &arguments, state, to: &scratch),
          try !query.result.take(keyword, &arguments)
        {
          throw .unexpectedArgument(arguments.command)
        }
      }
    }
    return query
  }

  private func addOwnCondition(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState, _ query: inout QueryWords,
    to scratch: inout QueryScratch
  ) throws(CommandError) {
    switch arguments.command {
    case .tokensRequireScopes: try arguments.scopes(into: &scratch, .all, in: state)
    case .tokensRequireScopesExact: try arguments.scopes(into: &scratch, .exactly, in: state)
    case .tokensEquivalentTo:
      require(equivalentTo: try arguments.tokenID("the token"), state, &query, &scratch.filter)
    case .tokensGetExpired: scratch.filter.requireExpired()
    default: break
    }
  }

  /// Takes the value of a filter's keyword; false when the keyword is not a filter's.
  func addCondition(
    _ keyword: Keyword, _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    to scratch: inout QueryScratch
  ) throws(CommandError) -> Bool {
    switch keyword {
    case .character: scratch.filter.require(character: try arguments.characterID())
    case .user: scratch.filter.require(user: try arguments.textBytes("USER"), in: state)
    case .nouser: scratch.filter.requireNoUser()
    case .type: scratch.filter.require(type: try arguments.tokenType())
    case .owner: scratch.filter.require(owner: try arguments.textBytes("OWNER"), in: state)
    case .ids: scratch.filter.require(ids: try tokenIDs(&arguments))
    case .scopes: try arguments.scopes(into: &scratch, .all, in: state)
    case .exactly: try arguments.scopes(into: &scratch, .exactly, in: state)
    case .equivalent:
      let id = try arguments.tokenID("EQUIVALENT")
      try require(equivalentTo: id, state, &scratch.filter)
    case .expired: scratch.filter.requireExpired()
    case .fresh: scratch.filter.requireFresh()
    case .refreshable: scratch.filter.requireRefreshable()
    case .held: scratch.filter.requireHeldBack()
    default: return false
    }
    return true
  }

  private func require(
    equivalentTo id: TokenID, _ state: borrowing LedgerState, _ filter: inout TokenFilter
  ) throws(CommandError) {
    do throws(Rejection) { try filter.require(equivalentTo: id, in: state) } catch {
      throw .rejected(error)
    }
  }

  /// The same for a query that may be about another moment: a missing reference is noted.
  private func require(
    equivalentTo id: TokenID, _ state: borrowing LedgerState, _ query: inout QueryWords,
    _ filter: inout TokenFilter
  ) {
    do throws(Rejection) { try filter.require(equivalentTo: id, in: state) } catch {
      query.note(missing: id)
    }
  }

  private func tokenIDs(_ arguments: inout ArgumentReader) throws(CommandError) -> [TokenID] {
    var ids: [TokenID] = []
    for _ in 0..<(try arguments.wordCount("IDS")) { ids.append(try arguments.tokenID("an id")) }
    return ids
  }

  private func write(
    _ result: ResultWords, _ state: borrowing LedgerState, _ validity: Validity,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) {
    switch result.form {
    case .count where result.isWhole:
      reply.writeInteger(Int64(state.count(scratch.filter, validity)))
    case .exists where result.isWhole:
      reply.writeInteger(state.exists(scratch.filter, validity) ? 1 : 0)
    case .first where result.limit > 0:
      let id = state.first(scratch.filter, validity, after: result.after)
      if let id { reply.writeInteger(id.rawValue) } else { reply.writeNull() }
    default:
      scratch.ids.removeAll(keepingCapacity: true)
      state.appendIDs(
        scratch.filter, validity, after: result.after, limit: result.limit, to: &scratch.ids)
      writeList(result.form, scratch.ids, state, validity, &reply)
    }
  }

  private func writeList(
    _ form: ResultWords.Form, _ ids: [Int64], _ state: borrowing LedgerState,
    _ validity: Validity, _ reply: inout ReplyWriter
  ) {
    switch form {
    case .ids:
      reply.writeArrayHeader(count: ids.count)
      for id in ids { reply.writeInteger(id) }
    case .count: reply.writeInteger(Int64(ids.count))
    case .exists: reply.writeInteger(ids.isEmpty ? 0 : 1)
    case .first: reply.writeNull()
    case .fields(let fields):
      reply.writeArrayHeader(count: ids.count)
      for id in ids { writeFields(fields, id, state, validity, &reply) }
    }
  }

  private func writeFields(
    _ fields: [TokenField], _ id: Int64, _ state: borrowing LedgerState, _ validity: Validity,
    _ reply: inout ReplyWriter
  ) {
    guard let id = TokenID(id), let token = state.token(id)
    else { preconditionFailure("a query finds live tokens") }
    reply.writeArrayHeader(count: fields.count)
    for field in fields { field.write(token, validity, &reply) }
  }
}

/// The words of a query but for its conditions, which go into the filter.
private struct QueryWords {
  var result = ResultWords()
  var asOf: Moment?
  /// A token of an EQUIVALENT that is none in the state that the words were read against.
  private(set) var missingReference: TokenID?

  /// Notes that a reference is missing; as of another moment it may have been there.
  mutating func note(missing id: TokenID) {
    missingReference = missingReference ?? id
  }

  /// Refuses a query that refers to a token that is none.
  func checkReferences() throws(CommandError) {
    if let missingReference { throw .notFound(missingReference) }
  }
}

/// The words that say how a result is shown.
private struct ResultWords {
  enum Form {
    case ids, count, exists, first
    case fields([TokenField])
  }

  private var chosen: Form?
  private var afterWord: Int64?
  private var limitWord: Int64?

  var form: Form { chosen ?? .ids }
  var after: Int64 { afterWord ?? Int64.min }
  var limit: Int { Int(limitWord ?? Int64.max) }
  /// Whether neither AFTER nor LIMIT cuts the result.
  var isWhole: Bool { afterWord == nil && limitWord == nil }

  /// Takes the values of a result's keyword; false when the keyword is not a result's.
  mutating func take(
    _ keyword: Keyword, _ arguments: inout ArgumentReader
  ) throws(CommandError) -> Bool {
    switch keyword {
    case .count: try choose(.count)
    case .exists: try choose(.exists)
    case .first: try choose(.first)
    case .fields: try choose(.fields(try fields(&arguments)))
    case .after:
      guard afterWord == nil else { throw .repeated(.after) }
      afterWord = try arguments.integer("AFTER")
    case .limit:
      guard limitWord == nil else { throw .repeated(.limit) }
      limitWord = try arguments.integer("LIMIT", in: 0...Int64.max)
    default: return false
    }
    return true
  }

  private mutating func choose(_ form: Form) throws(CommandError) {
    guard chosen == nil else { throw .severalResults }
    chosen = form
  }

  private func fields(_ arguments: inout ArgumentReader) throws(CommandError) -> [TokenField] {
    var fields: [TokenField] = []
    for _ in 0..<(try arguments.wordCount("FIELDS")) {
      guard let field = TokenField.table[try arguments.next("a field")]
      else { throw .invalid("FIELDS", expected: "one of \(TokenField.list)") }
      fields.append(field)
    }
    return fields
  }
}
