// Whether a request to the SSO is sent again, and when. Pure: clock and chance are handed in.
//
// Invariant: never more attempts than `attempts`, never a wait above `longestRetryAfterSeconds`.
// Owner: nobody, a value. Table: schema/sso.md, "Retries".

public import HTTP

/// The rule for repeating a request.
public struct RetryPolicy: Sendable {
  /// What to do after an attempt.
  public enum Decision: Equatable, Sendable {
    /// The answer counts, whatever it says.
    case settled(HTTPAnswer)
    /// Send the request again after this many seconds.
    case wait(seconds: Double)
    /// The SSO is unavailable.
    case giveUp(RefreshFailure)
  }

  /// How often a request is sent at most.
  public var attempts = 3
  /// The first wait; each further one is twice as long, up to ten seconds.
  public var firstWaitSeconds = 1.0
  /// A longer `Retry-After` is not waited for.
  public var longestRetryAfterSeconds = 60.0
  /// The statuses on which a request is sent again.
  public static let retriedStatuses: Set<Int> = [429, 502, 503, 504]

  /// Makes the rule of django-esi.
  public init() {}

  /// Decides after an attempt.
  ///
  /// - Parameters:
  ///   - result: what came of it.
  ///   - attempt: its number, from 1.
  ///   - isRepeatable: whether the request may be carried out twice.
  ///   - now: seconds since 1970, for a `Retry-After` that is a date.
  ///   - jitter: chance, from 0 to 1: the share of a quarter by which our own waits are longer.
  /// - Returns: what to do.
  public func decision(
    after result: Result<HTTPAnswer, HTTPFailure>, attempt: Int, isRepeatable: Bool, now: Int64,
    jitter: Double
  ) -> Decision {
    let ownWait = waitSeconds(after: attempt) * (1 + jitter / 4)
    switch result {
    case .success(let answer) where !Self.retriedStatuses.contains(answer.status):
      return .settled(answer)
    case .success(let answer):
      let asked = Self.retryAfterSeconds(answer.header("Retry-After"), now: now)
      if attempt < attempts, (asked ?? 0) <= longestRetryAfterSeconds {
        return .wait(seconds: asked ?? ownWait)
      }
      return .giveUp(
        RefreshFailure(
          .unavailable, "http_\(answer.status)",
          retryAfterMilliseconds: asked.map(Self.milliseconds)))
    case .failure(let failure):
      guard attempt < attempts, mayRepeat(after: failure, isRepeatable) else {
        return .giveUp(RefreshFailure(.unavailable, failure.code))
      }
      return .wait(seconds: ownWait)
    }
  }

  private func mayRepeat(after failure: HTTPFailure, _ isRepeatable: Bool) -> Bool {
    switch failure {
    case .notConnected: true
    case .interrupted: isRepeatable
    case .undecodable: false
    }
  }

  private func waitSeconds(after attempt: Int) -> Double {
    let doubled = (1..<max(attempt, 1)).reduce(firstWaitSeconds) { wait, _ in min(wait * 2, 10) }
    return min(max(doubled, 1), 10)
  }

  /// The seconds of a header field's value, or nil if it is absent or cannot be read.
  static func retryAfterSeconds(_ value: String?, now: Int64) -> Double? {
    guard let value else { return nil }
    let text = value.drop { $0 == " " || $0 == "\t" }
    let trimmed = String(text.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    if let seconds = Double(trimmed), seconds.isFinite { return max(seconds, 0) }
    return HTTPDate.seconds(trimmed).map { Double(max($0 - now, 0)) }
  }

  /// The milliseconds of as many seconds, at most a day of them.
  private static func milliseconds(_ seconds: Double) -> Int64 {
    Int64(min(seconds, 86_400) * 1_000)
  }
}

extension HTTPFailure {
  /// The code to be told to the ledger.
  public var code: String {
    switch self {
    case .notConnected: "not_connected"
    case .interrupted: "interrupted"
    case .undecodable: "undecodable"
    }
  }
}
