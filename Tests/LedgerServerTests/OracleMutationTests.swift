// The recorded mutations of django-esi, played through the socket with a scripted refresher: same
// survivors, same refreshes in the same order, same values, same errors. The one deviation has a
// name: `jwks_unavailable`, a refresh token rotated before the keys could not be had, is kept here.

import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct OracleMutationTests {
  @Test(arguments: try OracleCase.all())
  func `every mutation leaves what django-esi left`(recorded: OracleCase) throws {
    let mutations = (recorded.mutations ?? []).filter {
      $0.quirk == nil && $0.op != "create_from_code"
    }
    guard !mutations.isEmpty else { return }
    var settings = ServerSettings()
    settings.validDuration = try #require(ValidDuration(seconds: recorded.validDuration))
    // django-esi has none.
    settings.deletionGuard = nil
    let loaded = try LocalLedger(settings, at: recorded.clock)
    OracleRequests.load(recorded, into: loaded)
    for (index, mutation) in mutations.enumerated() {
      let script = try #require(recorded.ssoScripts?.first { $0.name == mutation.sso })
      let play = try MutationPlay(
        recorded, mutation, script, settings, loaded.storage.imageAfterPowerLoss())
      try play.check("\(recorded.name), mutation \(index): \(mutation.op)")
    }
  }
}

/// One mutation on its own server.
private struct MutationPlay {
  let recorded: OracleCase
  let mutation: OracleMutation
  let script: OracleScript
  let server: ServerUnderTest
  let client: TestClient
  let reply: Reply
  let attempts: [ScriptedRefresher.Attempt]
  let tokens: [Int64: (token: Reply, secrets: Reply)]

  init(
    _ recorded: OracleCase, _ mutation: OracleMutation, _ script: OracleScript,
    _ settings: ServerSettings, _ storage: SimulatedStorage
  ) throws {
    self.recorded = recorded
    self.mutation = mutation
    self.script = script
    server = try ServerUnderTest(
      storage, settings, options: .frozen(at: mutation.clock ?? recorded.clock))
    client = try server.connect()
    let refresher = try ScriptedRefresher(server.connect(), outcome: script.outcome)
    try client.send([mutation.request])
    reply = try client.reply()
    var tokens: [Int64: (token: Reply, secrets: Reply)] = [:]
    try client.send("TOKENS.FIND")
    for id in try client.reply().elements?.compactMap(\.integer) ?? [] {
      try client.send("TOKEN.GET \(id)")
      try client.send("TOKEN.SECRETS \(id)")
      tokens[id] = (try client.reply(), try client.reply())
    }
    self.tokens = tokens
    #expect(try server.shutDown() == .requested)
    attempts = refresher.attempts()
  }

  func check(_ place: String) throws {
    checkReply(place)
    let expected = mutation.expect
    #expect(tokens.keys.sorted() == expected.surviving, "\(place)")
    // What has no usable refresh token is settled here without a worker.
    let tried = expected.attempts.filter { $0.outcome != "NotRefreshableTokenError" }
    let ids = attempts.map(\.id)
    #expect(ids == tried.map(\.id), "\(place)")
    for (attempt, recorded) in zip(attempts, tried) {
      #expect((attempt.outcome.hasPrefix("ok")) == (recorded.outcome == "refreshed"), "\(place)")
    }
    for token in recorded.tokens where tokens[token.id] != nil { try check(token, place) }
  }

  private func checkReply(_ place: String) {
    let expected = mutation.expect
    if let raised = expected.raised, raised != "DoesNotExist" {
      #expect(reply.errorPrefix == OracleMutation.prefixes[raised], "\(place): \(reply.shown)")
      return
    }
    #expect(reply.errorPrefix == nil, "\(place): \(reply.shown)")
    if let access = expected.accessToken { #expect(reply.text == access, "\(place)") }
    guard let returned = expected.returned ?? (expected.raised == nil ? nil : []) else { return }
    var ids = reply.elements?.compactMap(\.integer) ?? []
    if mutation.op == "get_valid_token" { ids = Array(ids.prefix(1)) }
    #expect(ids == returned, "\(place)")
  }

  private func check(_ token: OracleToken, _ place: String) throws {
    let found = try #require(tokens[token.id])
    let change = mutation.expect.changed.first { $0.id == token.id }
    var refresh = change == nil ? token.refreshToken : change?.refreshToken
    let wasTried = attempts.contains { $0.id == token.id && $0.outcome == "jwks_unavailable" }
    if wasTried, let old = token.refreshToken { refresh = "rt2:" + old }
    let access = change?.accessToken ?? token.accessToken
    #expect(found.secrets.value(for: "access_token")?.text == access, "\(place)")
    #expect(found.secrets.value(for: "refresh_token")?.text == refresh, "\(place)")
    let created = change?.createdMicroseconds ?? token.createdMicroseconds
    #expect(found.token.value(for: "created_us")?.integer == created, "\(place)")
    let version = change?.ssoVersion ?? Int64(token.ssoVersion)
    #expect(found.token.value(for: "sso_version")?.integer == version, "\(place)")
    #expect(found.token.value(for: "owner_hash")?.text == token.ownerHash, "\(place)")
  }
}

extension OracleMutation {
  /// The prefix of the reply for each of django-esi's errors.
  fileprivate static let prefixes = [
    "TokenInvalidError": "TOKENINVALID", "NotRefreshableTokenError": "NOTREFRESHABLE",
    "TokenExpiredError": "TOKENEXPIRED", "IncompleteResponseError": "INCOMPLETE",
    "SSOUnavailableError": "SSOUNAVAILABLE", "ImproperlyConfigured": "MISCONFIGURED",
  ]

  /// The mutation as a request.
  fileprivate var request: [[UInt8]] {
    let words: [String] =
      switch op {
      case "refresh": ["TOKEN.REFRESH", "\(token ?? 0)"]
      case "refresh_or_delete": ["TOKEN.REFRESHORDELETE", "\(token ?? 0)"]
      case "valid_access_token": ["TOKEN.ACCESS", "\(token ?? 0)"]
      case "get_valid_token":
        ["TOKENS.REQUIREVALID", "CHARACTER", "\(characterID ?? 0)", "SCOPES"] + scopes.words
      case "cleanup_token": ["TOKENS.CLEANUP"]
      case "cleanup_token_subset": ["TOKENS.CLEANUP", "FRACTION", "\(fraction ?? 0)"]
      case "chain":
        [steps?.last?.op == "bulk_refresh" ? "TOKENS.BULKREFRESH" : "TOKENS.REQUIREVALID"]
          + (steps ?? []).flatMap(\.filter)
      default: preconditionFailure("the oracle has a mutation that is not known here: \(op)")
      }
    return words.map { Array($0.utf8) }
  }
}
