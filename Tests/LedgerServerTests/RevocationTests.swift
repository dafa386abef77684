// Revocations over the socket: only of tokens whose deletion is durable, once, told as events.

import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct RevocationTests {
  private let storage = SimulatedStorage()
  private let server: ServerUnderTest
  private let site: TestClient
  private let worker: TestClient

  /// Tokens 1 and 2 with refresh tokens, 3 without.
  init() throws {
    server = try ServerUnderTest(storage)
    site = try server.connect()
    worker = try server.connect()
    for (id, words) in [(1, " REFRESH rt1"), (2, " REFRESH rt2"), (3, "")] {
      #expect(try site.ask("TOKEN.CREATE CHARACTER 1 NAME P OWNER o\(words)") == ":\(id)")
    }
  }

  private func take(_ client: TestClient) throws -> String {
    try client.ask("REFRESH.TAKE COUNT 9 REVOCATIONS")
  }

  @Test func `a deletion that asks for it has the refresh token revoked, once`() throws {
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE REASON bye") == ":1")
    #expect(try worker.ask("REFRESH.TAKE COUNT 9 LOGINS") == "[]")
    #expect(try take(worker) == "[[$revocation, :1, $refresh_token, $rt1]]")
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE") == ":0")
    #expect(try take(worker) == "[]")
    #expect(try worker.ask("SSO.REVOKED 1") == ":1")
    #expect(try worker.ask("SSO.REVOKED 1").hasPrefix("-CONFLICT "))
    let history = try site.ask("TOKEN.HISTORY 1")
    #expect(history.contains("$type, $revoked") && !history.contains("rt1"))
  }

  @Test func `a failure is told, and the same command asks again`() throws {
    #expect(try site.ask("TOKEN.DELETE 2 REVOKE") == ":1")
    #expect(try take(worker).contains("rt2"))
    #expect(try worker.ask("SSO.REVOKEFAILED 2 CODE http_503 CLASS unavailable") == ":1")
    #expect(try site.ask("TOKEN.HISTORY 2").contains("$class, $unavailable, $code, $http_503"))
    #expect(try take(worker) == "[]")
    #expect(try site.ask("TOKEN.DELETE 2 REVOKE") == ":0")
    #expect(try take(worker).contains("rt2"))
  }

  @Test func `a worker that leaves gives it back`() throws {
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE") == ":1")
    let leaving = try server.connect()
    #expect(try take(leaving).contains("rt1"))
    try leaving.finishSending()
    try worker.send("REFRESH.TAKE REVOCATIONS BLOCK 20000")
    #expect(try worker.reply().shown.contains("rt1"))
  }

  @Test func `what has no refresh token, was not asked for or is back is not revoked`() throws {
    #expect(try site.ask("TOKEN.DELETE 3 REVOKE") == ":1")
    #expect(try site.ask("TOKEN.DELETE 2") == ":1")
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE") == ":1")
    #expect(try site.ask("TOKEN.RESTORE 1") == ":1")
    #expect(try take(worker) == "[]")
    #expect(try worker.ask("SSO.REVOKED 1").hasPrefix("-CONFLICT "))
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE REVOKE").hasPrefix("-ERR "))
  }

  @Test func `a deletion that was refused revokes nothing`() throws {
    storage.setCapacity(bytes: 0)
    // The room that the log has ahead is used up first.
    var filling = 0
    while try site.ask("TOKEN.GRANT 3 s\(filling)") == ":1", filling < 1000 { filling += 1 }
    #expect(try site.ask("TOKEN.DELETE 1 REVOKE").hasPrefix("-DISKFULL "))
    storage.setCapacity(bytes: .max)
    #expect(try take(worker) == "[]")
    #expect(try site.ask("TOKEN.GET 1") != "_")
  }
}
