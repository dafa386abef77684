// Logins over the socket, as columns of the application and a worker: where people are sent, states
// that are worth something once, what a failure leaves. The clock is set by the test.

import CryptoPrimitives
import LedgerStore
import LinuxIO
import RESP
import TestSupport
import Testing
import TokenLedger

@testable import LedgerServer

@Suite struct LoginCommandTests {
  private let clock = SettableClock(now: UnixTime(clampingMicroseconds: 1_795_435_200_000_000))
  private let storage = SimulatedStorage()
  private let server: ServerUnderTest
  private let site: TestClient
  private let worker: TestClient

  init() throws {
    var options = StoreOptions.small
    options.clock = .settable(clock)
    var settings = ServerSettings()
    settings.sso = .sample(isPublicClient: true)
    server = try ServerUnderTest(storage, settings, options: options)
    site = try server.connect()
    worker = try server.connect()
    #expect(try worker.ask("REFRESH.TAKE LOGINS") == "[]")
  }

  private func authorize(_ words: String) throws -> (address: String, state: String) {
    try site.send("SSO.AUTHORIZE \(words)")
    let reply = try site.reply()
    let address = try #require(reply.value(for: "url")?.text, "\(reply.shown)")
    return (address, try #require(reply.value(for: "state")?.text))
  }

  /// Sends a callback, and gives the job that it made.
  private func callBack(_ state: String, _ words: String = "") throws -> Reply {
    try site.send("SSO.CALLBACK c0de \(state)\(words)")
    try worker.send("REFRESH.TAKE LOGINS BLOCK 20000")
    return try #require(try worker.reply().elements?.first)
  }

  private func number(_ job: Reply) throws -> Int64 {
    try #require(job.value(for: "login")?.integer)
  }

  private static let outcome = "ACCESS at REFRESH rt CHARACTER 7 NAME P OWNER o= SCOPES s.a"

  @Test func `the address says what RFC 6749 and RFC 7636 ask for`() throws {
    let (address, state) = try authorize("LIST 2 s.a s+b SESSION k RETURNTO /x")
    #expect(state.utf8.count == 32)
    let head =
      "https://sso.test/authorize/?response_type=code&client_id=client%20id"
      + "&redirect_uri=http%3A%2F%2Fsite.test%2Fcallback%3Fa%3Db&state=\(state)"
      + "&scope=s.a%20s%2Bb&code_challenge="
    #expect(address.hasPrefix(head) && address.hasSuffix("&code_challenge_method=S256"))
    let challenge = address.dropFirst(head.count).prefix { $0 != "&" }
    let verifier = try callBack(state, " SESSION k").value(for: "code_verifier")?.text ?? ""
    let digest = SHA256.digest(of: Array(verifier.utf8).span).bytes
    #expect(verifier.utf8.count == 43 && challenge == Base64URL.encode(digest.span))
  }

  @Test func `an empty list says nothing of scopes, an empty text asks for none`() throws {
    #expect(try !authorize("LIST 0").address.contains("scope="))
    #expect(try authorize(" SESSION k").address.contains("&scope=&"))
  }

  @Test func `a login makes a token for its user, and says where to return to`() throws {
    let state = try authorize("s.a SESSION k USER u RETURNTO /next?page=2").state
    let job = try callBack(state, " SESSION k")
    #expect(job.value(for: "code")?.text == "c0de")
    #expect(job.value(for: "redirect_uri")?.text == "http://site.test/callback?a=b")
    let number = try number(job)
    #expect(try worker.ask("SSO.DONE \(number) \(Self.outcome)") == ":1")
    #expect(try site.reply().shown == "[$token, :1, $return_to, $/next?page=2]")
    try site.send("TOKEN.GET 1")
    let token = try site.reply()
    #expect(token.value(for: "user")?.text == "u")
    #expect(token.value(for: "created_us")?.integer == clock.now.microseconds)
    #expect(try worker.ask("SSO.DONE \(number) \(Self.outcome)").hasPrefix("-CONFLICT "))
  }

  @Test func `a state is worth something once, to its session, for ten minutes`() throws {
    let state = try authorize("s.a SESSION k").state
    for words in [" SESSION other", "", " SESSION "] {
      #expect(try site.ask("SSO.CALLBACK c0de \(state)\(words)").hasPrefix("-NOTFOUND "))
    }
    let number = try number(try callBack(state, " SESSION k"))
    #expect(try worker.ask("SSO.FAIL \(number) CLASS unavailable CODE http_503") == ":1")
    #expect(try site.reply().shown.hasPrefix("-SSOUNAVAILABLE "))
    #expect(try site.ask("SSO.CALLBACK c0de \(state) SESSION k").hasPrefix("-NOTFOUND "))
    let other = try authorize("s.a SESSION k").state
    let newer = try authorize("s.a SESSION k").state
    #expect(try site.ask("SSO.CALLBACK c0de \(other) SESSION k").hasPrefix("-NOTFOUND "))
    clock.advanceMonotonic(microseconds: 600_000_000)
    #expect(try site.ask("SSO.CALLBACK c0de \(newer) SESSION k").hasPrefix("-NOTFOUND "))
    #expect(try site.ask("TOKENS.FIND") == "[]")
  }

  @Test(
    arguments: [
      ("definite", "TOKENINVALID"), ("configuration", "MISCONFIGURED"),
      ("incomplete", "INCOMPLETE"), ("unavailable", "SSOUNAVAILABLE"),
    ] as [(String, String)])
  func `a failure is told by its class, and leaves nothing`(word: String, prefix: String) throws {
    let state = try authorize("s.a").state
    let number = try number(try callBack(state))
    #expect(try worker.ask("SSO.FAIL \(number) CODE some CLASS \(word)") == ":1")
    #expect(try site.reply().errorPrefix == prefix)
    #expect(try worker.ask("SSO.FAIL \(number) CODE c CLASS definite").hasPrefix("-CONFLICT "))
    #expect(try site.ask("TOKENS.FIND") == "[]")
  }

  @Test func `a code goes only to workers that take logins, and is lost with the one that has it`()
    throws
  {
    let plain = try server.connect()
    let state = try authorize("s.a").state
    try site.send("SSO.CALLBACK c0de \(state)")
    #expect(try plain.ask("REFRESH.TAKE COUNT 9 REVOCATIONS") == "[]")
    let leaving = try server.connect()
    try leaving.send("REFRESH.TAKE LOGINS BLOCK 20000")
    #expect(try leaving.reply().elements?.count == 1)
    try leaving.finishSending()
    #expect(try site.reply().errorPrefix == "SSOUNAVAILABLE")
  }

  @Test func `without a worker a login waits for its own time only`() throws {
    let (state, another) = (try authorize("s.a").state, try authorize("s.b").state)
    try worker.finishSending()
    while try site.ask("LEDGER.STATUS").contains("$refresh_workers, :1") {}
    #expect(try site.ask("SSO.CALLBACK c \(state)").hasPrefix("-NOREFRESHER "))
    let late = try server.connect()
    #expect(try late.ask("REFRESH.TAKE") == "[]")
    try site.send("SSO.CALLBACK c \(another) TIMEOUT 1000")
    #expect(try late.ask("PING") == "+PONG")
    clock.advanceMonotonic(microseconds: 1_000_000)
    #expect(try late.ask("PING") == "+PONG")
    #expect(try site.reply().errorPrefix == "TIMEOUT")
    #expect(try late.ask("REFRESH.TAKE LOGINS") == "[]")
  }

  @Test func `two logins at once make one token`() throws {
    let second = try server.connect()
    let states = (try authorize("s.a USER u").state, try authorize("s.a USER u").state)
    let one = try number(try callBack(states.0))
    try second.send("SSO.CALLBACK c0de \(states.1)")
    try worker.send("REFRESH.TAKE LOGINS BLOCK 20000")
    let other = try number(try #require(try worker.reply().elements?.first))
    try worker.send([words("SSO.DONE \(one) \(Self.outcome)")])
    try worker.send([words("SSO.DONE \(other) \(Self.outcome)")])
    #expect(try worker.replies(2) == [":1", ":1"])
    #expect(try site.reply().value(for: "token")?.integer == 1)
    #expect(try second.reply().value(for: "token")?.integer == 1)
    #expect(try site.ask("TOKENS.FIND") == "[:1]")
  }

  @Test func `a full disk refuses a login, and its worker may tell it again`() throws {
    let number = try number(try callBack(try authorize("s.a").state))
    storage.setCapacity(bytes: storage.usedBytes)
    // Larger than any room that a small log has prepared.
    let large = Self.outcome.replacing("at", with: String(repeating: "a", count: 60_000))
    #expect(try worker.ask("SSO.DONE \(number) \(large)").hasPrefix("-DISKFULL "))
    storage.setCapacity(bytes: .max)
    #expect(try worker.ask("SSO.DONE \(number) \(Self.outcome)") == ":1")
    #expect(try site.reply().value(for: "token")?.integer == 1)
  }

  @Test func `without an SSO nobody is sent anywhere`() throws {
    let bare = try ServerUnderTest()
    let client = try bare.connect()
    #expect(try client.ask("SSO.AUTHORIZE s.a").hasPrefix("-MISCONFIGURED "))
    #expect(try client.ask("TOKEN.SINGLEUSE s.a").hasPrefix("-MISCONFIGURED "))
    #expect(try client.ask("TOKENS.REQUIRED s.a") == "[$decision, $login]")
  }

  @Test func `what is too long or missing is refused by name`() throws {
    let long = String(repeating: "x", count: 4097)
    #expect(try site.ask("SSO.AUTHORIZE s SESSION \(long)").hasPrefix("-LIMIT bytes of SESSION"))
    #expect(try site.ask("SSO.AUTHORIZE s RETURNTO \(long)").hasPrefix("-LIMIT bytes of RET"))
    #expect(try site.ask("SSO.CALLBACK \(long) state").hasPrefix("-LIMIT bytes of the code"))
    #expect(try site.ask("SSO.AUTHORIZE s NEW").hasPrefix("-ERR syntax error"))
    let number = try number(try callBack(try authorize("s.a").state))
    let incomplete = "-ERR syntax error: OWNER is missing"
    #expect(
      try worker.ask("SSO.DONE \(number) ACCESS a REFRESH r CHARACTER 1 NAME n SCOPES LIST 1 s")
        == incomplete)
    #expect(try worker.ask("SSO.DONE \(number) \(Self.outcome)") == ":1")
  }
}
