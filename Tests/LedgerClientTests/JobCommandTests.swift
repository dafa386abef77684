import LedgerClient
import RESP
import Testing

struct JobCommandTests {
  private static let planted = "pl4nted-s3cret"

  // Two fields a line, as RESP2 writes them; the maps of RESP3 differ in the head only.
  private static let refresh = """
    $5\r\ntoken\r\n:7\r\n$5\r\nfence\r\n:41\r\n\
    $13\r\nrefresh_token\r\n$14\r\n\(planted)\r\n$10\r\nowner_hash\r\n$2\r\noh\r\n\
    $7\r\nattempt\r\n:2\r\n
    """
  private static let login = """
    $5\r\nlogin\r\n$1\r\n9\r\n$4\r\ncode\r\n$14\r\n\(planted)\r\n\
    $12\r\nredirect_uri\r\n$3\r\nu/x\r\n$13\r\ncode_verifier\r\n$14\r\n\(planted)\r\n
    """
  private static let confidentialLogin = """
    $5\r\nlogin\r\n:10\r\n$4\r\ncode\r\n$1\r\nc\r\n\
    $12\r\nredirect_uri\r\n$1\r\nu\r\n$13\r\ncode_verifier\r\n$-1\r\n
    """
  private static let revocation =
    "$10\r\nrevocation\r\n:3\r\n$13\r\nrefresh_token\r\n$14\r\n\(planted)\r\n"

