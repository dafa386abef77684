// How long a key set is kept, and when a newer one is fetched. Pure: the clock is handed in.
//
// Invariant: at most one forced fetch in `cooldownSeconds`, so a flood of forged key ids cannot
// make us flood the provider; a failed fetch leaves what is kept.
// Owner: the refresher, one value. Rules: schema/sso.md, "Signing keys".

public import HTTP

/// The kept key set.
public struct KeyCache: Sendable {
  /// What to do for keys.
  public enum Plan: Sendable {
    /// These are good enough.
    case use(KeySet)
    /// Ask the provider, then call `keep`.
    case fetch
  }

  /// Seconds between two forced fetches.
  public static let cooldownSeconds: Int64 = 60
  /// The longest `max-age` that is believed, in seconds.
  static let longestAgeSeconds: Int64 = 86_400
  /// How long a set is kept whose answer says nothing, in seconds.
  static let silentAgeSeconds: Int64 = 300

  private var kept: (keys: KeySet, until: Int64)?
  private var forcedAt: Int64?

  /// Makes an empty cache.
  public init() {}

  /// Says whether the kept keys do; times are seconds since 1970.
  ///
  /// - Parameters:
  ///   - now: the time.
  ///   - isForced: whether a key id was not in the kept keys; counts as a forced fetch.
  /// - Returns: the plan.
  public mutating func plan(now: Int64, isForced: Bool) -> Plan {
    if isForced, forcedAt.map({ now - $0 >= Self.cooldownSeconds }) ?? true {
      forcedAt = now
      return .fetch
    }
    guard let kept, now < kept.until else { return .fetch }
    return .use(kept.keys)
  }

  /// Takes the provider's answer in, as long as it says, or gives nil if it is no key set.
  public mutating func keep(_ answer: HTTPAnswer, now: Int64) -> KeySet? {
    guard let keys = KeySet(answer) else { return nil }
    let seconds = Self.lifetimeSeconds(of: answer, now: now)
    if keys.isList, seconds > 0 { kept = (keys, now.addingReportingOverflow(seconds).partialValue) }
    return keys
  }

  /// The seconds for which an answer may be kept.
  ///
  /// - Source: RFC 9111 §4.2, as django-esi reads it.
  static func lifetimeSeconds(of answer: HTTPAnswer, now: Int64) -> Int64 {
    let control = answer.header("Cache-Control")
    let expires = answer.header("Expires")
    if control == nil, expires == nil { return silentAgeSeconds }
    let age = answer.header("Age").flatMap { Int64($0) } ?? 0
    if let maximum = control.flatMap(maximumAge) {
      let begin = answer.header("Date").flatMap(HTTPDate.seconds) ?? now
      return clamped(min(maximum, longestAgeSeconds) - (now - begin), less: age)
    }
    guard let end = expires.flatMap(HTTPDate.seconds) else { return 0 }
    return clamped(end - now, less: age)
  }

  private static func clamped(_ seconds: Int64, less age: Int64) -> Int64 {
    let left = seconds.subtractingReportingOverflow(age)
    return left.overflow ? 0 : max(left.partialValue, 0)
  }

  /// The number of `max-age=`, written in just this way, or nil.
  private static func maximumAge(_ control: String) -> Int64? {
    control.split(separator: ",").lazy.map { $0.drop { $0 == " " } }
      .first { $0.hasPrefix("max-age=") }.flatMap { Int64($0.dropFirst(8)) }
  }
}
