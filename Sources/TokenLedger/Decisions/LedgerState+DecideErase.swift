// Decisions on giving secrets up: by an operator's word, or because a deleted token's grace is
// over. An `erased` event comes first and the bytes leave the log behind it, so that no restore and
// no refresh can count on what is being taken away. schema/events.md section 4.
// Invariant: which secrets the state needs only ever shrinks, but for those of later events.

extension LedgerState {
  /// Decides on erasing the secrets of a token, deleted or not; nil when they were erased already.
  ///
  /// - Throws: `tokenNotFound` when there never was one.
  public func decideErase(_ id: TokenID) throws(Rejection) -> ProposedEvent? {
    guard let row = anyRow(id) else { throw .tokenNotFound(id) }
    guard !tokens.isErased[row.index] else { return nil }
    return erasure(of: row)
  }

  /// Decides on erasing the secrets of deleted tokens that nothing has happened to for long.
  ///
  /// - Parameters:
  ///   - rows: which tokens to look at, by number in the order of their creation, below
  ///     ``knownTokenCount``.
  ///   - limit: tokens with an event from this sequence on keep theirs.
  /// - Returns: the events to write.
  /// - Complexity: O(rows).
  public func decideErasures(
    inRows rows: Range<Int>, deletedBefore limit: EventSequence
  ) -> [ProposedEvent] {
    var events: [ProposedEvent] = []
    for index in rows {
      guard tokens.isDeleted[index], !tokens.isErased[index], tokens.lastEvents[index] < limit
      else { continue }
      events.append(erasure(of: TokenRow(index)))
    }
    return events
  }

  private func erasure(of row: TokenRow) -> ProposedEvent {
    ProposedEvent(
      token: TokenID(checked: tokens.ids[row.index]), previous: tokens.lastEvents[row.index],
      body: .erased)
  }

  /// How many tokens are known, deleted ones included.
  public var knownTokenCount: Int { tokens.count }

  /// Appends the places of the secrets that tokens still have.
  ///
  /// - Parameters:
  ///   - rows: which tokens, as in ``decideErasures(inRows:deletedBefore:)``.
  ///   - limit: access tokens made before this moment are left out: they expired long ago.
  ///   - deletion: the secrets of deleted tokens without an event from this sequence on are left
  ///     out, as if they had been erased.
  ///   - places: gets the places, in no order.
  /// - Complexity: O(rows).
  public func appendNeededSecrets(
    inRows rows: Range<Int>, accessMadeAtOrAfter limit: UnixTime,
    exceptDeletedBefore deletion: EventSequence, to places: inout [SecretPlace]
  ) {
    for index in rows {
      if tokens.isDeleted[index] && tokens.lastEvents[index] < deletion { continue }
      if tokens.created[index] >= limit.microseconds {
        append(tokens.accesses[index], to: &places)
      }
      append(tokens.refreshes[index], to: &places)
      if let previous = tokens.previousRefreshes[TokenRow(index)] { append(previous, to: &places) }
    }
  }

  private func append(_ reference: SecretReference, to places: inout [SecretPlace]) {
    guard reference.recorded.digest != nil else { return }
    places.append(SecretPlace(sequence: reference.sequence, section: Int(reference.section)))
  }
}

/// Where in the log a secret is: an event, and which of its sections.
public struct SecretPlace: Hashable, Comparable, Sendable {
  /// The sequence above the section, in one number.
  private let number: UInt64

  /// Names a place; sequences stay below 2^56.
  public init(sequence: EventSequence, section: Int) {
    number = sequence.rawValue << 8 | UInt64(section)
  }

  /// Whether one comes before the other in the log.
  public static func < (one: SecretPlace, other: SecretPlace) -> Bool {
    one.number < other.number
  }
}
