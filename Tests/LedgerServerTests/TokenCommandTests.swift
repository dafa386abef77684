// The commands about one token: what they answer in both dialects, what they write, and what they
// say when a request is carried out twice or against another version.

import RESP
import TestSupport
import Testing

@testable import LedgerServer

@Suite struct TokenCommandTests {
  private let full =
    "TYPE corporation USER 42 SCOPES b\u{a0}a\tb ACCESS access REFRESH refresh CREATED 1699999999.5"
    + " SSOVERSION 1 REASON because"

  @Test func `a token is shown with every field, in both dialects`() throws {
    let ledger = try LocalLedger()
    #expect(ledger.create(full, character: -9) == ":1")
    #expect(
      ledger.ask("TOKEN.GET 1")
        == "{$id: :1, $character_id: :-9, $character_name: $Pilot, $owner_hash: $o,"
        + " $token_type: $corporation, $user: $42, $scopes: [$a, $b],"
        + " $created_us: :1699999999500000, $expires_us: :1700001169500000, $expired: #f,"
        + " $can_refresh: #t, $access_fingerprint: $a0561fd6, $refresh_fingerprint: $d6cc0a08,"
        + " $sso_version: :1, $version: :1}")
    #expect(ledger.ask("HELLO 2").hasPrefix("[$server, $tokenledger"))
    #expect(
      ledger.ask("TOKEN.LOOKUP -9 a")
        == "[$id, :1, $character_id, :-9, $character_name, $Pilot, $owner_hash, $o,"
        + " $token_type, $corporation, $user, $42, $scopes, [$a, $b],"
        + " $created_us, :1699999999500000, $expires_us, :1700001169500000, $expired, :0,"
        + " $can_refresh, :1, $access_fingerprint, $a0561fd6, $refresh_fingerprint, $d6cc0a08,"
        + " $sso_version, :1, $version, :1]")
  }

  @Test func `a token of the fewest words has the documented defaults`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    let expected =
      "[[$character, _, [], :1700000000000000, :1700001170000000, #f, #f, _, _, :2]]"
    #expect(
      ledger.ask(
        "TOKENS.FIND FIELDS 10 token_type user scopes created_us expires_us expired can_refresh"
          + " access_fingerprint refresh_fingerprint sso_version") == expected)
  }

  @Test func `null and empty secrets are told apart by TOKEN.SECRETS alone`() throws {
    let ledger = try LocalLedger()
    ledger.create("ACCESS access REFRESH refresh")
    ledger.create("ACCESS  REFRESH ")
    ledger.create()
    #expect(ledger.ask("TOKEN.SECRETS 1") == "{$access_token: $access, $refresh_token: $refresh}")
    #expect(ledger.ask("TOKEN.SECRETS 2") == "{$access_token: $, $refresh_token: $}")
    #expect(ledger.ask("TOKEN.SECRETS 3") == "{$access_token: $, $refresh_token: _}")
    #expect(ledger.ask("TOKEN.SECRETS 4") == "_")
    #expect(ledger.ask("TOKENS.FIND REFRESHABLE") == "[:1]")
    #expect(ledger.ask("HELLO 2").hasPrefix("["))
    #expect(ledger.ask("TOKEN.SECRETS 3") == "[$access_token, $, $refresh_token, _]")
    #expect(ledger.ask("TOKEN.SECRETS 4") == "_")
  }

  @Test func `an id is given, or kept, and never used twice`() throws {
    let ledger = try LocalLedger()
    #expect(ledger.create("ID 7") == ":7")
    #expect(ledger.create() == ":8")
    #expect(ledger.create("ID 7") == "-CONFLICT the id 7 is taken")
    #expect(ledger.ask("TOKEN.DELETE 8") == ":1")
    #expect(ledger.create("ID 8") == "-CONFLICT the id 8 is taken")
    #expect(ledger.create() == ":9")
    #expect(ledger.create("ID 3") == ":3")
    #expect(ledger.create() == ":10")
    #expect(ledger.create("ID 9223372036854775807") == ":9223372036854775807")
    #expect(ledger.create() == "-LIMIT the token ids are used up")
  }

  @Test func `a pipeline of creations takes ids in order, kept ones among them`() throws {
    let ledger = try LocalLedger()
    let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o"
    #expect(
      ledger.pipeline([
        create, "\(create) ID 5", create, "\(create) ID 6", "\(create) ID 5", "TOKENS.FIND",
        create,
      ]) == [
        ":1", ":5", ":6", "-CONFLICT the id 6 is taken", "-CONFLICT the id 5 is taken",
        "[:1, :5, :6]", ":7",
      ])
  }

  // MARK: Idempotency

  @Test func `the same key with the same request gives the same token`() throws {
    let ledger = try LocalLedger()
    let first = "KEY k SCOPES 1 USER u ACCESS a REFRESH r TYPE character"
    #expect(ledger.create(first) == ":1")
    #expect(ledger.create(first) == ":1")
    #expect(ledger.create("REFRESH r ACCESS a USER u SCOPES 1 KEY k REASON other") == ":1")
    #expect(ledger.create("KEY k USER u ACCESS a REFRESH r SCOPES LIST 2 1 1") == ":1")
    #expect(ledger.ask("TOKENS.FIND COUNT") == ":1")
    #expect(ledger.ask("TOKEN.DELETE 1") == ":1")
    #expect(ledger.create(first) == ":1")
    #expect(ledger.ask("TOKENS.FIND COUNT") == ":0")
  }

  @Test(arguments: [
    "", "USER v", "USER u SCOPES a", "USER u ACCESS a", "USER u REFRESH ", "USER u REFRESH r",
    "USER u TYPE corporation", "USER u CREATED 1700000000", "USER u ID 1", "USER u SSOVERSION 1",
    "USER ",
  ])
  func `the same key with another request is a conflict`(rest: String) throws {
    let ledger = try LocalLedger()
    #expect(ledger.create("USER u KEY k") == ":1")
    let line = rest.isEmpty ? "KEY k" : "\(rest) KEY k"
    #expect(ledger.create(line) == "-CONFLICT the key was used for another request")
    #expect(ledger.ask("TOKENS.FIND COUNT") == ":1")
  }

  @Test func `a key holds after a restart, also for a token without CREATED`() throws {
    let ledger = try LocalLedger()
    #expect(ledger.create("KEY k") == ":1")
    let later = try LocalLedger(
      at: LocalLedger.nowSeconds + 100, on: ledger.storage.imageAfterPowerLoss())
    #expect(later.create("KEY k") == ":1")
    #expect(later.create("KEY K") == ":2")
  }

  @Test func `a key that is in flight is waited for`() throws {
    let ledger = try LocalLedger()
    let create = "TOKEN.CREATE CHARACTER 1 NAME A OWNER o KEY k"
    #expect(
      ledger.pipeline([create, create, "\(create) USER u", create])
        == [":1", ":1", "-CONFLICT the key was used for another request", ":1"])
  }

  // MARK: GRANT, DELETE, EXPECT

  @Test func `a grant counts what is new, by code points`() throws {
    let ledger = try LocalLedger()
    ledger.create("SCOPES a")
    #expect(ledger.ask("TOKEN.GRANT 1 a") == ":0")
    #expect(ledger.ask(["TOKEN.GRANT", "1", "a A \u{e9} e\u{301} K \u{212a} A"]) == ":5")
    #expect(ledger.ask(["TOKEN.GRANT", "1", ""]) == ":0")
    #expect(ledger.ask("TOKEN.GRANT 1 LIST 0") == ":0")
    #expect(ledger.ask(["TOKEN.GRANT", "1", "LIST", "1", "a b"]) == ":1")
    #expect(ledger.ask(["TOKEN.GRANT", "1", " LIST"]) == ":1")
    #expect(
      ledger.ask("TOKENS.FIND FIELDS 2 version scopes")
        == "[[:4, [$A, $K, $LIST, $a, $a b, $e\u{301}, $\u{e9}, $\u{212a}]]]")
    #expect(ledger.ask("TOKEN.GRANT 2 a") == "-NOTFOUND no token has the id 2")
  }

  @Test func `an expected version is checked before anything is written`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    let conflict = "-CONFLICT the token's version is 1, not 2"
    #expect(ledger.ask("TOKEN.GRANT 1 a EXPECT 2") == conflict)
    #expect(ledger.ask("TOKEN.DELETE 1 REASON r EXPECT 2") == conflict)
    #expect(ledger.ask("TOKEN.GRANT 1 a EXPECT 1 REASON r") == ":1")
    #expect(ledger.ask("TOKEN.GRANT 1 a EXPECT 1") == "-CONFLICT the token's version is 2, not 1")
    #expect(ledger.ask("TOKEN.GRANT 1 a EXPECT 2") == ":0")
    #expect(ledger.ask("TOKEN.DELETE 1 EXPECT 2") == ":1")
    #expect(ledger.ask("TOKEN.DELETE 1 EXPECT 2") == ":0")
    #expect(ledger.ask("XLEN ledger") == ":4")
  }

  @Test func `a deleted token is gone from every query, and its history stays`() throws {
    let ledger = try LocalLedger()
    ledger.create("SCOPES a USER u ACCESS access")
    #expect(ledger.ask("TOKEN.DELETE 1") == ":1")
    for line in ["TOKEN.GET 1", "TOKEN.SECRETS 1", "TOKEN.LOOKUP 1 a", "TOKENS.FIND FIRST"] {
      #expect(ledger.ask(line) == "_", "\(line)")
    }
    for filter in ["", " USER u", " SCOPES a", " CHARACTER 1", " IDS 1 1", " FRESH", " OWNER o"] {
      #expect(ledger.ask("TOKENS.FIND\(filter) COUNT") == ":0", "\(filter)")
    }
    #expect(ledger.reply(words("TOKEN.HISTORY 1")).elements?.count == 2)
    #expect(ledger.ask("LEDGER.STATUS").contains("$tokens: :0, $deleted_tokens: :1"))
    #expect(ledger.ask("TOKENS.EQUIVALENTTO 1") == "-NOTFOUND no token has the id 1")
  }

  @Test func `TOKENS.DELETE takes all that match or none, and counts them`() throws {
    let ledger = try LocalLedger()
    for number in 1...10 { ledger.create("SCOPES s\(number % 2)", character: number % 3) }
    #expect(ledger.ask("TOKENS.DELETE SCOPES s0 CHARACTER 1 REASON gone") == ":2")
    #expect(ledger.ask("TOKENS.FIND") == "[:1, :2, :3, :5, :6, :7, :8, :9]")
    #expect(ledger.ask("TOKENS.DELETE SCOPES unknown") == ":0")
    #expect(ledger.ask("TOKENS.DELETE IDS 4 9 9 4 1") == ":2")
    let history = ledger.reply(words("TOKEN.HISTORY 4 REV COUNT 1"))
    let entry = history.elements?.first?.elements?.last
    #expect(entry?.value(for: "type")?.text == "deleted")
    #expect(entry?.value(for: "reason")?.text == "gone")
    #expect(ledger.ask("TOKENS.DELETE CHARACTER 0 CHARACTER 1") == ":0")
    #expect(
      ledger.pipeline([
        "TOKENS.DELETE CHARACTER 0", "TOKEN.CREATE CHARACTER 0 NAME A OWNER o",
        "TOKENS.DELETE CHARACTER 0", "TOKENS.DELETE CHARACTER 0",
      ]) == [":2", ":11", ":1", ":0"])
  }

  // MARK: A full and a failing disk

  @Test func `a full disk refuses writes of a pipeline and answers its reads`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    ledger.storage.setCapacity(bytes: ledger.storage.usedBytes)
    let large =
      "TOKEN.CREATE CHARACTER 1 NAME A OWNER o ACCESS " + String(repeating: "x", count: 50_000)
    let refused = "-DISKFULL there is no room on the disk; nothing was written"
    #expect(
      ledger.pipeline([large, large, "TOKENS.FIND", large]) == [refused, refused, "[:1]", refused])
    ledger.storage.setCapacity(bytes: .max)
    #expect(ledger.pipeline([large, "TOKENS.FIND"]) == [":2", "[:1, :2]"])
  }

  @Test func `after a failed sync every write is refused and reads go on`() throws {
    let ledger = try LocalLedger()
    ledger.create()
    ledger.storage.fail(.sync)
    let refused = "-READONLY the log takes no writes"
    #expect(ledger.create() == refused)
    #expect(ledger.create() == refused)
    #expect(ledger.ask("TOKEN.DELETE 1") == refused)
    #expect(ledger.ask("TOKENS.FIND") == "[:1]")
    #expect(ledger.ask("LEDGER.STATUS").contains("$writes: $failed"))
  }
}
