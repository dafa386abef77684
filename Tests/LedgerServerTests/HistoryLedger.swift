// A ledger with a life behind it, made from a seed: tokens of few characters and users that are
// created, renewed, failed, deleted and brought back, by several uids, with reasons and without,
// over a clock that jumps, stands still and steps back.

import LedgerStore
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

/// A ledger to ask for its past.
struct HistoryLedger {
  static let users = ["u", "v", "w x"]
  static let reasons = ["outage", "a mistake", "out[age]", "*"]
  static let uids: [UInt32] = [0, 7, 1000]
  static let scopes = ["a", "b", "c", "d e"]

  let ledger: LocalLedger
  let clock = SettableClock(now: UnixTime(clampingMicroseconds: 1_795_435_200_000_000))
  private var generator: SeededGenerator
  private var tokenCount = 0

  /// Lives through so many steps; each appends none, one or a few events, and is shown to `body`.
  init(seed: UInt64, steps: Int, _ body: (HistoryLedger) throws -> Void = { _ in }) throws {
    generator = SeededGenerator(seed: seed)
    ledger = try LocalLedger(clock: clock)
    for _ in 0..<steps {
      try step()
      try body(self)
    }
  }

  /// The entries of a request that lists events.
  func entries(_ request: [String]) throws -> [Reply] {
    let reply = ledger.reply(request.map { Array($0.utf8) })
    return try #require(reply.elements, "\(reply.shown)")
  }

  private mutating func step() throws {
    clock.now = UnixTime(
      clampingMicroseconds: clock.now.microseconds
        + pick([0, 0, 1, 999, 1000, 777_000, -5000, 300_000_000]))
    let id =
      tokenCount == 0 ? nil : TokenID(Int64.random(in: 1...Int64(tokenCount), using: &generator))
    let state = Int.random(in: 0..<8, using: &generator)
    guard let id, state > 1 else { return try create() }
    try change(id, state)
  }

  private mutating func create() throws {
    var words = [
      "TOKEN.CREATE", "CHARACTER", "\(pick([1, 2, 3, -4]))", "NAME", "Pilot", "OWNER", "o",
    ]
    if pick([true, false]) { words += ["USER", pick(Self.users)] }
    if pick([true, false]) { words += ["REFRESH", "pl4nted-\(tokenCount)"] }
    words += ["SCOPES", "LIST", "1", pick(Self.scopes)]
    if pick([true, false]) { words += ["REASON", pick(Self.reasons)] }
    let reply = ledger.ask(words)
    try #require(reply.hasPrefix(":"), "\(reply)")
    tokenCount += 1
  }

  /// Changes a token in the name of one of several uids, if it can be changed so.
  private mutating func change(_ id: TokenID, _ state: Int) throws {
    let proposal: ProposedEvent?
    switch state {
    case 2: proposal = try? ledger.store.state.decideDelete(id)
    case 3: proposal = try? ledger.store.state.decideRestore(id)
    case 4:
      proposal = try? ledger.store.state.decideGrant(
        id, scopes: [Text(pick(Self.scopes)) ?? .empty], expected: nil)
    default:
      let words = ["TOKEN.REFRESHED", "\(id.rawValue)", "ACCESS", "pl4nted-\(state)"]
      _ = ledger.ask(words)
      return
    }
    guard let proposal else { return }
    let actor = Actor.peer(uid: pick(Self.uids), pid: 1, clientName: nil)
    let reason = pick([true, false]) ? Text(pick(Self.reasons)) : nil
    _ = try ledger.store.append([proposal], origin: Origin(actor: actor, reason: reason))
    try ledger.store.commit()
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &generator)]
  }
}
