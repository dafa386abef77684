import HTTP
import Testing

@testable import SSO

@Suite struct `Key cache` {
  @Test func `every recorded answer is kept as long as django-esi keeps it`() throws {
    let recorded = try RecordedAnswers.load()
    #expect(recorded.lifetimes.count == 29)
    for lifetime in recorded.lifetimes {
      let answer = HTTPAnswer(status: 200, headers: lifetime.headers)
      let seconds = KeyCache.lifetimeSeconds(of: answer, now: recorded.clock)
      #expect(seconds == lifetime.ttl, "\(lifetime.headers)")
    }
  }

  @Test func `the recorded sequence of fetches is the same`() throws {
    let recorded = try RecordedAnswers.load()
    #expect(recorded.steps.count == 15)
    var cache = KeyCache()
    var now = recorded.clock
    for step in recorded.steps {
      now += step.advanceSeconds
      let (keys, requests) = use(&cache, step, now: now)
      #expect(keys?.keyIDs == step.keys, "\(step.step)")
      #expect(requests == step.requests, "\(step.step)")
    }
  }

  @Test func `header values beyond all numbers do no harm`() {
    for value in ["max-age=9223372036854775807", "max-age=-9223372036854775808"] {
      let answer = HTTPAnswer(
        status: 200, headers: ["Cache-Control": value, "Age": "-9223372036854775808"])
      #expect(KeyCache.lifetimeSeconds(of: answer, now: 1_795_435_200) == 0)
    }
  }

  @Test func `of a flood of keys only the first ones are looked at`() {
    let keys = (0..<1_000).map { #"{"kid": "k\#($0)"}"# }.joined(separator: ",")
    let answer = HTTPAnswer(status: 200, body: Array(#"{"keys": [\#(keys)]}"#.utf8))
    #expect(KeySet(answer)?.keyIDs.count == SSOLimits.keyCount)
  }
}

/// Asks the cache for keys, fetching as often as the retry policy says.
private func use(
  _ cache: inout KeyCache, _ step: RecordedAnswers.Step, now: Int64
) -> (KeySet?, requests: Int) {
  guard case .fetch = cache.plan(now: now, isForced: step.isForced) else {
    guard case .use(let keys) = cache.plan(now: now, isForced: false) else { return (nil, 0) }
    return (keys, 0)
  }
  guard let result = step.served?.result else { return (nil, 0) }
  for attempt in 1... {
    let decision = RetryPolicy().decision(
      after: result, attempt: attempt, isRepeatable: true, now: now, jitter: 0)
    switch decision {
    case .wait: continue
    case .giveUp: return (nil, attempt)
    case .settled(let answer): return (cache.keep(answer, now: now), attempt)
    }
  }
  return (nil, 0)
}
