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
  ) throws(CommandError) {
    let id = try arguments.tokenID("the token")
    write(state.token(id), &reply)
  }

  func lookUp(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    scratch.filter.removeAll()
    scratch.filter.require(character: try arguments.characterID())
    try arguments.scopes(into: &scratch, .all, in: state)
    guard arguments.isAtEnd else { throw .unexpectedArgument(.tokenLookup) }
    let found = state.first(scratch.filter, validity)
    if let found { write(state.token(found), &reply) } else { reply.writeNull() }
  }

  func write(_ token: Token?, _ reply: inout ReplyWriter) {
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
    try write(token.access, of: id, &reply)
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
        throw .unreadableLog(error)
      }
      guard let bytes else { throw .gone(id) }
      reply.writeBulk(bytes)
    }
  }

  // MARK: TOKENS.…

  /// TOKENS.FIND and the four that begin with a condition of their own.
  func find(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    _ scratch: inout QueryScratch, _ reply: inout ReplyWriter
  ) throws(CommandError) {
    scratch.filter.removeAll()
    try addOwnCondition(&arguments, state, to: &scratch)
    var result = ResultWords()
    while !arguments.isAtEnd {
      let keyword = try arguments.keyword()
      if try !addCondition(keyword, &arguments, state, to: &scratch),
        try !result.take(keyword, &arguments)
      {
        throw .unexpectedArgument(arguments.command)
      }
    }
    write(result, state, &scratch, &reply)
  }

  private func addOwnCondition(
    _ arguments: inout ArgumentReader, _ state: borrowing LedgerState,
    to scratch: inout QueryScratch
  ) throws(CommandError) {
    switch arguments.command {
    case .tokensRequireScopes: try arguments.scopes(into: &scratch, .all, in: state)
    case .tokensRequireScopesExact: try arguments.scopes(into: &scratch, .exactly, in: state)
    case .tokensEquivalentTo:
      try require(equivalentTo: try arguments.tokenID("the token"), state, &scratch.filter)
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

  private func tokenIDs(_ arguments: inout ArgumentReader) throws(CommandError) -> [TokenID] {
    var ids: [TokenID] = []
    for _ in 0..<(try arguments.wordCount("IDS")) { ids.append(try arguments.tokenID("an id")) }
    return ids
  }

  private func write(
    _ result: ResultWords, _ state: borrowing LedgerState, _ scratch: inout QueryScratch,
    _ reply: inout ReplyWriter
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
      writeList(result.form, scratch.ids, state, &reply)
    }
  }

  private func writeList(
    _ form: ResultWords.Form, _ ids: [Int64], _ state: borrowing LedgerState,
    _ reply: inout ReplyWriter
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
      for id in ids { writeFields(fields, id, state, &reply) }
    }
  }

  private func writeFields(
    _ fields: [TokenField], _ id: Int64, _ state: borrowing LedgerState,
    _ reply: inout ReplyWriter
  ) {
    guard let id = TokenID(id), let token = state.token(id)
    else { preconditionFailure("a query finds live tokens") }
    reply.writeArrayHeader(count: fields.count)
    for field in fields { field.write(token, validity, &reply) }
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
