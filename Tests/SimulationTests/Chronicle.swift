// The model of a run: what was asked, and what happened, in the order in which it became durable.
// It learns of events only from what the ledger shows, and holds each against the request that its
// reason names; nothing of the product's state is in here.
//
//     moments   0 ── batch ──> 1 ── batch ──> 2      what a read may show: one of these, whole
//                  ^ a request is sent here, so its reply is as of moment 1 or later
//
// Invariant: events only ever get more, also over crashes.

/// The tokens as of one moment between two batches.
struct Moment {
  var tokens: [Int64: ModelToken] = [:]
  var keys: [String: (creation: ModelCreation, token: Int64)] = [:]
  var eventCount = 0
  var highestToken: Int64 = 0
}

/// An event that became durable.
struct DurableEvent: Equatable {
  var id: String
  var token: Int64?
  /// The reason of the request that led to it; nil for events of the ledger itself.
  var tag: String?
  /// The entry as a reply shows it.
  var shown: String

  /// The milliseconds of its id.
  var milliseconds: Int64 { id.split(separator: "-").first.flatMap { Int64($0) } ?? 0 }
}

/// A request that was sent.
struct SentRequest {
  var request: ClientRequest
  /// Names it in the log.
  var tag: String
  /// Who sent it, as events name them.
  var actor: String
  /// The newest moment when it was sent.
  var moment: Int
  /// The newest clock reading when it was sent.
  var clock: Int
  var monotonicMicroseconds: Int64
  /// How often the disk had been full.
  var fullCount: Int
}

/// A write, and what is known of it.
struct ModelWrite {
  var sent: SentRequest
  /// The sequences of its events.
  var events: [Int] = []
  /// Whether none of its events may ever be in the log.
  var isRefused = false
}

/// What happened.
final class Chronicle {
  private(set) var events: [DurableEvent] = []
  private(set) var moments = [Moment()]
  /// What was true after each event; first of all, before the first one.
  private(set) var pasts = [Moment()]
  private(set) var writes: [String: ModelWrite] = [:]
  /// Every reading of the wall clock that there was.
  var clockMicroseconds: [Int64]
  /// How often the disk was full, and whether it is.
  var fullCount = 0
  var isFull = false
  /// Whether a batch may have been refused that the node does not know of yet.
  ///
  /// What is decided until then is refused with it, though the disk has room again.
  var isRefusalInFlight = false
  /// Whether the disk failed a call since the last start.
  var hasFault = false
  /// Acknowledged by a node that was ending: to be found in the log by the next start.
  private var owed: [(sent: SentRequest, reply: String)] = []
  /// Shown by a node that was ending: to be in the log as well.
  private var owedReads: [(sent: SentRequest, reply: String, dialect: Dialect)] = []
  private var lastID: (UInt64, UInt64) = (0, 0)

  init(clockMicroseconds: Int64) {
    self.clockMicroseconds = [clockMicroseconds]
  }

  var latest: Int { moments.count - 1 }

  /// Notes a request on its way.
  func note(_ sent: SentRequest) {
    if sent.request.isWrite { writes[sent.tag] = ModelWrite(sent: sent) }
  }

  // MARK: Events

  /// Takes in events that became durable together.
  ///
  /// - Throws: where one is not what its request asked for, or its place or its id is wrong.
  func take(_ entries: [LedgerEntry]) throws {
    guard !entries.isEmpty else { return }
    var moment = moments[latest]
    for entry in entries {
      moment.eventCount += 1
      guard entry.number("seq") == Int64(moment.eventCount)
      else { throw Violation("event \(moment.eventCount) is missing: \(entry.shown)") }
      try checkID(entry.id)
      if let tag = entry["reason"] {
        try apply(entry, tag, &moment)
      } else {
        try expectSystem(entry)
      }
      events.append(
        DurableEvent(
          id: entry.id, token: entry.number("token"), tag: entry["reason"], shown: entry.shown))
      pasts.append(moment)
    }
    moments.append(moment)
    try checkMassDeletions(entries)
  }

