// Which tokens the SSO is not asked for just now, because it failed to answer for them: so that
// whoever asks again and again does not make a bad day worse. Pure: times are handed in, and chance
// comes from the fence, so that the same events do the same.
// Invariant: only `incomplete` and `unavailable` hold a token off; a success lets it go.
// Owner: the loop's thread. Times are the monotonic clock's. schema/protocol.md, "Refreshing".

import TokenLedger

/// The tokens that are held off.
struct RefreshBackOff {
  /// The wait after a first failure; each further one in a row doubles it.
  static let firstWaitMicroseconds: Int64 = 1_000_000
  /// The longest wait of our own.
  static let longestWaitMicroseconds: Int64 = 300_000_000
  /// The longest wait that the SSO may ask for.
  static let longestAskedMicroseconds: Int64 = 3_600_000_000

  /// A token that is held off.
  struct Entry {
    /// Failures in a row.
    var failures: UInt32
    var endMicroseconds: Int64
    var result: RefreshResult
  }

  private var entries: [TokenID: Entry] = [:]
  /// How many entries there may be before old ones are looked for.
  private var room = 1024

  /// How many tokens failed at their last refresh, and were not refreshed since.
  var count: Int { entries.count }

  /// The failures in a row of a token.
  func failures(of id: TokenID) -> UInt32 { entries[id]?.failures ?? 0 }

  /// Why a token is held off, and for how much longer; nil: it is not.
  func hold(on id: TokenID, at now: Int64) -> (result: RefreshResult, microseconds: Int64)? {
    guard let entry = entries[id], entry.endMicroseconds > now else { return nil }
    return (entry.result, entry.endMicroseconds - now)
  }

  /// Takes an outcome.
  ///
  /// - Parameters:
  ///   - result: what it came to.
  ///   - id: the token.
  ///   - asked: how long the SSO wants to be left alone, in milliseconds; 0: it did not say.
  ///   - fence: from which chance is drawn.
  ///   - now: the present moment.
  mutating func note(
    _ result: RefreshResult, of id: TokenID, askedMilliseconds asked: UInt64,
    fence: EventSequence?, at now: Int64
  ) {
    guard result == .incomplete || result == .unavailable else {
      entries[id] = nil
      return
    }
    let failures = min(self.failures(of: id), 30) + 1
    let doubled = Self.firstWaitMicroseconds << Int64(failures - 1)
    let wait = min(doubled, Self.longestWaitMicroseconds)
    let own = wait + wait / 4 * Self.chance(fence) / 256
    let wanted = min(Int64(clamping: asked), Self.longestAskedMicroseconds / 1000) * 1000
    forgetOld(now)
    entries[id] = Entry(
      failures: failures, endMicroseconds: now + max(own, wanted), result: result)
  }

  /// 0 to 255, spread evenly over fences.
  private static func chance(_ fence: EventSequence?) -> Int64 {
    Int64(((fence?.rawValue ?? 0) &* 0x9e37_79b9_7f4a_7c15) >> 56)
  }

  /// Forgets failures of long ago, each time that twice as many have come.
  private mutating func forgetOld(_ now: Int64) {
    guard entries.count >= room else { return }
    entries = entries.filter { $0.value.endMicroseconds + Self.longestWaitMicroseconds > now }
    room = max(1024, entries.count * 2)
  }
}