  /// The jobs in `reply`, and how they were asked for.
  private static func jobs(
    in reply: String, blockMilliseconds: Int? = nil
  ) throws -> (jobs: [LedgerJob], requests: [[String]]) {
    let reply = bytes(reply)
    return try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      let jobs = try connection.takeJobs(count: 4, blockMilliseconds: blockMilliseconds)
      return (jobs, ledger.requests)
    }
  }

  /// One job of each kind.
  private static func samples() throws -> (RefreshJob, LoginJob, RevocationJob) {
    let (jobs, _) = try jobs(in: "*3\r\n%5\r\n\(refresh)%4\r\n\(login)%2\r\n\(revocation)")
    guard case .refresh(let refresh) = try #require(jobs.first), case .login(let login) = jobs[1],
      case .revocation(let revocation) = try #require(jobs.last)
    else { throw ClientError.unexpectedReply(command: "samples") }
    return (refresh, login, revocation)
  }

  @Test(arguments: [("%5", "%4", "%2"), ("*10", "*8", "*4")])
  func `jobs of all kinds are read in both dialects`(
    heads: (refresh: String, login: String, revocation: String)
  ) throws {
    let (jobs, requests) = try Self.jobs(
      in: "*4\r\n\(heads.refresh)\r\n\(Self.refresh)\(heads.login)\r\n\(Self.login)"
        + "\(heads.login)\r\n\(Self.confidentialLogin)\(heads.revocation)\r\n\(Self.revocation)",
      blockMilliseconds: 250)
    #expect(
      requests
        == [["REFRESH.TAKE", "COUNT", "4", "BLOCK", "250", "LOGINS", "REVOCATIONS"]])
    #expect(jobs.count == 4)
    guard case .refresh(let refresh) = jobs[0], case .login(let login) = jobs[1],
      case .login(let confidential) = jobs[2], case .revocation(let revocation) = jobs[3]
    else {
      Issue.record("other kinds of jobs")
      return
    }
    #expect(refresh.tokenID == 7 && refresh.fence == 41 && refresh.attempt == 2)
    #expect(refresh.refreshToken == HiddenText(Self.planted) && refresh.ownerHash == "oh")
    #expect(login.id == "9" && login.redirectURI == "u/x")
    #expect(login.code == HiddenText(Self.planted) && login.verifier == HiddenText(Self.planted))
    #expect(confidential.id == "10" && confidential.verifier == nil)
    #expect(revocation.id == "3" && revocation.refreshToken == HiddenText(Self.planted))
  }

  @Test func `no jobs are no error, and without a wait none is asked for`() throws {
    let (jobs, requests) = try Self.jobs(in: "*0\r\n")
    #expect(jobs.isEmpty)
    #expect(requests == [["REFRESH.TAKE", "COUNT", "4", "LOGINS", "REVOCATIONS"]])
  }

  @Test(arguments: [
    "*1\r\n*2\r\n$3\r\nnew\r\n:1\r\n", "*1\r\n*2\r\n$5\r\ntoken\r\n:1\r\n", ":1\r\n",
  ])
  func `a job that cannot be read is another kind of reply`(reply: String) throws {
    #expect(throws: ClientError.unexpectedReply(command: "REFRESH.TAKE")) {
      try Self.jobs(in: reply)
    }
  }

  @Test func `the outcome of a refresh brings its fence back`() throws {
    let (job, _, _) = try Self.samples()
    let failure = JobFailure(.unavailable, code: "http_503")
    let reply = bytes(":5\r\n")
    let requests = try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      let version = try connection.tellDone(
        job, access: "a", refresh: .replaced("r"), ownerHash: "oh")
      #expect(version == 5)
      try connection.tellDone(job, access: "a", refresh: .removed, ownerHash: nil)
      try connection.tellDone(job, access: "a", refresh: .replaced(""), ownerHash: "oh")
      try connection.tellDone(job, access: "a", refresh: .unchanged, ownerHash: "oh")
      try connection.tellFailed(job, failure)
      try connection.tellFailed(job, failure, rotated: "r", retryAfterMilliseconds: 90_000)
      return ledger.requests.map { $0.joined(separator: " ") }
    }
    let done = "REFRESH.DONE 7 41 ACCESS a "
    let failed = "REFRESH.FAIL 7 41 CLASS unavailable CODE http_503"
    #expect(
      requests == [
        done + "REFRESH r OWNER oh", done + "NOREFRESH UNVERIFIED", done + "REFRESH  OWNER oh",
        done + "OWNER oh", failed, failed + " REFRESH r RETRYAFTER 90000",
      ])
  }

  @Test func `the outcomes of logins and revocations bring their ids back`() throws {
    let (_, login, revocation) = try Self.samples()
    let failure = JobFailure(.definite, code: "invalid_grant")
    var report = LoginReport(
      access: "a", refresh: "r", characterID: 9, name: "Bob", ownerHash: "oh",
      tokenType: "character", scopes: ["one", "two words"])
    let reply = bytes(":12\r\n")
    let requests = try ScriptedLedger.run({ _ in reply }) { connection, ledger in
      try #expect(connection.tellDone(login, report) == 12)
      report.refresh = nil
      report.scopes = []
      try connection.tellDone(login, report)
      try connection.tellFailed(login, failure)
      try connection.tellDone(revocation)
      try connection.tellFailed(revocation, failure)
      return ledger.requests
    }
    let known = ["CHARACTER", "9", "NAME", "Bob", "OWNER", "oh", "TYPE", "character"]
    #expect(
      requests == [
        ["SSO.DONE", "9", "ACCESS", "a", "REFRESH", "r"] + known
          + ["SCOPES", "LIST", "2", "one", "two words"],
        ["SSO.DONE", "9", "ACCESS", "a", "NOREFRESH"] + known,
        ["SSO.FAIL", "9", "CLASS", "definite", "CODE", "invalid_grant"], ["SSO.REVOKED", "3"],
        ["SSO.REVOKEFAILED", "3", "CLASS", "definite", "CODE", "invalid_grant"],
      ])
  }

  @Test func `no error, job or report shows a secret`() throws {
    let (refresh, login, revocation) = try Self.samples()
    let secret = HiddenText(Self.planted)
    let report = LoginReport(
      access: secret, refresh: secret, characterID: 9, name: "n", ownerHash: "o",
      tokenType: "character", scopes: [])
    let failure = JobFailure(.incomplete, code: "no_access_token")
    let outcomes: [(LedgerConnection) throws -> Void] = [
      { try $0.tellDone(refresh, access: secret, refresh: .replaced(secret), ownerHash: nil) },
      { try $0.tellFailed(refresh, failure, rotated: secret) },
      { try $0.tellDone(login, report) }, { try $0.tellFailed(login, failure) },
      { try $0.tellDone(revocation) }, { try $0.tellFailed(revocation, failure) },
    ]
    let reply = bytes("-ERR '\(Self.planted)'\r\n")
    let refusal = ServerError(prefix: "ERR", message: "'(redacted)'")
    try ScriptedLedger.run({ _ in reply }) { connection, _ in
      for outcome in outcomes {
        #expect(throws: ClientError.server(refusal)) { try outcome(connection) }
      }
    }
    var seen = "\(refresh) \(login) \(revocation) \(report)"
    dump([LedgerJob.refresh(refresh), .login(login), .revocation(revocation)], to: &seen)
    dump(report, to: &seen)
    #expect(!seen.contains(Self.planted))
  }
}