  private func checkID(_ text: String) throws {
    let parts = text.split(separator: "-").compactMap { UInt64($0) }
    guard parts.count == 2, lastID < (parts[0], parts[1])
    else { throw Violation("event id \(text) does not rise above \(lastID)") }
    let isCounted = parts[0] == lastID.0 && parts[1] == lastID.1 + 1
    let isClock = parts[1] == 0 && clockMicroseconds.contains { $0 / 1000 == Int64(parts[0]) }
    guard isCounted || isClock else { throw Violation("event id \(text) is from nowhere") }
    lastID = (parts[0], parts[1])
  }

  private func expectSystem(_ entry: LedgerEntry) throws {
    guard entry["actor"] == "system", ["opened", "recovered"].contains(entry["type"])
    else { throw Violation("nobody asked for \(entry.shown)") }
  }

  private func apply(_ entry: LedgerEntry, _ tag: String, _ moment: inout Moment) throws {
    guard var write = writes[tag] else { throw Violation("nobody sent \(entry.shown)") }
    guard !write.isRefused else {
      throw Violation("was refused, and is in the log: \(entry.shown)")
    }
    write.events.append(moment.eventCount)
    let expected: [String]
    switch write.sent.request {
    case .create(let creation): expected = try create(creation, entry, write, &moment)
    case .grant(let id, let scopes, let version):
      expected = try grant(id, scopes, version, &moment)
    case .delete(let id, let version): expected = try delete(id, version, &moment)
    case .deleteMatching: expected = try delete(entry.number("token") ?? 0, nil, &moment)
    default: throw Violation("a read wrote \(entry.shown)")
    }
    let isOnce =
      if case .deleteMatching = write.sent.request { true } else { write.events.count == 1 }
    guard isOnce else { throw Violation("carried out twice: \(entry.shown)") }
    let head = try self.head(entry, write, moment)
    guard entry.fields == head + expected
    else { throw Violation("logged \(entry.fields), not \(head + expected)") }
    writes[tag] = write
  }

  /// The fields that every event of a token begins with.
  private func head(
    _ entry: LedgerEntry, _ write: ModelWrite, _ moment: Moment
  ) throws -> [String] {
    guard let id = entry.number("token"), let token = moment.tokens[id]
    else { throw Violation("no token in \(entry.shown)") }
    let type =
      switch write.sent.request {
      case .create: "created"
      case .grant: "scopesGranted"
      default: "deleted"
      }
    var fields = [
      "seq", "\(moment.eventCount)", "type", type, "token", "\(id)", "actor", write.sent.actor,
    ]
    if let previous = token.history.dropLast().last { fields += ["previous", "\(previous)"] }
    fields += ["reason", write.sent.tag]
    if case .create(let creation) = write.sent.request, let key = creation.key {
      fields += ["key", key]
    }
    return fields
  }

  private func create(
    _ creation: ModelCreation, _ entry: LedgerEntry, _ write: ModelWrite, _ moment: inout Moment
  ) throws -> [String] {
    var token = creation.token
    token.id = creation.id ?? moment.highestToken + 1
    guard moment.tokens[token.id] == nil else { throw Violation("the id \(token.id) is taken") }
    if !creation.hasCreated {
      token.createdMicroseconds = entry.number("created_us") ?? 0
      guard clockMicroseconds[write.sent.clock...].contains(token.createdMicroseconds)
      else { throw Violation("created at a time that was not: \(entry.shown)") }
    }
    token.history = [moment.eventCount]
    if let key = creation.key {
      guard moment.keys[key] == nil else { throw Violation("the key \(key) made two tokens") }
      moment.keys[key] = (creation, token.id)
    }
    moment.tokens[token.id] = token
    moment.highestToken = max(moment.highestToken, token.id)
    return token.creationFields
  }

  private func grant(
    _ id: Int64, _ scopes: [String], _ version: Int?, _ moment: inout Moment
  ) throws -> [String] {
    var token = try live(id, version, moment)
    let new = Set(scopes).subtracting(token.scopes).sorted()
    guard !new.isEmpty else { throw Violation("a grant of nothing to \(id)") }
    token.scopes = (token.scopes + new).sorted()
    token.history.append(moment.eventCount)
    moment.tokens[id] = token
    return ["scopes", new.joined(separator: " ")]
  }

  private func delete(_ id: Int64, _ version: Int?, _ moment: inout Moment) throws -> [String] {
    var token = try live(id, version, moment)
    token.isDeleted = true
    token.history.append(moment.eventCount)
    moment.tokens[id] = token
    return []
  }

