// The refresh of a selection of tokens, as far as it is. It knows what each outcome means for the
// rest of the work and for the result: the rules of django-esi's `bulk_refresh`, `require_valid`
// and cleanup tasks. It decides nothing about a token by itself: schema/protocol.md, "Refreshing".

import TokenLedger

/// A selection of tokens that is being refreshed, as django-esi's `bulk_refresh` does it.
///
/// Tokens before the one that stopped it count as done; that one and those behind it do not.
struct SelectionRefresh {
  /// What was asked, and so what an answer and a failure mean.
  enum Kind {
    case requireValid, bulkRefresh, cleanup
    /// Nobody asked; it is only so that tokens stay fresh.
    case upkeep
  }

  let kind: Kind
  /// The request as it came: the selection is made again from it at the end.
  let request: [UInt8]
  /// The tokens to refresh, ascending.
  let jobs: [TokenID]
  /// The tokens with an empty refresh token, ascending: nothing can refresh them, so they end.
  let unusable: [TokenID]
  /// The tokens that a cleanup deletes whatever the SSO would say: those without a user.
  let orphans: [TokenID]
  /// How many tokens a definite failure has ended.
  private(set) var endedCount = 0
  /// Tokens that were not refreshed and stay.
  private(set) var failed: Set<TokenID> = []
  /// The first token that no answer of the SSO could be had for.
  private(set) var unavailable: TokenID?
  /// The token at which the application turned out to be set up wrongly.
  private(set) var misconfigured: TokenID?

  init(
    _ kind: Kind, request: [UInt8], jobs: [TokenID], unusable: [TokenID], orphans: [TokenID] = []
  ) {
    self.kind = kind
    self.request = request
    self.jobs = jobs
    self.unusable = unusable
    self.orphans = orphans
  }

  /// Whether no further token is to be refreshed.
  var isStopped: Bool { unavailable != nil || misconfigured != nil }

  /// Takes what became of a token.
  mutating func take(_ result: RefreshResult, of id: TokenID) {
    if result == .ended { endedCount += 1 }
    // There, each token is a task of its own.
    guard kind != .cleanup, kind != .upkeep else { return }
    switch result {
    case .refreshed, .ended, .deleted: break
    case .refused, .heldBack, .incomplete, .notRefreshable: failed.insert(id)
    case .unavailable: unavailable = min(unavailable ?? id, id)
    case .misconfigured: misconfigured = min(misconfigured ?? id, id)
    }
  }

  /// Whether the work had come to `id` before it stopped.
  func wasReached(_ id: TokenID) -> Bool {
    [unavailable, misconfigured].allSatisfy { stop in stop.map { id < $0 } ?? true }
  }

  /// Whether `id` is left out of the result, unless it turns out to be valid.
  func isLeftOut(_ id: TokenID) -> Bool {
    if failed.contains(id) { return true }
    guard !wasReached(id) else { return false }
    return jobs.containsAscending(id) || unusable.containsAscending(id)
  }
}

extension [TokenID] {
  /// Whether `id` is among the ids, which ascend.
  fileprivate func containsAscending(_ id: TokenID) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == id
  }
}
