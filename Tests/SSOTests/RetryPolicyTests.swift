import HTTP
import SSO
import Testing

@Suite struct `Retry policy` {
  @Test func `chance makes our own wait longer, by a quarter at most`() {
    #expect(decision(.failure(.notConnected), jitter: 1) == .wait(seconds: 1.25))
    #expect(decision(.failure(.notConnected), jitter: 0.5) == .wait(seconds: 1.125))
  }

  @Test func `a wait the SSO asked for is kept exactly`() {
    let busy = HTTPAnswer(status: 503, headers: ["retry-AFTER": "5"])
    #expect(decision(.success(busy), jitter: 1) == .wait(seconds: 5))
  }

  @Test func `too long a wait is reported instead`() {
    let busy = HTTPAnswer(status: 429, headers: ["Retry-After": "90"])
    let failure = RefreshFailure(.unavailable, "http_429", retryAfterMilliseconds: 90_000)
    #expect(decision(.success(busy), jitter: 0) == .giveUp(failure))
  }

  @Test(arguments: ["1e300", "99999999999999999999"])
  func `a wait beyond all numbers is a day`(value: String) {
    let busy = HTTPAnswer(status: 429, headers: ["Retry-After": value])
    let failure = RefreshFailure(.unavailable, "http_429", retryAfterMilliseconds: 86_400_000)
    #expect(decision(.success(busy), jitter: 0) == .giveUp(failure))
  }

  @Test(arguments: ["nan", "inf", "Mon, 99 Nov 2026 12:00:30 GMT", "Mon, 23 Nov 2026 12:00:30 CET"])
  func `a wait that cannot be read counts as absent`(value: String) {
    let busy = HTTPAnswer(status: 429, headers: ["Retry-After": value])
    #expect(decision(.success(busy), jitter: 0) == .wait(seconds: 1))
  }

  @Test func `what may not be repeated is not sent again once the server may have seen it`() {
    #expect(
      decision(.failure(.interrupted), isRepeatable: false, jitter: 0)
        == .giveUp(RefreshFailure(.unavailable, "interrupted")))
    #expect(
      decision(.failure(.notConnected), isRepeatable: false, jitter: 0) == .wait(seconds: 1))
  }

  @Test(arguments: HTTPFailure.allCases)
  func `the last attempt is the last`(failure: HTTPFailure) {
    #expect(
      decision(.failure(failure), attempt: 3, jitter: 0)
        == .giveUp(RefreshFailure(.unavailable, failure.code)))
  }
}

private func decision(
  _ result: Result<HTTPAnswer, HTTPFailure>, attempt: Int = 1, isRepeatable: Bool = true,
  jitter: Double
) -> RetryPolicy.Decision {
  RetryPolicy().decision(
    after: result, attempt: attempt, isRepeatable: isRepeatable, now: 1_795_435_200,
    jitter: jitter)
}
