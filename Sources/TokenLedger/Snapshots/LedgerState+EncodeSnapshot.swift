// The state as the body of a snapshot, in portions: schema/snapshot.md section 1, part by part.
// The same state gives the same bytes; no hash order and no seed shows through.
// Cost: one portion of 64 KiB, and the sorted rows of what few tokens have; no copy of the state.

import Bytes

extension LedgerState {
  /// Calls `emit` with the bytes of the state, in portions of at most 64 KiB.
  ///
  /// ``decoded(fromSnapshot:seed:)`` takes the portions behind each other.
  ///
  /// - Throws: what `emit` throws; nothing more is then encoded.
  /// - Complexity: O(tokens + texts).
  public func encodeSnapshot<Failure: Error>(
    _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var portion: [UInt8] = []
    portion.reserveCapacity(portionCapacity)
    snapshotHead.encode(into: &portion)
    try texts.encode(into: &portion, emit)
    try users.encode(into: &portion, emit)
    try scopes.encode(into: &portion, emit)
    try keys.encode(into: &portion, emit)
    try encodeKeyUses(into: &portion, emit)
    try sets.encode(into: &portion, emit)
    try encodeTokens(into: &portion, emit)
    try encodeOrder(into: &portion, emit)
    try encodePrevious(into: &portion, emit)
    try encodeLeases(into: &portion, emit)
    try encodeHeldBack(into: &portion, emit)
    try portion.flush(to: emit)
  }

  /// How many bytes ``encodeSnapshot(_:)`` gives.
  public var snapshotSizeBytes: Int { SnapshotLayout(snapshotHead).byteCount }

  private var snapshotHead: SnapshotHead {
    SnapshotHead(
      lastSequence: lastSequence, lastEventID: lastEventID, texts: texts.amount,
      users: users.amount, scopes: scopes.amount, keys: keys.amount, setCount: sets.count - 1,
      tokenCount: tokens.count, memberCount: sets.memberCount, liveCount: tokenCount,
      previousCount: tokens.previousRefreshes.count, leaseCount: tokens.leases.count,
      heldBackCount: tokens.heldBack.count)
  }

  private func encodeKeyUses<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for use in keyUses {
      guard let row = anyRow(use.token) else { preconditionFailure("a key has made its token") }
      portion.append(littleEndian: use.requestDigest)
      portion.append(littleEndian: row.rawValue)
      try portion.flushIfFull(to: emit)
    }
  }

  private func encodeTokens<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for index in 0..<tokens.count {
      tokens.record(TokenRow(index)).encode(into: &portion)
      try portion.flushIfFull(to: emit)
    }
  }

  private func encodeOrder<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try order.forEach { (row) throws(Failure) in
      portion.append(littleEndian: row.rawValue)
      try portion.flushIfFull(to: emit)
    }
  }

  // MARK: What few tokens have

  private func encodePrevious<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for row in tokens.previousRefreshes.keys.sorted() {
      guard let previous = tokens.previousRefreshes[row] else { continue }
      portion.append(littleEndian: row.rawValue)
      portion.append(littleEndian: UInt32(previous.form))
      previous.encodePlace(into: &portion)
      try portion.flushIfFull(to: emit)
    }
  }

  private func encodeLeases<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for row in tokens.leases.keys.sorted() {
      guard let held = tokens.leases[row] else { continue }
      portion.append(littleEndian: row.rawValue)
      portion.append(littleEndian: held.lease.attempt)
      portion.append(littleEndian: held.fence.rawValue)
      portion.append(littleEndian: held.lease.end.microseconds)
      try portion.flushIfFull(to: emit)
    }
  }

  private func encodeHeldBack<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for row in tokens.heldBack.keys.sorted() {
      guard let failure = tokens.heldBack[row] else { continue }
      portion.append(littleEndian: row.rawValue)
      portion.append(littleEndian: failure.rawValue)
      try portion.flushIfFull(to: emit)
    }
  }
}

extension TextCatalog {
  fileprivate var amount: TextAmount { TextAmount(count: count, byteCount: bytes.count) }

  fileprivate func encode<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for number in 0..<UInt32(count) {
      portion.append(littleEndian: UInt32(span(number).count))
      try portion.flushIfFull(to: emit)
    }
    try portion.flush(to: emit)
    var start = 0
    while start < bytes.count {
      let end = min(start + portionCapacity, bytes.count)
      try emit(bytes.extracting(start..<end))
      start = end
    }
  }
}

extension ScopeSetCatalog {
  fileprivate func encode<Failure: Error>(
    into portion: inout [UInt8], _ emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for set in 1..<UInt32(count) {
      portion.append(littleEndian: UInt32(members(of: set).count))
      try portion.flushIfFull(to: emit)
    }
    for set in 1..<UInt32(count) {
      for index in members(of: set).indices {
        portion.append(littleEndian: members(of: set)[index])
        try portion.flushIfFull(to: emit)
      }
    }
  }
}

/// The most bytes of a portion.
private let portionCapacity = 64 * 1024

extension [UInt8] {
  /// Gives the bytes on when the largest record might not fit behind them any more.
  fileprivate mutating func flushIfFull<Failure: Error>(
    to emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    if count > portionCapacity - SnapshotHead.byteCount { try flush(to: emit) }
  }

  /// Gives the bytes on and forgets them.
  fileprivate mutating func flush<Failure: Error>(
    to emit: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    guard !isEmpty else { return }
    try emit(span)
    removeAll(keepingCapacity: true)
  }
}
