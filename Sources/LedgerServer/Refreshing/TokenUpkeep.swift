// Refreshes that nobody waits for: of tokens that were used lately, before they expire, and of
// tokens so old that their refresh token might die of disuse. Values; the executor looks.
// Invariant: a few at a time, behind everybody else's jobs, and no token ends by them.
// Owner: the loop's thread. Times are the monotonic clock's. schema/protocol.md, "Refreshing".

import TokenLedger

/// Which tokens are kept fresh.
struct TokenUpkeep {
  /// How many are refreshed at a time.
  static let batchCount = 16
  /// How long nothing is looked for after nothing was found.
  static let idleMicroseconds: Int64 = 10_000_000

  /// How long a token is left that was tried in vain.
  static let retryMicroseconds: Int64 = 3_600_000_000

  /// When a token was tried, and how old it was then.
  private var tries: [TokenID: (at: Int64, created: UnixTime)] = [:]
  /// When a token's access token was asked for last.
  private var uses: [TokenID: Int64] = [:]
  /// The refreshes under way; nobody waits for them.
  var wait: JobWait?
  /// When to look next.
  var dueMicroseconds: Int64 = 0

  /// Notes that a token's access token was asked for.
  mutating func noteUse(of id: TokenID, at now: Int64) { uses[id] = now }

  /// Notes that a token is tried.
  mutating func noteTry(of id: TokenID, created: UnixTime, at now: Int64) {
    tries[id] = (now, created)
  }

  /// Whether a token was tried a short while ago, and has not been refreshed since.
  func wasTriedInVain(_ id: TokenID, created: UnixTime, at now: Int64) -> Bool {
    tries[id].map { $0.created == created && $0.at + Self.retryMicroseconds > now } ?? false
  }

  /// Forgets tries of long ago.
  mutating func forgetTries(at now: Int64) {
    tries = tries.filter { $0.value.at + Self.retryMicroseconds > now }
  }

  /// The tokens that were used since a moment, ascending; older uses are forgotten.
  mutating func used(since moment: Int64) -> [TokenID] {
    uses = uses.filter { $0.value >= moment }
    return uses.keys.sorted()
  }
}
