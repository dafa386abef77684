import Foundation
import LedgerClient
import RESP
import TestSupport
import Testing

/// The calls that wait for the provider, those that tell of it, and those that bring tokens back.
struct RefreshCallTests {
  private static let planted = "pl4nted-s3cret"

  /// The requests that some calls send to a ledger that always answers the same, as lines.
  ///
  /// The connection's own timeout is over at once: what waits only for that gets no reply.
  private static func lines(
    answering reply: String, timeout: Duration? = .seconds(5),
    _ calls: (LedgerConnection) throws -> Void
  ) throws -> [String] {
    var options = LedgerConnection.Options()
    options.timeout = timeout
    let reply = bytes(reply)
    return try ScriptedLedger.run({ _ in reply }, options: options) { connection, ledger in
      try calls(connection)
      return ledger.requests.map { $0.joined(separator: " ") }
    }
  }

  private static func refusal(_ call: (LedgerConnection) throws -> Void) throws -> String? {
    var words: String?
    _ = try lines(answering: "-CONFLICT not \(planted)\r\n") { connection in
      do { try call(connection) } catch { words = "\(error)" + String(reflecting: error) }
    }
    return words
  }

  @Test func `an access token is asked for by token or by character, and stays hidden`() throws {
    let lines = try Self.lines(answering: "$14\r\n\(Self.planted)\r\n") {
      let access = try $0.access(to: 7)
      #expect(access.text == Self.planted && !"\(access)".contains(Self.planted))
      try #expect($0.access(for: 9, scopes: "a b", timeout: .seconds(2)) == access)
      try #expect($0.access(for: 9, scopes: ["a", "b"]) == access)
    }
    #expect(
      lines == [
        "TOKEN.ACCESS 7 TIMEOUT 30000", "TOKEN.ACCESSFOR 9 a b TIMEOUT 2000",
        "TOKEN.ACCESSFOR 9 LIST 2 a b TIMEOUT 30000",
      ])
  }

  @Test func `no token is nil where there may be none, and no reply where there must be one`()
    throws
  {
    _ = try Self.lines(answering: "_\r\n") {
      try #expect($0.access(for: 9, scopes: .none) == nil)
      try #expect($0.refreshOrDelete(7) == nil)
    }
    _ = try Self.lines(answering: "_\r\n") { connection in
      #expect(throws: ClientError.unexpectedReply(command: "TOKEN.ACCESS")) {
        try connection.access(to: 7)
      }
      #expect(throws: ClientError.unexpectedReply(command: "TOKEN.REFRESH")) {
        try connection.refresh(7)
      }
    }
  }

  @Test(
    arguments: [
      (.find, ""),
      (.find.user("7").expired(), " USER 7 EXPIRED"),
      (.requireScopes("a").character(1), " SCOPES a CHARACTER 1"),
      (.requireScopesExact(["a", "b"]), " EXACTLY LIST 2 a b"),
      (.equivalentTo(4).fresh(), " EQUIVALENT 4 FRESH"),
      (.getExpired.refreshable(), " EXPIRED REFRESHABLE"),
      (.find.after(5).limit(6), " AFTER 5 LIMIT 6"),
    ] as [(RemoteQuery, String)])
  func `the tokens of any query can be refreshed`(query: RemoteQuery, words: String) throws {
    let lines = try Self.lines(answering: "*2\r\n:3\r\n:9\r\n") {
      try #expect($0.requireValid(query) == [3, 9])
      try #expect($0.bulkRefresh(query, timeout: .milliseconds(1500)) == [3, 9])
    }
    #expect(
      lines == [
        "TOKENS.REQUIREVALID\(words) TIMEOUT 30000", "TOKENS.BULKREFRESH\(words) TIMEOUT 1500",
      ])
  }

  @Test func `a cleanup takes a fraction, and tells how many it deleted`() throws {
    let lines = try Self.lines(answering: ":4\r\n") {
      try #expect($0.cleanUp() == 4)
      try #expect($0.cleanUp(fraction: 60, timeout: .seconds(600)) == 4)
    }
    #expect(lines == ["TOKENS.CLEANUP TIMEOUT 30000", "TOKENS.CLEANUP FRACTION 60 TIMEOUT 600000"])
  }

  @Test(
    arguments: [
      (.zero, 1), (.seconds(-1), 1), (.nanoseconds(1), 1), (.microseconds(1001), 2),
      (.seconds(86_401), 86_400_000), (.seconds(Int64.max), 86_400_000),
    ] as [(Duration, Int)])
  func `a time to wait is sent in milliseconds that the ledger takes`(
    timeout: Duration, milliseconds: Int
  ) throws {
    let lines = try Self.lines(answering: "$1\r\na\r\n") {
      _ = try $0.access(to: 1, timeout: timeout)
    }
    #expect(lines == ["TOKEN.ACCESS 1 TIMEOUT \(milliseconds)"])
  }

  @Test func `the ledger has its time to answer, whatever the connection's own timeout`() throws {
    for own in [Duration.zero, nil] {
      _ = try Self.lines(answering: "-TIMEOUT no outcome in time\r\n", timeout: own) { connection in
        let error = clientError { () throws(ClientError) in _ = try connection.access(to: 7) }
        let kind = serverError(error)?.kind
        #expect(kind == .timeout)
        #expect(throws: ClientError.self) { try connection.requireValid(.find) }
      }
    }
  }

  @Test func `a refresh made elsewhere is told with what is known of it`() throws {
    let lines = try Self.lines(answering: ":5\r\n") {
      try #expect($0.refreshed(7, access: "at") == 5)
      try $0.refreshed(
        7, access: "at", refresh: .replaced("rt"), ownerHash: "oh", createdMicroseconds: 1_500_000,
        expectedVersion: 4)
      try $0.refreshed(7, access: "at", refresh: .removed)
      try #expect($0.refreshFailed(7, JobFailure(.definite, code: "invalid_grant")) == 5)
      try $0.refreshFailed(7, JobFailure(.unavailable, code: "502"), reason: "outage")
    }
    #expect(
      lines == [
        "TOKEN.REFRESHED 7 ACCESS at",
        "TOKEN.REFRESHED 7 ACCESS at REFRESH rt OWNER oh AT 1.500000 EXPECT 4",
        "TOKEN.REFRESHED 7 ACCESS at NOREFRESH",
        "TOKEN.REFRESHFAILED 7 CLASS definite CODE invalid_grant",
        "TOKEN.REFRESHFAILED 7 CLASS unavailable CODE 502 REASON outage",
      ])
  }

  @Test func `no error repeats a token that was told`() throws {
    let secret = HiddenText(Self.planted)
    let access = try Self.refusal { try $0.refreshed(7, access: secret) }
    let refresh = try Self.refusal { try $0.refreshed(7, access: "a", refresh: .replaced(secret)) }
    for words in [access, refresh] {
      #expect(words?.contains("(redacted)") == true)
      #expect(words?.contains(Self.planted) == false)
    }
  }

  @Test func `tokens are brought back one by one, held ones, and by the span of their end`() throws
  {
    let lines = try Self.lines(answering: ":1\r\n") {
      try $0.restore(7)
      try $0.restore(7, reason: "mistake")
      try #expect($0.restoreHeldBack(reason: "checked") == 1)
      try #expect($0.restore(sinceMicroseconds: 1_000_000) == 1)
      try $0.restore(
        sinceMicroseconds: 1_000_000, untilMicroseconds: 2_500_000, actor: 33, reason: "outage")
    }
    #expect(
      lines == [
        "TOKEN.RESTORE 7", "TOKEN.RESTORE 7 REASON mistake", "TOKENS.RESTORE HELD REASON checked",
        "TOKENS.RESTORE SINCE 1.000000",
        "TOKENS.RESTORE SINCE 1.000000 UNTIL 2.500000 ACTOR 33 REASON outage",
      ])
  }
}

