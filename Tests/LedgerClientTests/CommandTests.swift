import LedgerClient
import RESP
import Testing

/// One token as RESP3 and as RESP2 write it.
private let tokenFields = [
  "$2\r\nid\r\n:7\r\n", "$12\r\ncharacter_id\r\n:90000001\r\n",
  "$14\r\ncharacter_name\r\n$3\r\nBob\r\n", "$10\r\nowner_hash\r\n$2\r\noh\r\n",
  "$10\r\ntoken_type\r\n$9\r\ncharacter\r\n", "$4\r\nuser\r\n$2\r\n42\r\n",
  "$6\r\nscopes\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n", "$10\r\ncreated_us\r\n:1000000\r\n",
  "$10\r\nexpires_us\r\n:2000000\r\n", "$7\r\nexpired\r\n:1\r\n",
  "$11\r\ncan_refresh\r\n#t\r\n", "$18\r\naccess_fingerprint\r\n$8\r\n01234567\r\n",
  "$19\r\nrefresh_fingerprint\r\n_\r\n", "$11\r\nsso_version\r\n:2\r\n", "$7\r\nversion\r\n:3\r\n",
  "$8\r\nunheard_\r\n*0\r\n",
]

struct CommandTests {
  /// The requests that some calls send to a ledger that always answers the same.
  private static func sent(
    answering reply: String, _ calls: (LedgerConnection) throws -> Void
  ) throws -> [[String]] {
    let reply = bytes(reply)
    return try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      try calls(connection)
      return ledger.requests
    }
  }

  @Test func `a creation sends what it has, and gives the id`() throws {
    var creation = TokenCreation(characterID: 9, characterName: "Bob Ross", ownerHash: "oh=")
    let requests = try Self.sent(answering: ":7\r\n") {
      try #expect($0.create(creation) == 7)
      creation.tokenType = "corporation"
      creation.user = "42"
      creation.accessToken = "at"
      creation.refreshToken = "rt"
      creation.scopes = ["a", "b"]
      creation.createdMicroseconds = 1_500_000
      creation.id = 5
      creation.ssoVersion = 2
      creation.idempotencyKey = "k"
      creation.reason = "login"
      try #expect($0.create(creation) == 7)
    }
    let least = ["TOKEN.CREATE", "CHARACTER", "9", "NAME", "Bob Ross", "OWNER", "oh="]
    #expect(requests[0] == least)
    let rest =
      "TYPE corporation USER 42 ACCESS at REFRESH rt SCOPES LIST 2 a b CREATED 1.500000 "
      + "ID 5 SSOVERSION 2 KEY k REASON login"
    #expect(requests[1] == least + rest.split(separator: " ").map(String.init))
  }

  @Test func `the past is asked for by its moment`() throws {
    let requests = try Self.sent(answering: "*0\r\n") {
      _ = try $0.ids(.requireScopes("a").user("7").asOf(.sequence(12)))
      _ = try $0.ids(.find.asOf(.event("5-1")).limit(3))
    }
    #expect(requests[0] == ["TOKENS.REQUIRESCOPES", "a", "USER", "7", "ASOF", "#12"])
    #expect(requests[1] == ["TOKENS.FIND", "ASOF", "5-1", "LIMIT", "3"])
    let others = try Self.sent(answering: "_\r\n") {
      try #expect($0.token(7, asOf: .time(microseconds: 1_500_000)) == nil)
      try #expect($0.lookup(character: 9, scopes: "a", asOf: .sequence(0)) == nil)
    }
    #expect(others[0] == ["TOKEN.GET", "7", "ASOF", "1.500000"])
    #expect(others[1] == ["TOKEN.LOOKUP", "9", "a", "ASOF", "#0"])
  }

  @Test func `a history is asked for, and its events are read`() throws {
    let entry = "*2\r\n$3\r\n5-1\r\n*4\r\n$3\r\nseq\r\n$1\r\n8\r\n$4\r\ntype\r\n$7\r\ndeleted\r\n"
    let requests = try Self.sent(answering: "*1\r\n\(entry)") {
      let history = RemoteHistory().token(3).type("deleted").actor(uid: nil).actor(uid: 7)
        .reason("out*").since(.sequence(2)).until(.event("9-9")).character(-4).user("u")
      let events = try $0.events(history.limit(5).reversed())
      #expect(events.map(\.id) == ["5-1"] && events[0].sequence == 8 && events[0].token == nil)
      #expect(events[0].type == "deleted")
    }
    let words =
      "LEDGER.HISTORY TOKEN 3 TYPE deleted ACTOR system ACTOR 7 REASON out* SINCE #2 UNTIL 9-9 "
      + "CHARACTER -4 USER u COUNT 5 REV"
    #expect(requests == [words.split(separator: " ").map(String.init)])
    #expect(throws: ClientError.unexpectedReply(command: "LEDGER.HISTORY")) {
      _ = try Self.sent(answering: "*1\r\n:1\r\n") { _ = try $0.events(RemoteHistory()) }
    }
  }

  @Test(
    arguments: [
      (0, "0.000000"), (1, "0.000001"), (1_700_000_000_123_456, "1700000000.123456"),
      (-1, "-0.000001"), (-1_000_000, "-1.000000"), (.min, "-9223372036854.775808"),
    ] as [(Int64, String)])
  func `a time is sent with its microseconds`(microseconds: Int64, text: String) throws {
    var creation = TokenCreation(characterID: 1, characterName: "n", ownerHash: "o")
    creation.createdMicroseconds = microseconds
    let requests = try Self.sent(answering: ":1\r\n") { _ = try $0.create(creation) }
    #expect(requests[0].suffix(2) == ["CREATED", text])
  }

  @Test(
    arguments: [
      (.text("a b"), ["a b"]), (.text(""), [""]), (.text("LIST"), ["LIST", "1", "LIST"]),
      (.text("list"), ["LIST", "1", "list"]), (.list(["a b"]), ["a b"]),
      (.list(["List"]), ["LIST", "1", "List"]), (.list([]), ["LIST", "0"]),
      (.list(["a", "", "b c"]), ["LIST", "3", "a", "", "b c"]), ("x y", ["x y"]),
      ([], ["LIST", "0"]),
    ] as [(RemoteScopes, [String])])
  func `scopes are sent as one text or as a counted list`(
    scopes: RemoteScopes, arguments: [String]
  ) throws {
    let requests = try Self.sent(answering: ":1\r\n") {
      try #expect($0.grant(7, scopes: scopes, reason: "r", expectedVersion: 3) == 1)
    }
    #expect(
      requests == [["TOKEN.GRANT", "7"] + arguments + ["REASON", "r", "EXPECT", "3"]])
  }

  @Test(arguments: ["%16\r\n", "*32\r\n"])
  func `a token is read from a map of either dialect`(header: String) throws {
    let requests = try Self.sent(answering: header + tokenFields.joined()) {
      let token = try #require(try $0.token(7))
      #expect(token.id == 7 && token.characterID == 90_000_001 && token.characterName == "Bob")
      #expect(token.ownerHash == "oh" && token.tokenType == "character" && token.user == "42")
      #expect(token.scopes == ["a", "b"] && token.ssoVersion == 2 && token.version == 3)
      #expect(token.createdMicroseconds == 1_000_000 && token.expiresMicroseconds == 2_000_000)
      #expect(token.isExpired && token.canRefresh)
      #expect(token.accessFingerprint == "01234567" && token.refreshFingerprint == nil)
      try #expect($0.lookup(character: 90_000_001, scopes: "a b") == token)
    }
    #expect(requests == [["TOKEN.GET", "7"], ["TOKEN.LOOKUP", "90000001", "a b"]])
  }

  @Test func `a token that is not there is nil, and half a token is an unexpected reply`() throws {
    for null in ["_\r\n", "$-1\r\n", "*-1\r\n"] {
      _ = try Self.sent(answering: null) { try #expect($0.token(7) == nil) }
    }
    _ = try Self.sent(answering: "%1\r\n" + tokenFields[0]) { connection in
      let error = clientError { () throws(ClientError) in _ = try connection.token(7) }
      #expect(error == .unexpectedReply(command: "TOKEN.GET"))
      #expect(throws: ClientError.self) { try connection.token(7) }
    }
  }

  @Test func `a deletion tells whether there was a token`() throws {
    let requests = try Self.sent(answering: ":0\r\n") {
      try #expect($0.delete(7, reason: "left", expectedVersion: 1) == false)
      try #expect($0.delete(8) == false)
    }
    #expect(
      requests == [
        ["TOKEN.DELETE", "7", "REASON", "left", "EXPECT", "1"], ["TOKEN.DELETE", "8"],
      ])
  }
}

