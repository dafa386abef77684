import Bytes
import TestSupport
import TokenLedger

/// The fold of schema/events.md section 4 over a dictionary, as plainly as it can be said.
///
/// The state is held against it. They share no code but the encoding of numbers.
struct LedgerModel {
  struct Entry {
    var id: Int64
    var facts: Creation
    var scopes: Set<Text>
    var previousRefresh: RecordedSecret?
    var version: UInt32 = 1
    var lastEvent: EventSequence
    var fence: EventSequence?
    var lease: Lease?
    var heldBack: EventSequence?
    var isDeleted = false
    var isErased = false
  }

  var tokens: [Int64: Entry] = [:]
  var keys: [Text: (digest: UInt64, token: Int64)] = [:]

  var live: [Entry] { tokens.values.filter { !$0.isDeleted } }

  mutating func apply(_ event: Event) {
    guard let id = event.token?.rawValue else { return }
    if case .created(let creation) = event.body {
      tokens[id] = Entry(
        id: id, facts: creation, scopes: Set(creation.scopes), lastEvent: event.sequence)
      if let key = event.key { keys[key.name] = (key.requestDigest, id) }
      return
    }
    guard var entry = tokens.removeValue(forKey: id) else { return }
    entry.version += 1
    entry.lastEvent = event.sequence
    entry.take(event)
    tokens[id] = entry
  }

  /// The canonical bytes, written after the page rather than after the code.
  var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = []
    for (_, entry) in tokens.sorted(by: { $0.key < $1.key }) { entry.append(to: &bytes) }
    for (name, use) in keys.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      bytes.append(prefixed: name.utf8)
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: use.digest >> UInt64(shift)))
      }
      bytes.append(varint: UInt64(use.token))
    }
    return bytes
  }
}

extension LedgerModel.Entry {
  fileprivate mutating func take(_ event: Event) {
    switch event.body {
    case .scopesGranted(let names): scopes.formUnion(names)
    case .refreshStarted(let lease): (fence, self.lease) = (event.sequence, lease)
    case .refreshed(let refresh):
      (fence, lease, previousRefresh, heldBack, isErased) = (nil, nil, nil, nil, false)
      facts.created = refresh.created
      facts.access = refresh.access
      facts.ssoVersion = 2
      replace(by: refresh.refresh)
    case .loggedIn(let login):
      (fence, lease, heldBack, isErased) = (nil, nil, nil, false)
      facts.created = login.created
      facts.ownerHash = login.ownerHash
      facts.access = login.access
      replace(by: login.refresh)
    case .refreshFailed(let failure):
      if let answered = failure.fence, answered != fence { return }
      (fence, lease) = (nil, nil)
      if failure.failureClass == .definite { heldBack = event.sequence }
      if failure.rotated != nil { isErased = false }
      replace(by: failure.rotated)
    case .deleted: (fence, lease, heldBack, isDeleted) = (nil, nil, nil, true)
    case .restored: (heldBack, isDeleted) = (nil, false)
    case .erased:
      (fence, lease, previousRefresh, isErased) = (nil, nil, nil, true)
      (facts.access, facts.refresh) = (.null, .null)
    default: break
    }
  }

  private mutating func replace(by secret: RecordedSecret?) {
    guard let secret else { return }
    previousRefresh = facts.refresh
    facts.refresh = secret
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    bytes.append(varint: UInt64(id))
    bytes.append(isDeleted ? 1 : 0)
    bytes.append(varint: UInt64(version))
    bytes.append(signedVarint: facts.character.rawValue)
    bytes.append(prefixed: facts.characterName.utf8)
    bytes.append(prefixed: facts.ownerHash.utf8)
    bytes.append(facts.type == .character ? 0 : 1)
    bytes.append(facts.user == nil ? 0 : 1)
    if let user = facts.user { bytes.append(prefixed: user.utf8) }
    bytes.append(varint: UInt64(scopes.count))
    for name in scopes.sorted() { bytes.append(prefixed: name.utf8) }
    bytes.append(signedVarint: facts.created.microseconds)
    bytes.append(varint: UInt64(facts.ssoVersion))
    Self.append(facts.access, to: &bytes)
    Self.append(facts.refresh, to: &bytes)
    bytes.append(
      (previousRefresh == nil ? 0 : 1) + (heldBack == nil ? 0 : 2) + (isErased ? 4 : 0))
    if let previousRefresh { Self.append(previousRefresh, to: &bytes) }
    if let heldBack { bytes.append(varint: heldBack.rawValue) }
    bytes.append(varint: fence?.rawValue ?? 0)
    guard let lease else { return }
    bytes.append(signedVarint: lease.end.microseconds)
    bytes.append(varint: UInt64(lease.attempt))
  }

  private static func append(_ secret: RecordedSecret, to bytes: inout [UInt8]) {
    switch secret {
    case .null: bytes.append(0)
    case .empty: bytes.append(1)
    case .present(let digest):
      bytes.append(2)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: digest.rawValue >> UInt64(shift)))
      }
    }
  }
}

/// Everything that can be seen of a state: equal images, equal states.
struct StateImage: Equatable {
  var canonicalBytes: [UInt8] = []
  var tokens: [Token] = []
  var counts: [Int]
  var lastSequence: EventSequence
  var lastEventID: EventID
  var nextTokenID: TokenID?
  var answers: [[Int64]]

  init(_ state: borrowing LedgerState) {
    counts = [
      state.tokenCount, state.deletedCount, state.scopeCount, state.scopeSetCount,
      state.characterCount, state.userCount, state.leaseCount,
      state.heldBackCount,
    ]
    (lastSequence, lastEventID) = (state.lastSequence, state.lastEventID)
    nextTokenID = state.nextTokenID
    answers = Self.questions.map { question in
      let ids = try? state.ids(of: question, at: RandomHistory.validity)
      return ids?.map(\.rawValue) ?? [-1]
    }
    state.forEachCanonicalPortion { portion in canonicalBytes.append(span: portion) }
    state.forEachToken(includingDeleted: true) { tokens.append($0) }
  }

  private static let questions: [TokenQuery] = [
    TokenQuery(), TokenQuery().getExpired(), TokenQuery().fresh(), TokenQuery().refreshable(),
    TokenQuery().withoutUser(), TokenQuery().requireScopes(.names([])),
    TokenQuery().type(.corporation), TokenQuery().user(.sample("u1")),
    TokenQuery().character(CharacterID(1)), TokenQuery().requireScopes(.text(.sample("s0"))),
    TokenQuery().requireScopesExact(.text(.sample("s0 s1"))), TokenQuery().equivalentTo(.first),
    TokenQuery().owner(.sample("o1")),
  ]
}
