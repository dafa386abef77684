// Answering a filter: choose the narrowest projection, walk it, check the rest of the conditions.
// A count that one projection knows touches no token. The answers never depend on the choice, on
// the seed of the tables or on the order of the events' tokens.
// Cost: O(candidates of the narrowest projection), and a sort of what is listed.

/// The moment and the lifetime by which tokens are expired or not.
public struct Validity: Hashable, Sendable {
  /// The moment.
  public var now: UnixTime
  /// How long a token is valid after `created`.
  public var duration: ValidDuration

  /// Puts both together.
  public init(now: UnixTime, duration: ValidDuration) {
    self.now = now
    self.duration = duration
  }

  /// A token created at or before this many microseconds is expired: `created` + duration ≤ now.
  ///
  /// No `UnixTime`: it may lie before the year 1, when nothing was created and nothing is expired.
  var cutoff: Int64 { now.microseconds - duration.microseconds }
}

extension LedgerState {
  /// How many live tokens pass `filter`.
  ///
  /// - Complexity: O(sets containing the rarest scope) for scopes alone, without touching tokens;
  ///   else O(candidates of the narrowest condition).
  public func count(_ filter: borrowing TokenFilter, _ validity: Validity) -> Int {
    if let count = countOfProjection(filter, validity) { return count }
    var count = 0
    forEachMatch(filter, validity) { _ in
      count += 1
      return true
    }
    return count
  }

  /// Whether a live token passes `filter`.
  public func exists(_ filter: borrowing TokenFilter, _ validity: Validity) -> Bool {
    var found = false
    forEachMatch(filter, validity) { _ in
      found = true
      return false
    }
    return found
  }

  /// The lowest id above `after` of a live token that passes `filter`.
  public func first(
    _ filter: borrowing TokenFilter, _ validity: Validity, after: Int64 = 0
  ) -> TokenID? {
    var lowest = Int64.max
    var found = false
    forEachMatch(filter, validity) { row in
      let id = tokens.ids[row.index]
      if id > after && id <= lowest { (lowest, found) = (id, true) }
      return true
    }
    return found ? TokenID(checked: lowest) : nil
  }

  /// Appends the ids of the live tokens that pass `filter`, ascending.
  ///
  /// Only ids above `after`, and at most `limit` of them.
  ///
  /// - Precondition: `limit` is not negative.
  /// - Complexity: O(candidates + matches · log matches).
  public func appendIDs(
    _ filter: borrowing TokenFilter, _ validity: Validity, after: Int64 = 0,
    limit: Int = .max, to ids: inout [Int64]
  ) {
    precondition(limit >= 0, "a limit counts ids")
    let start = ids.count
    var isSorted = true
    forEachMatch(filter, validity) { row in
      let id = tokens.ids[row.index]
      guard id > after else { return true }
      if ids.count > start, ids[ids.count - 1] > id { isSorted = false }
      ids.append(id)
      return true
    }
    if !isSorted { ids[start...].sort() }
    if ids.count - start > limit { ids.removeSubrange((start + limit)...) }
  }

  // MARK: Choosing

  /// Where candidates come from.
  private enum Source {
    case everything
    case nothing
    case characterList(UInt32)
    case userList(UInt32)
    case ids(Range<Int>)
    case set(UInt32)
    case supersets(Range<Int>)
    case expired
    case heldBack
  }

  /// The oldest live tokens that can be refreshed and are not held back.
  ///
  /// Their age counts from their creation or last refresh.
  ///
  /// - Parameters:
  ///   - limit: the time that it must not be after.
  ///   - count: how many are wanted.
  ///   - body: says of each whether it counts.
  /// - Returns: the tokens, the oldest first.
  /// - Complexity: O(tokens before the last one that counts).
  public func oldestRefreshable(
    createdAtOrBefore limit: UnixTime, limit count: Int, where body: (TokenID) -> Bool
  ) -> [TokenID] {
    var ids: [TokenID] = []
    guard count > 0 else { return ids }
    order.forEach(atOrBefore: limit.microseconds) { row in
      let id = TokenID(checked: tokens.ids[row.index])
      if tokens.canRefresh(row), tokens.heldBack[row] == nil, body(id) { ids.append(id) }
      return ids.count < count
    }
    return ids
  }

  /// The answer where one projection knows it: no condition, or a single one of the right kind.
  private func countOfProjection(
    _ filter: borrowing TokenFilter, _ validity: Validity
  ) -> Int? {
    guard filter.conditions.count <= 1 else { return nil }
    switch filter.conditions.first {
    case nil: return tokenCount
    case .exactly(let set): return sets.rowCount(set)
    case .scopes(let range, _): return countSupersets(filter.scopes.span.extracting(range))
    case .character(let character): return characterCount(character)
    case .userList(let list): return userRows.count(list)
    case .expired: return order.count(atOrBefore: validity.cutoff)
    case .fresh: return tokenCount - order.count(atOrBefore: validity.cutoff)
    default: return nil
    }
  }

