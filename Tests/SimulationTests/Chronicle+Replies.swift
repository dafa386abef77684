// What replies are allowed: that of a write by its events, that of a read by some moment that the
// client may see: not before what its connection has seen, not after now.

/// What a connection has seen: later replies are as of this moment or a later one.
struct SeenMoment {
  var index: Int
}

extension Chronicle {
  /// Checks a reply to `sent`, given what the connection has seen, which it moves on.
  ///
  /// While the node is ending nobody can see its events: such a reply is proved by the next start.
  func check(
    _ reply: String, to sent: SentRequest, _ dialect: Dialect, seen: inout SeenMoment,
    monotonicMicroseconds: Int64, isEnding: Bool
  ) throws {
    seen.index = max(seen.index, sent.moment)
    if sent.request.isWrite {
      if try checkWrite(reply, sent, &seen, isEnding: isEnding) { return }
    } else if case .read(let after, let count, let block) = sent.request {
      let waited = monotonicMicroseconds - sent.monotonicMicroseconds
      let mayBeNull = block.map { $0 > 0 && waited >= $0 * 1000 } ?? true
      if reply == "_", mayBeNull { return }
      if allowsRead(reply, after, count, dialect, &seen) { return }
      guard isEnding, reply != "_"
      else { throw Violation("\(sent.request) was answered \(reply)") }
      return owe(sent, shown: reply, dialect)
    }
    for index in seen.index...latest {
      let times = sent.request.isAboutTime ? clockMicroseconds[sent.clock...] : [0]
      for now in times where answer(to: sent, moments[index], now, dialect) == reply {
        seen.index = index
        return
      }
    }
    let now = answer(to: sent, moments[latest], clockMicroseconds.last ?? 0, dialect)
    throw Violation("\(sent.tag) \(sent.request) was answered \(reply), not \(now ?? "that")")
  }

  // MARK: Writes

  /// - Returns: whether the reply is about the write's own events, and right.
  private func checkWrite(
    _ reply: String, _ sent: SentRequest, _ seen: inout SeenMoment, isEnding: Bool
  ) throws -> Bool {
    guard let write = writes[sent.tag] else { throw Violation("an answer to nothing") }
    if reply.hasPrefix("-DISKFULL") {
      guard isFull || fullCount > sent.fullCount
      else { throw Violation("\(sent.tag): the disk was not full") }
      try refuse(sent.tag)
      return true
    }
    if reply.hasPrefix("-READONLY") {
      guard hasFault else { throw Violation("\(sent.tag): the disk did not fail") }
      guard write.events.isEmpty else { throw Violation("\(sent.tag): READONLY, yet durable") }
      return true
    }
    if let last = write.events.last {
      guard isAnswer(reply, to: write)
      else { throw Violation("\(sent.tag) did \(events[last - 1].shown), and said \(reply)") }
      let index = moments.firstIndex { $0.eventCount >= last } ?? latest
      seen.index = max(seen.index, index)
      return true
    }
    if isEnding, reply.hasPrefix(":"), !isAnsweredNow(reply, sent, seen) {
      owe(sent, reply)
      return true
    }
    return false
  }

  private func isAnsweredNow(_ reply: String, _ sent: SentRequest, _ seen: SeenMoment) -> Bool {
    moments[seen.index...].contains { moment in
      clockMicroseconds[sent.clock...].contains { answer(to: sent, moment, $0, .two) == reply }
    }
  }

  /// What a write that changes nothing is told; nil where it would change something.
  private func refusal(
    of request: ClientRequest, _ moment: Moment, _ now: Int64
  ) -> String? {
    switch request {
    case .create(let creation):
      if let key = creation.key, let use = moment.keys[key] {
        guard use.creation.isSameRequest(as: creation)
        else { return "-CONFLICT the key was used for another request" }
        return ":\(use.token)"
      }
      guard let id = creation.id, moment.tokens[id] != nil else { return nil }
      return "-CONFLICT the id \(id) is taken"
    case .grant(let id, let scopes, let version):
      guard let token = moment.tokens[id], !token.isDeleted else { return notFound(id) }
      if let conflict = conflict(token, version) { return conflict }
      return Set(scopes).isSubset(of: token.scopes) ? ":0" : nil
    case .delete(let id, let version):
      guard let token = moment.tokens[id], !token.isDeleted else { return ":0" }
      return conflict(token, version)
    case .deleteMatching(let query):
      return query.matches(moment.tokens, now: now).isEmpty ? ":0" : nil
    default: return nil
    }
  }