struct RemoteQueryTests {
  /// The words of one request that a question about a query sends.
  private static func words(
    answering reply: String, _ ask: (LedgerConnection) throws -> Void
  ) throws -> String {
    let reply = bytes(reply)
    return try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      try ask(connection)
      return ledger.requests.map { $0.joined(separator: " ") }.joined(separator: "\n")
    }
  }

  @Test(
    arguments: [
      (.find, "TOKENS.FIND"),
      (.requireScopes("a b"), "TOKENS.REQUIRESCOPES a b"),
      (.requireScopes(.none), "TOKENS.REQUIRESCOPES LIST 0"),
      (.requireScopesExact(["a", "b"]), "TOKENS.REQUIRESCOPESEXACT LIST 2 a b"),
      (.equivalentTo(7), "TOKENS.EQUIVALENTTO 7"),
      (.getExpired, "TOKENS.GETEXPIRED"),
      (
        .find.character(1).user("u").withoutUser().type("character").owner("o").ids([1, 2]),
        "TOKENS.FIND CHARACTER 1 USER u NOUSER TYPE character OWNER o IDS 2 1 2"
      ),
      (
        .find.scopes("s").exactly(["x", "y"]).equivalent(to: 3).expired().fresh().refreshable(),
        "TOKENS.FIND SCOPES s EXACTLY LIST 2 x y EQUIVALENT 3 EXPIRED FRESH REFRESHABLE"
      ),
      (
        .find.after(5).limit(6).user("u"), "TOKENS.FIND USER u AFTER 5 LIMIT 6"
      ),
    ] as [(RemoteQuery, String)])
  func `a query is sent as a command, its filters and its page`(
    query: RemoteQuery, request: String
  ) throws {
    let words = try Self.words(answering: "*2\r\n:3\r\n:9\r\n") {
      try #expect($0.ids(query) == [3, 9])
    }
    #expect(words == request)
  }

  @Test func `what is asked stands between the filters and the page`() throws {
    let query = RemoteQuery.find.fresh().limit(1)
    var words = try Self.words(answering: ":5\r\n") {
      try #expect($0.count(query) == 5)
      try #expect($0.first(query) == 5)
    }
    #expect(words == "TOKENS.FIND FRESH COUNT LIMIT 1\nTOKENS.FIND FRESH FIRST LIMIT 1")
    words = try Self.words(answering: ":1\r\n") { try #expect($0.exists(query)) }
    #expect(words == "TOKENS.FIND FRESH EXISTS LIMIT 1")
    _ = try Self.words(answering: "_\r\n") { try #expect($0.first(query) == nil) }
    _ = try Self.words(answering: "#f\r\n") { try #expect($0.exists(query) == false) }
  }

  @Test func `fields come as rows, one value for each name`() throws {
    let words = try Self.words(answering: "*1\r\n*2\r\n:7\r\n$1\r\nu\r\n") {
      try #expect($0.fields(["id", "user"], of: .find) == [[.integer(7), .bulk(bytes("u"))]])
    }
    #expect(words == "TOKENS.FIND FIELDS 2 id user")
  }

  @Test func `replies of another kind are refused, and the connection goes on`() throws {
    _ = try Self.words(answering: "+OK\r\n") { connection in
      let error = ClientError.unexpectedReply(command: "TOKENS.FIND")
      #expect(throws: error) { try connection.ids(.find) }
      #expect(throws: error) { try connection.count(.find) }
      #expect(throws: error) { try connection.exists(.find) }
      #expect(throws: error) { try connection.first(.find) }
      #expect(throws: error) { try connection.fields(["id"], of: .find) }
    }
  }
}
