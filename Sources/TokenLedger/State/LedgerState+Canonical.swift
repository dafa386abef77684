// The state as bytes, the same for the same events on every machine: what the state digest hashes.
// Layout: schema/events.md section 4. No hash order, no row number and no seed shows through.
// Cost: a copy of one token at a time; the keys are sorted, and all in memory meanwhile.

import Bytes

extension LedgerState {
  /// Calls `body` with the canonical bytes of the state, in portions.
  ///
  /// Tokens ascending by id, deleted ones included; then the idempotency keys ascending by bytes.
  /// Events of the ledger itself leave no trace in it.
  ///
  /// - Complexity: O(tokens · log tokens + bytes).
  public func forEachCanonicalPortion(_ body: (Span<UInt8>) -> Void) {
    var bytes: [UInt8] = []
    forEachToken(includingDeleted: true) { token in
      bytes.removeAll(keepingCapacity: true)
      token.encodeCanonically(into: &bytes)
      body(bytes.span)
    }
    for (name, use) in keyUsesByName() {
      bytes.removeAll(keepingCapacity: true)
      bytes.append(prefixed: name.utf8)
      bytes.append(littleEndian: use.requestDigest)
      bytes.append(varint: UInt64(use.token.rawValue))
      body(bytes.span)
    }
  }

  private func keyUsesByName() -> [(Text, KeyUse)] {
    let uses = keyUses.indices.map { (keys.text(UInt32($0)), keyUses[$0]) }
    return uses.sorted { $0.0 < $1.0 }
  }
}

extension Token {
  fileprivate func encodeCanonically(into bytes: inout [UInt8]) {
    bytes.append(varint: UInt64(id.rawValue))
    bytes.append(isDeleted ? 1 : 0)
    bytes.append(varint: UInt64(version))
    values.encode(into: &bytes)
    bytes.append(
      (previousRefresh == nil ? 0 : 1) | (heldBack == nil ? 0 : 2) | (isErased ? 4 : 0))
    previousRefresh?.recorded.encode(into: &bytes)
    if let heldBack { bytes.append(varint: heldBack.rawValue) }
    bytes.append(varint: lease?.fence.rawValue ?? 0)
    if let lease {
      bytes.append(signedVarint: lease.lease.end.microseconds)
      bytes.append(varint: UInt64(lease.lease.attempt))
    }
  }

  /// The token's values in the form of a creation.
  private var values: Creation {
    Creation(
      character: character, characterName: characterName, ownerHash: ownerHash, type: type,
      user: user, scopes: scopes, created: created, ssoVersion: ssoVersion,
      access: access.recorded, refresh: refresh.recorded)
  }
}
