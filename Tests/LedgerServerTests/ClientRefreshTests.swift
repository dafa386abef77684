// The Swift client on a real server with a scripted worker: what its calls give and throw, and that
// the ledger's word comes before the client's own patience ends.

import LedgerClient
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct ClientRefreshTests {
  private let server: ServerUnderTest
  private let connection: LedgerConnection

  /// A server with three tokens that expired long ago: of 7, of 8 and of 9, refresh tokens `rt7` to
  /// `rt9`; and a client that has no patience of its own.
  init() throws {
    server = try ServerUnderTest(options: .frozen(at: 1_795_435_200))
    var options = LedgerConnection.Options()
    options.timeout = .seconds(20)
    let patient = try LedgerConnection(socketPath: server.path, options: options)
    for character in Int64(7)...9 {
      var creation = TokenCreation(
        characterID: character, characterName: "P", ownerHash: "o\(character)")
      creation.user = "u"
      creation.accessToken = "at"
      creation.refreshToken = HiddenText("rt\(character)")
      creation.scopes = "a"
      creation.createdMicroseconds = 0
      _ = try patient.create(creation)
    }
    options.timeout = .zero
    let socket = try UnixSocket.connect(to: try UnixAddress(path: server.path))
    connection = try LedgerConnection(connected: socket, options: options)
  }

  /// Has a worker refresh as `outcomes` says, by refresh token; others succeed.
  private func startWorker(_ outcomes: [String: String] = [:]) throws {
    _ = try ScriptedRefresher(server.connect()) { outcomes[$0] ?? "ok" }
  }

  private func kind(_ call: () throws(ClientError) -> Void) -> ServerError.Kind? {
    do throws(ClientError) { try call() } catch {
      if case .server(let refusal) = error { return refusal.kind }
    }
    return nil
  }

  @Test func `access is given once the worker has refreshed`() throws {
    try startWorker()
    #expect(try connection.access(to: 1).text == "at2:rt7")
    #expect(try connection.access(for: 8, scopes: "a")?.text == "at2:rt8")
    #expect(try connection.access(for: 8, scopes: "b") == nil)
    #expect(try connection.refresh(3).version == 3)
  }

  @Test func `each failure comes as its kind, and the connection goes on`() throws {
    try startWorker(["rt7": "invalid_grant", "rt8": "invalid_client", "rt9": "unavailable"])
    #expect(kind { () throws(ClientError) in _ = try connection.access(to: 1) } == .tokenInvalid)
    #expect(kind { () throws(ClientError) in _ = try connection.access(to: 2) } == .misconfigured)
    #expect(kind { () throws(ClientError) in _ = try connection.access(to: 3) } == .ssoUnavailable)
    #expect(kind { () throws(ClientError) in _ = try connection.access(to: 4) } == .notFound)
    #expect(try connection.refreshOrDelete(1) == nil)
  }

  @Test func `without a worker, and with one that is silent, the ledger says so`() throws {
    #expect(kind { () throws(ClientError) in _ = try connection.access(to: 1) } == .noRefresher)
    let silent = try server.connect()
    #expect(try silent.ask("REFRESH.TAKE") == "[]")
    let patient = try LedgerConnection(socketPath: server.path)
    let error = kind { () throws(ClientError) in
      _ = try patient.access(to: 1, timeout: .milliseconds(1))
    }
    #expect(error == .timeout)
  }

  @Test func `the valid ones of a query are found, and the others are gone`() throws {
    try startWorker(["rt8": "invalid_grant"])
    let query = RemoteQuery.requireScopes("a").user("u")
    #expect(try connection.requireValid(query) == [1, 3])
    #expect(try connection.bulkRefresh(query.character(9)) == [3])
    #expect(try connection.requireValid(.equivalentTo(1)) == [])
  }

  @Test func `a cleanup deletes, and a restore brings back`() throws {
    try startWorker(["rt7": "invalid_grant"])
    #expect(try connection.cleanUp() == 1)
    let patient = try LedgerConnection(socketPath: server.path)
    #expect(try patient.restore(sinceMicroseconds: 0, actor: .max) == 0)
    #expect(try patient.restore(sinceMicroseconds: 0, reason: "outage") == 1)
    #expect(try patient.delete(2))
    try patient.restore(2)
    #expect(try patient.restoreHeldBack() == 0)
    #expect(try patient.ids(.find) == [1, 2, 3])
    #expect(kind { () throws(ClientError) in try patient.restore(2) } == .conflict)
  }

  @Test func `a refresh made elsewhere counts, and one that failed ends nothing`() throws {
    let patient = try LedgerConnection(socketPath: server.path)
    let version = try patient.refreshed(
      1, access: "told", refresh: .replaced("rt"), ownerHash: "o7", expectedVersion: 1)
    #expect(version == 2)
    #expect(try connection.access(to: 1).text == "told")
    #expect(
      kind { () throws(ClientError) in
        _ = try patient.refreshed(1, access: "told", expectedVersion: 1)
      } == .conflict)
    let failure = JobFailure(.definite, code: "invalid_grant")
    #expect(try patient.refreshFailed(2, failure, reason: "revoked") == 2)
    #expect(try patient.ids(.find) == [1, 2, 3])
  }
}
