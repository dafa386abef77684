// A state from the body of a snapshot: as if the log had been replayed up to its last sequence.
// Every value is checked before it is used as a number of a row, text or set, so that no bytes trap
// and no later event or question meets a state that no events lead to (schema/snapshot.md, 3).
// Cost: one pass over each part; what is derived is built on the way.

import Bytes

extension LedgerState {
  /// The state that ``encodeSnapshot(_:)`` wrote.
  ///
  /// - Parameters:
  ///   - snapshot: all of the body.
  ///   - seed: spoils prepared hash collisions; it changes no answer and no digest.
  /// - Returns: the state.
  /// - Throws: what is wrong with the bytes; the log is to be replayed instead.
  /// - Complexity: O(bytes) on average, with memory in proportion to the bytes.
  public static func decoded(
    fromSnapshot snapshot: RawSpan, seed: UInt64 = 0
  ) throws(SnapshotError) -> LedgerState {
    var state = LedgerState(seed: seed)
    try state.load(snapshot, seed)
    return state
  }

  /// Takes everything over, into an empty state.
  private mutating func load(_ snapshot: RawSpan, _ seed: UInt64) throws(SnapshotError) {
    let head = try SnapshotHead(snapshot)
    let layout = SnapshotLayout(head)
    (lastSequence, lastEventID) = (head.lastSequence, head.lastEventID)
    texts = try TextCatalog("texts", snapshot, layout.texts, seed)
    users = try TextCatalog("users", snapshot, layout.users, seed)
    scopes = try TextCatalog("scopes", snapshot, layout.scopes, seed)
    keys = try TextCatalog("keys", snapshot, layout.keys, seed)
    guard
      let sets = ScopeSetCatalog(
        seed: seed, sizes: snapshot.extracting(layout.setSizes),
        members: snapshot.extracting(layout.members), scopeCount: scopes.count)
    else { throw .invalid(field: "sets", offset: layout.setSizes.lowerBound) }
    self.sets = sets
    try loadTokens(snapshot, layout.tokens)
    try loadKeyUses(snapshot, layout.keyUses)
    try loadOrder(snapshot, layout.order)
    try loadPrevious(snapshot, layout.previous)
    try loadLeases(snapshot, layout.leases)
    try loadHeldBack(snapshot, layout.heldBack)
  }

  // MARK: Tokens

