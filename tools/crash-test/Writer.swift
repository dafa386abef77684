// One writing client: it sends a turn of writes without waiting, then takes the answers, and notes
// each acknowledgement the moment it has it. What a daemon's death leaves unanswered stays
// `undecided`, for the auditor. Owned by one thread at a time.

import LedgerClient
import RESP
import TestSupport

/// What ended a client's turn.
enum TurnEnd: Equatable {
  /// All was answered.
  case answered
  /// The ledger refused a write because of a full disk; it was not carried out.
  case diskFull
  /// The ledger no longer takes writes; what was in flight is undecided.
  case readOnly
  /// The connection ended before all was answered.
  case disconnected
}

/// A client and what it knows.
struct Writer {
  var account: Account
  var random: SeededGenerator
  /// Writes of a turn.
  var turnSize = 16

  /// The next turn: mostly creations, some grants and a deletion now and then, each of another
  /// token that was acknowledged before.
  mutating func plan() -> [Operation] {
    var free = account.tokens.filter { $0.value.id != nil }.keys.sorted()
    return (0..<turnSize).map { _ in
      let kind = random.next() % 16
      guard kind < 5, !free.isEmpty else { return .create(character: account.newCharacter()) }
      let character = free.remove(at: Int(random.next() % UInt64(free.count)))
      let scope = "granted.\(account.tokens[character]?.version ?? 0)"
      return kind == 0
        ? .delete(character: character) : .grant(character: character, scope: scope)
    }
  }

  /// Sends a turn and takes its answers; `acknowledged` is told of each that is a yes.
  mutating func takeTurn(
    _ operations: [Operation], _ connection: LedgerConnection, acknowledged: () -> Void = {}
  ) throws(Trouble) -> TurnEnd {
    account.undecided = operations
    account.lastCreations = operations.compactMap { operation in
      if case .create(let character) = operation { character } else { nil }
    }
    do throws(ClientError) {
      for operation in operations {
        guard let words = account.words(operation) else { throw .connectionClosed }
        try connection.send(words)
      }
    } catch {
      return .disconnected
    }
    return try takeAnswers(operations, connection, acknowledged)
  }

  private mutating func takeAnswers(
    _ operations: [Operation], _ connection: LedgerConnection, _ acknowledged: () -> Void
  ) throws(Trouble) -> TurnEnd {
    var end = TurnEnd.answered
    var left: [Operation] = []
    for (index, operation) in operations.enumerated() {
      let reply: Reply
      do throws(ClientError) { reply = try connection.receive() } catch {
        if case .timeout = error { throw .finding("no answer within the time of a client") }
        account.undecided = left + operations[index...]
        return .disconnected
      }
      switch (reply.integer, reply.errorPrefix) {
      case (let value?, _) where isRight(value, for: operation):
        guard left.isEmpty else {
          throw .finding("a write was acknowledged after one of the same client was READONLY")
        }
        account.apply(operation, answer: value)
        account.acknowledgedCount += 1
        acknowledged()
      case (_, "DISKFULL"?): end = .diskFull
      case (_, "READONLY"?):
        end = .readOnly
        left.append(operation)
      default:
        throw .finding("\(operation) was answered with \(reply.errorMessage ?? "\(reply)")")
      }
    }
    account.undecided = left
    return end
  }

  private func isRight(_ value: Int64, for operation: Operation) -> Bool {
    if case .create = operation { value > 0 } else { value == 1 }
  }

  /// Asks again for the creations of the last turn, by their keys: those that are in the ledger
  /// give the id that they have, the others are carried out, once.
  mutating func repeatLastCreations(_ connection: LedgerConnection) throws(Trouble) {
    for character in account.lastCreations {
      let operation = Operation.create(character: character)
      guard let words = account.words(operation) else { continue }
      for _ in 1...2 {
        let reply = try answered("a repeated key") { () throws(ClientError) in
          try connection.call(words)
        }
        guard let id = reply.integer else { throw .finding("a repeated key gave no id") }
        if let token = account.tokens[character] {
          guard token.id == id else {
            throw .finding("key-\(character) gave token \(id), and before \(token.id ?? 0)")
          }
        } else {
          account.apply(operation, answer: id)
        }
      }
    }
  }
}
