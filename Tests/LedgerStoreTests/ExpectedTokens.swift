// The model of the crash explorer: what a ledger holds, as a dictionary that knows nothing of logs,
// rows and digests.

import LedgerStore
import TestSupport
import TokenLedger

/// The tokens that a ledger must have.
struct ExpectedTokens: Equatable, Sendable {
  /// One token.
  struct Entry: Equatable, Sendable {
    var character: Int64
    var access: String
    var scopes: [String] = []
    var version: UInt32 = 1
    var isDeleted = false
  }

  private(set) var entries: [Int64: Entry] = [:]

  /// The tokens that a ledger has.
  init(of store: LedgerStore) throws {
    var found: [Token] = []
    store.state.forEachToken(includingDeleted: true) { found.append($0) }
    for token in found {
      let access = try store.secret(token.access).map { String(decoding: $0, as: UTF8.self) }
      entries[token.id.rawValue] = Entry(
        character: token.character.rawValue, access: access ?? "",
        scopes: token.scopes.map(\.string), version: token.version, isDeleted: token.isDeleted)
    }
  }

  /// No tokens.
  init() {}

  /// Takes in an event that a compaction appended.
  mutating func take(_ event: Event) {
    guard event.tag == .erased, let id = event.token?.rawValue else { return }
    entries[id]?.access = ""
    entries[id]?.version += 1
  }

  /// Makes a change, here and in the pending batch of the ledger.
  mutating func append(_ change: TokenChange, to store: LedgerStore) throws {
    switch change {
    case .create(let secretBytes):
      let number = Int64(entries.count + 1)
      let access = String(repeating: "\(number)", count: secretBytes)
      let id = try store.create(number, access: access)
      entries[id.rawValue] = Entry(character: number, access: access)
    case .grant(let id):
      try store.grant(.sample(id), "scope")
      entries[id]?.scopes.append("scope")
      entries[id]?.version += 1
    case .refresh(let id, let secretBytes):
      let access = String(repeating: "r", count: secretBytes)
      try store.refresh(.sample(id), access: access)
      entries[id]?.access = access
      entries[id]?.version += 1
    case .delete(let id):
      try store.delete(.sample(id))
      entries[id]?.isDeleted = true
      entries[id]?.version += 1
    }
  }
}