  private func live(_ id: Int64, _ version: Int?, _ moment: Moment) throws -> ModelToken {
    guard let token = moment.tokens[id], !token.isDeleted
    else { throw Violation("token \(id) is not there, and changed") }
    guard version == nil || version == token.version
    else { throw Violation("token \(id) changed in version \(token.version), not \(version ?? 0)") }
    return token
  }

  /// Deletions by one request are together, and of what its conditions meant at some moment.
  private func checkMassDeletions(_ entries: [LedgerEntry]) throws {
    for tag in Set(entries.compactMap { $0["reason"] }).sorted() {
      guard let write = writes[tag], case .deleteMatching(let query) = write.sent.request
      else { continue }
      let ids = entries.filter { $0["reason"] == tag }.compactMap { $0.number("token") }
      guard ids.count == write.events.count else { throw Violation("\(tag) was torn apart") }
      let isMeant = moments[write.sent.moment..<latest].contains { moment in
        clockMicroseconds[write.sent.clock...].contains { now in
          query.matches(moment.tokens, now: now).map(\.id) == ids
        }
      }
      guard isMeant else { throw Violation("\(tag) deleted \(ids)") }
    }
  }

  // MARK: Crashes

  /// A new start: what was not answered by then and is not in the log never will be.
  ///
  /// - Parameter all: every entry of the log, from the first.
  /// - Throws: where something that was shown or acknowledged is lost.
  func reopen(_ all: [LedgerEntry]) throws {
    for (index, event) in events.enumerated() {
      guard index < all.count, all[index].shown == event.shown
      else { throw Violation("event \(index + 1) was shown and is lost: \(event.shown)") }
    }
    try take(Array(all[events.count...]))
    for tag in writes.keys where writes[tag]?.events.isEmpty == true {
      writes[tag]?.isRefused = true
    }
    for (sent, reply) in owed {
      guard let write = writes[sent.tag], !write.events.isEmpty, isAnswer(reply, to: write)
      else { throw Violation("\(sent.tag) was acknowledged with \(reply) and is lost") }
    }
    for (sent, reply, dialect) in owedReads {
      guard case .read(let after, let count, _) = sent.request,
        isInLog(reply, after, count, dialect)
      else { throw Violation("\(sent.tag) was shown \(reply), which is lost") }
    }
    owed = []
    owedReads = []
    hasFault = false
  }

  // MARK: Answers to writes

  /// Notes that a write was refused.
  func refuse(_ tag: String) throws {
    guard writes[tag]?.events.isEmpty == true
    else { throw Violation("\(tag) was refused, and is in the log") }
    writes[tag]?.isRefused = true
  }

  /// Notes a reply that the next start has to prove.
  func owe(_ sent: SentRequest, _ reply: String) { owed.append((sent, reply)) }

  /// Notes events that were shown and that the next start has to prove.
  func owe(_ sent: SentRequest, shown reply: String, _ dialect: Dialect) {
    owedReads.append((sent, reply, dialect))
  }

  /// Whether a reply says what the write's events did.
  func isAnswer(_ reply: String, to write: ModelWrite) -> Bool {
    guard let last = write.events.last else { return false }
    switch write.sent.request {
    case .create: return reply == ":\(events[last - 1].token ?? 0)"
    case .grant(_, let scopes, _):
      let word = "$scopes, $"
      let names = events[last - 1].shown.components(after: word)
      return reply == ":\(names.count)" && names.allSatisfy(scopes.contains)
    case .delete: return reply == ":1"
    case .deleteMatching: return reply == ":\(write.events.count)"
    default: return false
    }
  }
}

extension String {
  /// The names behind a word, up to the end of their element.
  fileprivate func components(after word: String) -> [String] {
    guard let range = firstRange(of: Array(word)) else { return [] }
    return self[range...].prefix { $0 != "]" && $0 != "," }.split(separator: " ").map(String.init)
  }

  private func firstRange(of word: [Character]) -> Index? {
    var start = startIndex
    while start < endIndex {
      if self[start...].starts(with: word) { return index(start, offsetBy: word.count) }
      start = index(after: start)
    }
    return nil
  }
}
