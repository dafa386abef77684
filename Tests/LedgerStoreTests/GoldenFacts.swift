// What a ledger amounts to, as JSON that a person can read: the facts beside the golden files.
// Every later version has to find the same ones in them.

import CryptoPrimitives
import EventLog
import Foundation
import LedgerStore
import TestSupport
import TokenLedger

/// What is to be found in a directory of the golden files.
struct GoldenFacts: Codable, Equatable {
  /// An event.
  struct Event: Codable, Equatable {
    var sequence: UInt64
    var id: String
    var type: String
    var token: Int64?
    var previous: UInt64?
    var actor: String
    var reason: String?
    var key: String?
    /// The encoded facts, in hexadecimal.
    var facts: String
  }

  /// A token, deleted or not.
  struct Token: Codable, Equatable {
    var id: Int64
    var character: Int64
    var name: String
    var owner: String
    var type: String
    var user: String?
    var scopes: [String]
    var createdMicroseconds: Int64
    var ssoVersion: UInt16
    var version: UInt32
    var isDeleted: Bool
    var isLeased: Bool
    /// The secrets of a live token.
    var access: String?
    var refresh: String?
  }

  var ledger: String
  var segment: UInt64
  var chain: String
  /// Of the state after all events.
  var digest: String
  var events: [Event]
  var tokens: [Token]
}

extension GoldenFacts {
  /// The facts of an open ledger.
  init(_ store: LedgerStore) throws {
    ledger = store.head.map { "\($0.ledger)" } ?? ""
    segment = store.head?.segment ?? 0
    chain = store.head.map { "\($0.chain)" } ?? ""
    digest = store.digest.hex
    events = try store.events().map(Event.init)
    var tokens: [Token] = []
    try store.state.forEachToken(includingDeleted: true) { token in
      tokens.append(Token(token, try store.secrets(of: token.id)))
    }
    self.tokens = tokens
  }

  /// Reads the facts of a variant.
  init(of variant: GoldenVariant) throws {
    self = try JSONDecoder().decode(GoldenFacts.self, from: Data(contentsOf: variant.facts))
  }

  /// The facts as they stand in their file.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

extension GoldenFacts.Event {
  fileprivate init(_ event: TokenLedger.Event) {
    sequence = event.sequence.rawValue
    id = "\(event.id.milliseconds)-\(event.id.counter)"
    type = "\(event.tag.name)"
    token = event.token?.rawValue
    previous = event.previous?.rawValue
    actor = event.actor.text
    reason = event.reason?.string
    key = event.key?.name.string
    facts = event.facts.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

extension GoldenFacts.Token {
  fileprivate init(_ token: TokenLedger.Token, _ secrets: [String?]) {
    id = token.id.rawValue
    character = token.character.rawValue
    name = token.characterName.string
    owner = token.ownerHash.string
    type = token.type == .character ? "character" : "corporation"
    user = token.user?.string
    scopes = token.scopes.map(\.string)
    createdMicroseconds = token.created.microseconds
    ssoVersion = token.ssoVersion
    version = token.version
    isDeleted = token.isDeleted
    isLeased = token.lease != nil
    access = secrets.first.flatMap { $0 }
    refresh = secrets.last.flatMap { $0 }
  }
}

/// A directory of golden files: the log of a ledger in some condition.
enum GoldenVariant: String, CaseIterable {
  /// As a writer leaves it, without room.
  case whole
  /// The last write lost a sector.
  case tornTail = "torn-tail"
  /// The last segment is sealed, and the next one exists under its temporary name.
  case unfinishedRotation = "unfinished-rotation"
  /// The kinds of events that came with logins.
  case logins
  /// A token's secrets erased, the dead ones of the others compacted away.
  case compaction

  /// `Tests/Fixtures/log-v1`.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/log-v1")

  /// The directory of the log.
  var log: URL { Self.folder.appendingPathComponent(rawValue) }
  /// The facts.
  var facts: URL { Self.folder.appendingPathComponent("\(rawValue).json") }
}
