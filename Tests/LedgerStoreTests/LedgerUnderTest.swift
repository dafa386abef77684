// A ledger in one line a step: decide, append, and, where a test says so, commit. The decisions are
// the domain's own, so that what is in flight is what a server would have in flight.

import CryptoPrimitives
import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import TokenLedger

extension StoreOptions {
  /// Little room and a clock that stands still, so that a test's logs are small and the same.
  static func small(segmentSizeBytes: Int = 1 << 20) -> StoreOptions {
    var options = StoreOptions()
    options.clock = .frozen(UnixTime(clampingMicroseconds: 1_700_000_000_000_000))
    options.log.firstRoomSizeBytes = 4096
    options.log.largestRoomSizeBytes = 8192
    options.log.segmentSizeBytes = segmentSizeBytes
    return options
  }
}

extension LedgerStore {
  /// Appends the creation of a token.
  @discardableResult
  func create(
    _ character: Int64 = 1, scopes: [String] = [], access: String = "", refresh: String = "",
    id: Int64? = nil, key: String? = nil
  ) throws -> TokenID {
    var token = NewToken(
      character: CharacterID(character), characterName: .sample("Pilot"), ownerHash: .sample("o"))
    token.id = id.map(TokenID.sample)
    token.scopes = scopes.map(Text.sample)
    token.access = SecretInput(hashing: Array(access.utf8))
    token.refresh = SecretInput(hashing: Array(refresh.utf8))
    token.key = key.map { IdempotencyKey(name: .sample($0), requestDigest: 1) }
    switch try state.decideCreate(token, free: freeTokenID, now: now) {
    case .alreadyDone(let id): return id
    case .propose(let event, let id):
      _ = try append([event], origin: .test)
      return id
    }
  }

  /// Appends a grant of scopes.
  @discardableResult
  func grant(_ id: TokenID, _ scopes: String...) throws -> EventSequence? {
    try state.decideGrant(id, scopes: scopes.map(Text.sample), expected: nil).map {
      try append([$0], origin: .test)
    }
  }

  /// Appends a deletion.
  @discardableResult
  func delete(_ id: TokenID) throws -> EventSequence? {
    try state.decideDelete(id).map { try append([$0], origin: .test) }
  }

  /// Appends a refresh that gave new secrets; without a refresh token the old one stays.
  func refresh(_ id: TokenID, access: String, refresh: String? = nil) throws {
    var report = RefreshReport(access: SecretInput(hashing: Array(access.utf8)))
    report.refresh = refresh.map { SecretInput(hashing: Array($0.utf8)) }
    let decision = try state.decideRefreshed(
      id, under: nil, report, now: now, isEndingAllowed: true)
    _ = try append(decision.events, origin: .test)
  }

  /// Appends a restore.
  func restore(_ id: TokenID) throws {
    _ = try append([state.decideRestore(id)], origin: .test)
  }

  /// A token, deleted or not.
  func token(_ id: TokenID) -> Token? { state.tokenEvenIfDeleted(id) }

  /// The digest of the state.
  var digest: SHA256Digest { state.digest() }

  /// All durable events, read from the log.
  func events() throws -> [Event] {
    var events: [Event] = []
    try forEachEvent(from: EventSequence(1), through: state.lastSequence) { event, _ in
      events.append(event)
      return true
    }
    return events
  }

  /// The ids of the live tokens.
  var tokenIDs: [Int64] {
    var ids: [Int64] = []
    state.forEachToken { ids.append($0.id.rawValue) }
    return ids
  }

  /// The secrets of a live token, as texts; nil for one that is null, empty or gone.
  func secrets(of id: TokenID) throws -> [String?] {
    guard let token = state.token(id) else { return [] }
    return try [token.access, token.refresh].map { reference in
      guard reference.recorded.digest != nil else { return nil }
      return try secret(reference).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

extension Origin {
  /// A process that says why.
  static let test = Origin(
    actor: .peer(uid: 1000, pid: 42, clientName: .sample("client")), reason: .sample("because"))
}

/// The digest of a state that is folded anew from events, with another seed.
func digest(folding events: [Event]) throws -> SHA256Digest {
  var state = LedgerState(seed: 99)
  for event in events { try state.apply(event) }
  return state.digest()
}

/// What opening the ledger in `storage` fails with, or nil.
func openingError(_ storage: any LogStorage) -> StoreError? {
  do throws(StoreError) {
    _ = try LedgerStore.open(storage, .small())
    return nil
  } catch {
    return error
  }
}
