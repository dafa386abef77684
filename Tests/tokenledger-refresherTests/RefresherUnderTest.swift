// A refresher between a scripted ledger and a scripted SSO: everything of the program but its
// flags, its signals and the network. Waits between attempts take no time at the SSO, and
// milliseconds at the ledger.

import LinuxIO
import SSO
import Testing

@testable import tokenledger_refresher

/// A running refresher with all that is around it.
final class RefresherUnderTest {
  let ledger: ScriptedLedger
  let sso: ScriptedSSO
  let log = Watched<[String]>([])
  let readyCount = Watched(0)
  private let refresher: Refresher

  init(
    _ ledger: ScriptedLedger, _ sso: ScriptedSSO, now: Int64 = 0, secret: String = "s",
    options change: (inout RefresherOptions) -> Void = { _ in }
  ) throws {
    self.ledger = ledger
    self.sso = sso
    var options = RefresherOptions(socketPath: ledger.path)
    options.blockMilliseconds = 20
    options.backOff = BackOff.Bounds(first: 1, longest: 4)
    options.chance = { 1 }
    change(&options)
    let (lines, readyCount) = (log, readyCount)
    refresher = try Refresher(
      options, JobWork(sso, now: now, secret: secret),
      log: Log(format: .logfmt) { line in lines.change { $0.append(line) } },
      ready: { readyCount.change { $0 += 1 } })
  }

  deinit {
    refresher.stop()
    sso.release()
    ledger.close()
  }

  func stop() { refresher.stop() }

  /// Waits for the end; it fails when there is none.
  func end() async throws -> RefresherEnd {
    let descriptor = refresher.endDescriptor
    try #require(await elsewhere { Self.isReadable(descriptor) } == true)
    return refresher.join()
  }

  /// Waits for a descriptor; false when nothing happens.
  private static func isReadable(_ descriptor: CInt) -> Bool {
    var events = EventBuffer(capacity: 1)
    guard let poll = try? EventPoll() else { return false }
    try? poll.add(EventWord(descriptor: descriptor, generation: 0), for: .readable)
    try? poll.wait(timeoutMilliseconds: 20_000, into: &events)
    return events.count == 1
  }

  /// Waits for as many outcomes, stops, and gives them.
  func outcomes(_ count: Int) async throws -> [[String]] {
    try #require(await ledger.state.wait { $0.outcomes.count >= count })
    stop()
    try #require(try await end() == .stopped)
    return ledger.state.value.outcomes
  }

  /// The log in one text.
  var lines: String { log.value.joined(separator: "\n") }
}

extension JobWork<ScriptedSSO> {
  /// The work with a scripted SSO, at a moment that stands still.
  init(_ sso: ScriptedSSO, now: Int64, secret: String = "s") {
    let endpoint = TokenEndpoint(
      url: "token", client: .init(id: "id", secret: SecretText(secret), userAgent: "tests"),
      transport: sso, surroundings: .init(now: { now }, jitter: { 0 }, wait: { _ in }))
    self.init(
      endpoint: endpoint, keysURL: "keys", revokeURL: "revoke", rules: AccessTokenRules())
  }
}
