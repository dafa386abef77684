// A worker that refreshes tokens as a recorded script says, on a thread of its own: it takes one
// job at a time, and ends when the server closes its connection. Nothing in it waits longer than
// the client does.

import Foundation
import LinuxIO
import RESP
import TestSupport
import Testing

/// A refresher without an SSO.
final class ScriptedRefresher: @unchecked Sendable {
  /// A job that was taken, and the outcome that the script has for it.
  struct Attempt: Equatable {
    var id: Int64
    var outcome: String
  }

  private let client: TestClient
  private let outcome: @Sendable (String) -> String
  // Safe: the list is only touched with the condition's lock held; the client, after `start`, only
  // by the thread.
  private let condition = NSCondition()
  private var attempted: [Attempt] = []
  private var hasEnded = false

  /// A worker on `client` that knows the outcome for each refresh token.
  init(_ client: TestClient, outcome: @escaping @Sendable (String) -> String) throws {
    self.client = client
    self.outcome = outcome
    // Once it has taken in vain, the server knows that there is a worker.
    try #require(try client.ask("REFRESH.TAKE") == "[]")
    _ = try SystemThread.start(name: "refresher") { self.run() }
  }

  /// What was tried, once the thread has ended.
  func attempts() -> [Attempt] {
    let deadline = Date(timeIntervalSinceNow: 20)
    condition.lock()
    defer { condition.unlock() }
    while !hasEnded, condition.wait(until: deadline) {}
    return attempted
  }

  private func run() {
    // It ends by the error of a connection that the server closed.
    while (try? refreshNext()) != nil {}
    condition.lock()
    hasEnded = true
    condition.broadcast()
    condition.unlock()
  }

  private func refreshNext() throws {
    try client.send("REFRESH.TAKE BLOCK 0")
    for job in try client.reply().elements ?? [] {
      guard let id = job.value(for: "token")?.integer, let fence = job.value(for: "fence")?.integer,
        let refresh = job.value(for: "refresh_token")?.text,
        let owner = job.value(for: "owner_hash")?.text
      else { throw TestClient.Failure.closed }
      let outcome = outcome(refresh)
      condition.lock()
      attempted.append(Attempt(id: id, outcome: outcome))
      condition.unlock()
      let words = Self.report(outcome, id, fence, refresh: refresh, owner: owner)
      try client.send([words.map { Array($0.utf8) }])
      _ = try client.reply()
    }
  }

  /// What a worker tells the ledger of an outcome: FORMAT.md, "SSO scripts".
  static func report(
    _ outcome: String, _ id: Int64, _ fence: Int64, refresh: String, owner: String
  ) -> [String] {
    let done = ["REFRESH.DONE", "\(id)", "\(fence)", "ACCESS", "at2:" + refresh]
    let fail = ["REFRESH.FAIL", "\(id)", "\(fence)", "CODE", outcome, "CLASS"]
    switch outcome {
    case "ok": return done + ["OWNER", owner]
    case "ok_rotate": return done + ["OWNER", owner, "REFRESH", "rt2:" + refresh]
    case "ok_null": return done + ["OWNER", owner, "NOREFRESH"]
    case "ok_empty": return done + ["OWNER", owner, "REFRESH", ""]
    case "ok_unverified": return done + ["UNVERIFIED"]
    case "owner_changed": return done + ["OWNER", "another " + owner]
    case "invalid_grant", "invalid_token": return fail + ["definite"]
    case "invalid_client", "unauthorized_client": return fail + ["configuration"]
    case "unavailable": return fail + ["unavailable"]
    case "jwks_unavailable": return fail + ["unavailable", "REFRESH", "rt2:" + refresh]
    default: return fail + ["incomplete"]
    }
  }
}