  private func countSupersets(_ scopes: Span<UInt32>) -> Int {
    var count = 0
    sets.forEachSuperset(of: scopes) { set in
      count += sets.rowCount(set)
      return true
    }
    return count
  }

  private func characterCount(_ character: Int64) -> Int {
    characters[character].map { characterRows.count($0) } ?? 0
  }

  /// The condition with the fewest candidates.
  ///
  /// Counting supersets costs a walk over sets, so it is
  /// left out where something else is already narrow.
  private func narrowest(_ filter: borrowing TokenFilter, _ validity: Validity) -> Source {
    var best = (source: Source.everything, count: tokenCount)
    func offer(_ source: Source, _ count: Int) {
      if count < best.count { best = (source, count) }
    }
    for condition in filter.conditions {
      switch condition {
      case .nothing: return .nothing
      case .character(let character), .equivalent(_, let character, _, _):
        guard let list = characters[character] else { return .nothing }
        offer(.characterList(list), characterRows.count(list))
      case .userList(let list): offer(.userList(list), userRows.count(list))
      case .ids(let range): offer(.ids(range), range.count)
      case .exactly(let set): offer(.set(set), sets.rowCount(set))
      case .expired: offer(.expired, order.count(atOrBefore: validity.cutoff))
      case .heldBack: offer(.heldBack, tokens.heldBack.count)
      case .scopes, .type, .owner, .fresh, .refreshable: break
      }
    }
    for case .scopes(let range, _) in filter.conditions where best.count > Self.narrowEnough {
      offer(.supersets(range), countSupersets(filter.scopes.span.extracting(range)))
    }
    return best.source
  }

  /// With this few candidates, checking each costs less than a walk over the scope sets.
  private static let narrowEnough = 64

  // MARK: Walking

  /// Calls `body` with each live row that passes `filter`, in no order, until it returns false.
  private func forEachMatch(
    _ filter: borrowing TokenFilter, _ validity: Validity, _ body: (TokenRow) -> Bool
  ) {
    let cutoff = validity.cutoff
    func visit(_ row: TokenRow) -> Bool {
      !matches(row, filter, cutoff: cutoff) || body(row)
    }
    switch narrowest(filter, validity) {
    case .nothing: return
    case .everything: forEachLiveRow(visit)
    case .characterList(let list): characterRows.forEach(list, visit)
    case .userList(let list): userRows.forEach(list, visit)
    case .ids(let range):
      for index in range {
        guard let row = rows[filter.ids[index]].map(TokenRow.init(rawValue:)),
          !tokens.isDeleted[row.index]
        else { continue }
        guard visit(row) else { return }
      }
    case .set(let set): sets.forEachRow(of: set, visit)
    case .supersets(let range): forEachRow(ofSupersets: filter.scopes.span.extracting(range), visit)
    case .expired: order.forEach(atOrBefore: validity.cutoff, visit)
    case .heldBack: for row in tokens.heldBack.keys { guard visit(row) else { return } }
    }
  }

  private func forEachLiveRow(_ body: (TokenRow) -> Bool) {
    for index in 0..<tokens.count where !tokens.isDeleted[index] {
      guard body(TokenRow(index)) else { return }
    }
  }

  private func forEachRow(ofSupersets scopes: Span<UInt32>, _ body: (TokenRow) -> Bool) {
    sets.forEachSuperset(of: scopes) { set in
      var goesOn = true
      sets.forEachRow(of: set) { row in
        goesOn = body(row)
        return goesOn
      }
      return goesOn
    }
  }

  // MARK: Checking

  private func matches(_ row: TokenRow, _ filter: borrowing TokenFilter, cutoff: Int64) -> Bool {
    for condition in filter.conditions where !holds(condition, row, filter, cutoff: cutoff) {
      return false
    }
    return true
  }

  private func holds(
    _ condition: TokenFilter.Condition, _ row: TokenRow, _ filter: borrowing TokenFilter,
    cutoff: Int64
  ) -> Bool {
    let index = row.index
    return switch condition {
    case .nothing: false
    case .character(let character): tokens.characters[index] == character
    case .userList(let list): tokens.users[index] &+ 1 == list
    case .type(let type): tokens.types[index] == type
    case .owner(let owner): tokens.owners[index] == owner
    case .ids(let range): filter.ids.span.extracting(range).containsAscending(tokens.ids[index])
    case .scopes(let range, let signature):
      sets.contains(
        tokens.sets[index], all: filter.scopes.span.extracting(range), signature: signature)
    case .exactly(let set): tokens.sets[index] == set
    case .equivalent(let reference, let character, let set, let user):
      row != reference && tokens.characters[index] == character && tokens.sets[index] == set
        && (tokens.users[index] == user || tokens.users[index] == TokenTable.noUser)
    case .expired: tokens.created[index] <= cutoff
    case .fresh: tokens.created[index] > cutoff
    case .refreshable: tokens.canRefresh(row)
    case .heldBack: tokens.heldBack[row] != nil
    }
  }
}

extension Span<Int64> {
  /// Whether `value` is among the numbers, which ascend.
  fileprivate func containsAscending(_ value: Int64) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == value
  }
}
