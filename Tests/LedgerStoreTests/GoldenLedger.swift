// The ledger of the golden files: every kind of event, every state of a secret, names that are not
// ASCII, several segments. Ids, times and the ledger's id are fixed, so that it can be written a
// second time for a look; the files in the repository are never written again.

import CryptoPrimitives
import EventLog
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

/// The making of the golden ledger.
enum GoldenLedger {
  /// Every secret in it; all obviously made up.
  static let secrets: Set<String> = Set((1...9).map { "not-a-secret-\($0)" })

  /// The settings under which the files were written.
  static let options = StoreOptions.small(segmentSizeBytes: 900)

  /// Writes what a variant holds to an empty storage.
  static func write(_ variant: GoldenVariant, to storage: any LogStorage) throws {
    let store = try open(storage, options)
    switch variant {
    case .logins:
      try writeTokens(store)
      try writeLogins(store)
    case .compaction:
      try writeTokens(store)
      try writeRefreshes(store)
      try writeCompaction(store)
    case .whole, .tornTail, .unfinishedRotation: try writeAll(store)
    }
  }

  /// An erased token, and a compaction that takes what is superseded.
  private static func writeCompaction(_ store: LedgerStore) throws {
    let origin = Origin(actor: .system, reason: .sample("to show it"))
    _ = try store.compact(CompactionRequest(.token(.sample(1000)), origin: origin))
    _ = try store.compact(CompactionRequest(.dead, origin: origin))
    try add(.deleted, to: 1, in: store)
  }

  /// Writes the ledger to an empty storage.
  @discardableResult
  static func write(to storage: any LogStorage, _ options: StoreOptions) throws -> LedgerStore {
    let store = try open(storage, options)
    try writeAll(store)
    return store
  }

  private static func open(
    _ storage: any LogStorage, _ options: StoreOptions
  ) throws -> LedgerStore {
    let ledger = try #require(LedgerID(Array(0..<16)))
    let now = options.clock.now.microseconds
    _ = try LogOpening.open(
      storage, options: options.log, newLedger: ledger, nowMicroseconds: now
    ) { _ in }
    return try LedgerStore.open(storage, options)
  }

  private static func writeAll(_ store: LedgerStore) throws {
    try writeTokens(store)
    try writeRefreshes(store)
    try writeRest(store)
  }

  /// The kinds of events that came with logins: after the other variants were written.
  private static func writeLogins(_ store: LedgerStore) throws {
    let login = Login(
      created: store.now, ownerHash: .sample("new owner="), access: secret(4).recorded,
      refresh: secret(5).recorded)
    try add(.loggedIn(login), to: 1, [4, 5], in: store)
    let bare = Login(
      created: store.now, ownerHash: .sample(""), access: secret(6).recorded, refresh: .null)
    try add(.loggedIn(bare), to: 1000, [6], in: store)
    try add(.deleted, to: 1, in: store)
    let refused = Revocation(failureClass: .unavailable, code: .sample("http_503"))
    try add(.revoked(refused), to: 1, in: store)
    try add(.revoked(Revocation(failureClass: nil, code: .empty)), to: 1, in: store)
    try add(.restored, to: 1, in: store)
  }

  /// Tokens with and without secrets; two of them in one batch.
  private static func writeTokens(_ store: LedgerStore) throws {
    var whole = NewToken(
      character: CharacterID(95_465_499), characterName: .sample("Zoë Ünïcode"),
      ownerHash: .sample("owner="))
    whole.user = .sample("7")
    whole.scopes = ["esi-mail.read_mail.v1", "publicData", "ä b"].map(Text.sample)
    whole.access = secret(1)
    whole.refresh = secret(2)
    whole.key = IdempotencyKey(name: .sample("login-1"), requestDigest: 0x0102_0304_0506_0708)
    try create(whole, in: store)
    try store.commit()

    var plain = NewToken(
      character: CharacterID(-1), characterName: .sample(""), ownerHash: .sample(""))
    plain.type = .corporation
    plain.created = UnixTime(clampingMicroseconds: -1)
    plain.ssoVersion = 1
    try create(plain, in: store)
    plain.id = .sample(1000)
    plain.access = secret(3)
    plain.refresh = .empty
    try create(plain, in: store)
    try store.commit()
    try add(.scopesGranted([.sample("a"), .sample("b")]), to: 2, in: store)
  }

  private static func writeRefreshes(_ store: LedgerStore) throws {
    let time = store.now
    let fence = try add(.refreshStarted(Lease(end: time, attempt: 1)), to: 1, in: store)
    let refreshed = Refresh(
      fence: fence, created: time, access: secret(4).recorded, refresh: secret(5).recorded,
      isUnverified: true)
    try add(.refreshed(refreshed), to: 1, [4, 5], in: store)
    let kept = Refresh(
      fence: nil, created: time, access: secret(6).recorded, refresh: nil, isUnverified: false)
    try add(.refreshed(kept), to: 1, [6], in: store)
    let classes: [RefreshFailure.Class] = [.definite, .configuration, .incomplete, .unavailable]
    for failureClass in classes {
      let fence = try add(.refreshStarted(Lease(end: time, attempt: 2)), to: 1000, in: store)
      let rotated = failureClass == .incomplete ? [7] : []
      let failure = RefreshFailure(
        fence: fence, failureClass: failureClass, code: .sample("invalid_grant"),
        retryAfterMilliseconds: 5, rotated: rotated.first.map { secret($0).recorded })
      try add(.refreshFailed(failure), to: 1000, rotated, in: store)
    }
  }

  private static func writeRest(_ store: LedgerStore) throws {
    try add(.deleted, to: 2, in: store)
    try add(.deleted, to: 1000, in: store)
    try add(.restored, to: 1000, in: store)
    let cut = TailCut(segment: .sample("00000000000000000001.segment"), offset: 96, bytesCut: 5)
    let compaction = Compaction(
      first: EventSequence(1), last: EventSequence(2), bytesBefore: 10, bytesAfter: 9)
    for body in [Event.Body.recovered(cut), .compacted(compaction)] {
      _ = try store.append([ProposedEvent(token: nil, body: body)], origin: .test)
    }
    try store.commit()
    var last = NewToken(
      character: CharacterID(5), characterName: .sample("Last"), ownerHash: .sample("o"))
    last.access = secret(8)
    last.refresh = secret(9)
    last.scopes = (1...80).map { .sample("esi-scope.number_\($0).v1") }
    try create(last, in: store)
    try store.commit()
  }

  private static func create(_ token: NewToken, in store: LedgerStore) throws {
    let decision = try store.state.decideCreate(token, free: store.freeTokenID, now: store.now)
    guard case .propose(let event, _) = decision else { return }
    _ = try store.append([event], origin: .test)
  }

  /// Commits one event about a token.
  @discardableResult
  private static func add(
    _ body: Event.Body, to id: Int64, _ numbers: [Int] = [], in store: LedgerStore
  ) throws -> EventSequence {
    let secrets = numbers.compactMap { number -> Secret? in
      if case .secret(let secret) = secret(number) { secret } else { nil }
    }
    let event = ProposedEvent(
      token: .sample(id), previous: store.state.tokenEvenIfDeleted(.sample(id))?.lastEvent,
      body: body,
      secrets: secrets)
    let sequence = try store.append([event], origin: .test)
    try store.commit()
    return sequence
  }

  private static func secret(_ number: Int) -> SecretInput {
    SecretInput(hashing: Array("not-a-secret-\(number)".utf8))
  }
}