struct ServerErrorKindTests {
  /// The part of `schema/commands.json` that this looks at.
  private struct Schema: Decodable {
    struct Command: Decodable { let errors: [String] }
    let commands: [Command]
  }

  @Test func `every word that begins an error has its kind`() throws {
    let url = Fixtures.repository.appendingPathComponent("schema/commands.json")
    let schema = try JSONDecoder().decode(Schema.self, from: Data(contentsOf: url))
    let given = Set(schema.commands.flatMap(\.errors))
    let known = Set(ServerError.Kind.allCases.map(\.rawValue))
    #expect(given.count > 10)
    #expect(known == given.union(["LOADING"]))
    #expect(ServerError(prefix: "UNHEARD", message: "").kind == nil)
  }

  @Test(arguments: ServerError.Kind.allCases)
  func `what may succeed later without anybody's doing is transient`(kind: ServerError.Kind) {
    let transient: [ServerError.Kind] = [
      .loading, .diskFull, .ssoUnavailable, .noRefresher, .timeout, .incomplete,
    ]
    let error = ServerError(prefix: kind.rawValue, message: "")
    #expect(error.isTransient == transient.contains(kind))
  }
}

/// The refusal of the ledger in an error.
private func serverError(_ error: ClientError?) -> ServerError? {
  guard case .server(let refusal) = error else { return nil }
  return refusal
}