  private func notFound(_ id: Int64) -> String { "-NOTFOUND no token has the id \(id)" }

  private func conflict(_ token: ModelToken, _ version: Int?) -> String? {
    guard let version, version != token.version else { return nil }
    return "-CONFLICT the token's version is \(token.version), not \(version)"
  }

  // MARK: Reads

  /// The reply to a request as of a moment; nil where there is none.
  private func answer(
    to sent: SentRequest, _ moment: Moment, _ now: Int64, _ dialect: Dialect
  ) -> String? {
    let tokens = moment.tokens
    switch sent.request {
    case .create, .grant, .delete, .deleteMatching: return refusal(of: sent.request, moment, now)
    case .get(let id):
      return tokens[id].flatMap { $0.isDeleted ? nil : $0.shown(now: now, dialect) } ?? "_"
    case .secrets(let id): return secrets(of: tokens[id], dialect)
    case .lookUp(let character, let scopes):
      let query = ModelQuery(conditions: [.character(character), .scopes(scopes)])
      return query.matches(tokens, now: now).first?.shown(now: now, dialect) ?? "_"
    case .find(let query): return query.reply(tokens, now: now, dialect)
    case .findAsOf(let query, let last):
      guard last <= moment.eventCount else { return "-ERR ASOF is not a moment up to now" }
      let then = last == 0 ? 0 : events[last - 1].milliseconds * 1000
      return query.reply(pasts[last].tokens, now: then, dialect)
    case .ledgerHistory(let id, let count, let isReverse):
      let sequences = (1...moment.eventCount).filter { id == nil || events[$0 - 1].token == id }
      return entries(sequences, count ?? 1000, isReverse: isReverse)
    case .history(let id, let count, let isReverse):
      guard let token = tokens[id] else { return notFound(id) }
      return entries(token.history, count, isReverse: isReverse)
    case .range(let count, let isReverse):
      return entries(Array(1...moment.eventCount), count, isReverse: isReverse)
    case .length: return ":\(moment.eventCount)"
    case .echo(let text): return "$\(text)"
    case .unknown: return "-ERR unknown command 'NOSUCH'"
    case .quit: return "+OK"
    case .read, .hello: return nil
    }
  }

  private func secrets(of token: ModelToken?, _ dialect: Dialect) -> String {
    guard let token, !token.isDeleted else { return "_" }
    return dialect.map([
      ("access_token", token.access.map { "$\($0)" } ?? "_"),
      ("refresh_token", token.refresh.map { "$\($0)" } ?? "_"),
    ])
  }

  private func entries(_ sequences: [Int], _ count: Int?, isReverse: Bool) -> String {
    let ordered = isReverse ? sequences.reversed() : sequences
    return list(ordered.prefix(count ?? .max).map { events[$0 - 1].shown })
  }

  /// Whether an XREAD may be answered so: the events from its position on, up to some moment.
  private func allowsRead(
    _ reply: String, _ after: Int?, _ count: Int?, _ dialect: Dialect, _ seen: inout SeenMoment
  ) -> Bool {
    for index in seen.index...latest {
      let end = moments[index].eventCount
      let starts = after.map { [$0] } ?? moments[seen.index...index].map(\.eventCount)
      for start in starts where start < end {
        guard reply == stream(from: start, to: end, count, dialect) else { continue }
        seen.index = index
        return true
      }
    }
    return false
  }

  /// What XREAD says of the events behind `start` through `end`.
  private func stream(from start: Int, to end: Int, _ count: Int?, _ dialect: Dialect) -> String {
    let shown = entries(Array(start + 1...end), count, isReverse: false)
    return dialect == .two ? "[[$ledger, \(shown)]]" : "{$ledger: \(shown)}"
  }

  /// Whether an XREAD showed what the log has, whatever the moment.
  func isInLog(_ reply: String, _ after: Int?, _ count: Int?, _ dialect: Dialect) -> Bool {
    events.indices.contains { last in
      (after.map { $0...$0 } ?? 0...last).contains { start in
        start <= last && reply == stream(from: start, to: last + 1, count, dialect)
      }
    }
  }
}

extension ClientRequest {
  /// Whether the clock has a say in the reply.
  fileprivate var isAboutTime: Bool {
    switch self {
    case .find(let query), .deleteMatching(let query): query.isAboutTime
    case .get, .lookUp: true
    default: false
    }
  }
}