  private mutating func loadTokens(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    let width = SnapshotLayout.tokenWidth
    tokens.reserveCapacity(range.count / width)
    var highest: TokenID?
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: width) {
      guard let record = TokenRecord(body, at: offset), isPossible(record),
        let id = TokenID(record.id)
      else { throw .invalid(field: "token", offset: offset) }
      _ = tokens.append(record)
      highest = max(highest ?? id, id)
    }
    if let highest { nextTokenID = highest.next }
    guard let repeated = introduceTokens() else { return }
    throw .invalid(field: "token", offset: range.lowerBound + repeated * width)
  }

  /// Builds what is found by id, character, user and scope set.
  ///
  /// One table at a time: each look misses the cache, and the processor waits for many at once only
  /// where little is done between them.
  ///
  /// - Returns: the row whose id another one has; nil when all ids are distinct.
  private mutating func introduceTokens() -> Int? {
    rows.reserveCapacity(tokens.count)
    for row in 0..<tokens.count where !rows.insertNew(tokens.ids[row], UInt32(row)) { return row }
    characters.reserveCapacity(tokens.count / 2)
    var lists: [UInt32] = []
    lists.reserveCapacity(tokens.count)
    for row in 0..<tokens.count { lists.append(characters.number(of: tokens.characters[row])) }
    for row in 0..<tokens.count where !tokens.isDeleted[row] {
      enlist(TokenRow(row), character: lists[row])
      tokenCount += 1
    }
    deletedCount = tokens.count - tokenCount
    return nil
  }

  /// Whether a token like this can be the outcome of events.
  private func isPossible(_ record: TokenRecord) -> Bool {
    let isErasedWhole =
      !record.isErased || record.access.recorded == .null && record.refresh.recorded == .null
    return UnixTime.range.contains(record.created) && record.set < sets.count
      && (record.user == TokenTable.noUser || record.user < users.count)
      && record.owner < texts.count && record.name < texts.count
      && record.version >= 1 && UInt64(record.version) <= record.lastEvent.rawValue
      && record.lastEvent <= lastSequence && isErasedWhole
      && (EventSequence(1)...record.lastEvent).contains(record.access.sequence)
      && (EventSequence(1)...record.lastEvent).contains(record.refresh.sequence)
  }

  private mutating func loadKeyUses(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    keyUses.reserveCapacity(keys.count)
    for offset in stride(
      from: range.lowerBound, to: range.upperBound, by: SnapshotLayout.keyUseWidth)
    {
      let row = TokenRow(rawValue: body.integer(at: offset + 8))
      guard row.index < tokens.count else { throw .invalid(field: "key-use", offset: offset) }
      let token = TokenID(checked: tokens.ids[row.index])
      keyUses.append(KeyUse(requestDigest: body.integer(at: offset), token: token))
    }
  }

  /// Rows that ascend strictly and are as many as the live ones are all of them, once.
  private mutating func loadOrder(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    guard range.count / 4 == tokenCount
    else { throw .invalid(field: "order", offset: range.lowerBound) }
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      let row = TokenRow(rawValue: body.integer(at: offset))
      guard row.index < tokens.count, !tokens.isDeleted[row.index],
        order.append(row, created: createdTime(row))
      else { throw .invalid(field: "order", offset: offset) }
    }
  }

  // MARK: What few tokens have

  private mutating func loadPrevious(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    tokens.previousRefreshes.reserveCapacity(range.count / SnapshotLayout.previousWidth)
    var last: TokenRow?
    for offset in stride(
      from: range.lowerBound, to: range.upperBound, by: SnapshotLayout.previousWidth)
    {
      let form = UInt8(exactly: body.integer(UInt32.self, at: offset + 4))
      guard let row = nextRow(after: &last, body, at: offset), !tokens.isErased[row.index],
        let previous = form.flatMap({ SecretReference(form: $0, body, at: offset + 8) }),
        isPossible(previous.sequence, row)
      else { throw .invalid(field: "previous", offset: offset) }
      tokens.previousRefreshes[row] = previous
    }
  }

  private mutating func loadLeases(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    var last: TokenRow?
    for offset in stride(
      from: range.lowerBound, to: range.upperBound, by: SnapshotLayout.leaseWidth)
    {
      let fence = EventSequence(body.integer(at: offset + 8))
      guard let row = nextRow(after: &last, body, at: offset), !tokens.isDeleted[row.index],
        isPossible(fence, row), let end = UnixTime(microseconds: body.integer(at: offset + 16))
      else { throw .invalid(field: "lease", offset: offset) }
      let lease = Lease(end: end, attempt: body.integer(at: offset + 4))
      tokens.leases[row] = HeldLease(fence: fence, lease: lease)
    }
  }

  private mutating func loadHeldBack(
    _ body: RawSpan, _ range: Range<Int>
  ) throws(SnapshotError) {
    var last: TokenRow?
    for offset in stride(
      from: range.lowerBound, to: range.upperBound, by: SnapshotLayout.heldBackWidth)
    {
      let failure = EventSequence(body.integer(at: offset + 4))
      guard let row = nextRow(after: &last, body, at: offset), !tokens.isDeleted[row.index],
        isPossible(failure, row)
      else { throw .invalid(field: "held-back", offset: offset) }
      tokens.heldBack[row] = failure
    }
  }

  /// The row at `offset`, if there is one and it is above `last`, which it becomes.
  private func nextRow(
    after last: inout TokenRow?, _ body: RawSpan, at offset: Int
  ) -> TokenRow? {
    let row = TokenRow(rawValue: body.integer(at: offset))
    guard row.index < tokens.count, last.map({ $0 < row }) ?? true else { return nil }
    last = row
    return row
  }

  /// Whether an event of the token in `row` can have this sequence.
  private func isPossible(_ sequence: EventSequence, _ row: TokenRow) -> Bool {
    sequence > .zero && sequence <= tokens.lastEvents[row.index]
  }
}

extension TextCatalog {
  fileprivate init(
    _ field: StaticString, _ body: RawSpan, _ place: SnapshotLayout.Texts, _ seed: UInt64
  ) throws(SnapshotError) {
    guard
      let catalog = TextCatalog(
        seed: seed, sizes: body.extracting(place.sizes), bytes: body.extracting(place.bytes))
    else { throw .invalid(field: field, offset: place.sizes.lowerBound) }
    self = catalog
  }
}
