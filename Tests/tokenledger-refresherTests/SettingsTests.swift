// What the operator writes and what becomes of it: flags, the client's secret, and errors that name
// the place and never the value.

import LedgerClient
import LinuxIO
import SSO
import TestSupport
import Testing

@testable import tokenledger_refresher

@Suite struct SettingsTests {
  private static let least = ["--socket", "/s", "--client-id", "id"]

  /// The settings of a command line.
  private func settings(_ arguments: [String]) throws -> Settings {
    guard case .work(let settings) = try Invocation(arguments) else {
      Issue.record("not a command line to work by")
      return Settings()
    }
    return settings
  }

  /// What is wrong with a command line.
  private func fault(_ arguments: [String]) -> SettingsError? {
    do throws(SettingsError) {
      _ = try Invocation(arguments)
      return nil
    } catch {
      return error
    }
  }

  @Test func `two flags are enough`() throws {
    let settings = try settings(Self.least)
    #expect(settings.socket == "/s" && settings.clientID == "id")
    #expect(settings.tokenURL == "https://login.eveonline.com/v2/oauth/token")
    #expect(settings.keysURL == "https://login.eveonline.com/oauth/jwks")
    #expect(settings.revokeURL == "https://login.eveonline.com/v2/oauth/revoke")
    #expect(settings.audience == "EVE Online" && settings.userAgent == "tokenledger/0.1.0")
    #expect(settings.clockSkewSeconds == 0 && settings.concurrency == 8)
    #expect(settings.logFormat == .logfmt && settings.secretFile == nil)
  }

  @Test func `a value follows its flag after a space or an equals sign`() throws {
    let settings = try settings([
      "--socket=/s=1", "--client-id", "id", "--token-url", "http://localhost:1/t",
      "--jwks-url=http://localhost:1/k", "--revoke-url=https://sso.test/r?a=b",
      "--client-secret-file=/f", "--audience", "Other", "--user-agent=me (me@example.org)",
      "--clock-skew=30", "--concurrency", "1", "--log-format=json",
    ])
    #expect(settings.socket == "/s=1" && settings.secretFile == "/f")
    #expect(settings.tokenURL == "http://localhost:1/t")
    #expect(settings.keysURL == "http://localhost:1/k")
    #expect(settings.revokeURL == "https://sso.test/r?a=b")
    #expect(settings.audience == "Other" && settings.userAgent == "me (me@example.org)")
    #expect(settings.clockSkewSeconds == 30 && settings.concurrency == 1)
    #expect(settings.logFormat == .json)
  }

  @Test(
    arguments: [
      ([], "--socket must be given; see --help"),
      (["--socket", "/s"], "--client-id must be given; see --help"),
      (["--nope=secret"], "unknown flag --nope; see --help"),
      (["--client-secret=secret"], "unknown flag --client-secret; see --help"),
      (["--socket", "/s", "secret"], "argument 3 belongs to no flag; see --help"),
      (["--socket"], "--socket needs a value; see --help"),
      (["--socket="], "--socket must be the path of a socket"),
      (["--client-id", "secret:1"], "--client-id must be a text without a colon"),
      (["--token-url", "ftp://secret"], "--token-url must be an address of http or https"),
      (["--jwks-url", "https:///secret"], "--jwks-url must be an address of http or https"),
      (["--revoke-url", "http://secret "], "--revoke-url must be an address of http or https"),
      (
        ["--user-agent", "secret\r\n"], "--user-agent must be a text of printable ASCII characters"
      ),
      (["--audience", ""], "--audience must be a text"),
      (["--client-secret-file", ""], "--client-secret-file must be a path"),
      (["--clock-skew", "301"], "--clock-skew must be a number from 0 to 300"),
      (["--concurrency", "0"], "--concurrency must be a number from 1 to 256"),
      (["--concurrency", "257"], "--concurrency must be a number from 1 to 256"),
      (["--log-format", "secret"], "--log-format must be logfmt or json"),
    ] as [([String], String)])
  func `a wrong flag is named, without its value`(arguments: [String], text: String) throws {
    let error = try #require(fault(arguments))
    #expect(error.text == text)
    #expect(!error.text.contains("secret") || text.contains("client-secret"))
    #expect(StartError.settings(error).code == 64)
  }

  @Test func `the help names every flag and the variable`() {
    for setting in Setting.allCases {
      #expect(Invocation.helpText.contains("  --\(setting.rawValue) "))
    }
    #expect(Invocation.helpText.contains(ClientSecret.variable))
    guard case .help = try? Invocation(["--socket", "/s", "--help"]) else {
      Issue.record("no help")
      return
    }
  }

  // MARK: The secret

  /// The secret of a file with these bytes.
  private func secret(_ bytes: [UInt8], variable: String? = nil) throws -> SecretText? {
    let directory = try TemporaryDirectory()
    let path = directory.file("secret")
    let file = try FileDescriptor.open(path, .readWrite, [.create])
    if !bytes.isEmpty { try file.writeAll(bytes.span, at: 0) }
    return try ClientSecret.read(file: path, variable: variable)
  }

  @Test(arguments: ["secret", "secret\n", "secret\r\n"])
  func `the secret is the line of the file, which counts before the variable`(
    text: String
  ) throws {
    #expect(try secret(Array(text.utf8)) == SecretText("secret"))
    #expect(try secret(Array(text.utf8), variable: "other") == SecretText("secret"))
  }

  @Test func `without a file it is the variable, and without both there is none`() throws {
    #expect(try ClientSecret.read(file: nil, variable: "secret") == SecretText("secret"))
    #expect(try ClientSecret.read(file: nil, variable: nil) == nil)
  }

  @Test(arguments: ["", "\n", "pl4nted\nline", "pl4nted\u{0}", "pl4nted\n\n"])
  func `a file or variable without one line is refused`(text: String) throws {
    let inFile = SettingsError.invalidSecret(place: "the file of --client-secret-file")
    #expect(throws: inFile) { try secret(Array(text.utf8)) }
    let inVariable = SettingsError.invalidSecret(place: ClientSecret.variable)
    #expect(throws: inVariable) { try ClientSecret.read(file: nil, variable: text) }
    #expect(!inFile.text.contains("pl4nted"))
  }

  @Test func `a secret is bounded and of UTF-8`() throws {
    let most = [UInt8](repeating: UInt8(ascii: "x"), count: ClientSecret.maximumBytes)
    #expect(try secret(most + [0x0A])?.text.utf8.count == ClientSecret.maximumBytes)
    let inFile = SettingsError.invalidSecret(place: "the file of --client-secret-file")
    #expect(throws: inFile) { try secret(most + [0x78]) }
    #expect(throws: inFile) { try secret([0xFF]) }
  }

  @Test func `a file that cannot be read is an error of the settings`() {
    #expect(throws: SettingsError.secretFile(SystemError(.open, .noSuchFile))) {
      try ClientSecret.read(file: "/nonexistent/secret", variable: "other")
    }
  }
}

@Suite struct StartErrorTests {
  @Test(
    arguments: [
      (.server(ServerError(prefix: "DENIED", message: "no")), "DENIED no; the daemon's --grant"),
      (.server(ServerError(prefix: "ERR", message: "no")), "ERR no; is the daemon on that socket"),
      (.timeout, "the ledger did not answer in time; is tokenledgerd running"),
    ] as [(ClientError, String)])
  func `a ledger that is not there, or wants us not, comes with what to do`(
    error: ClientError, text: String
  ) {
    #expect(StartError.neverAdmitted(error).text.hasPrefix(text))
  }
}

@Suite struct LogTests {
  @Test func `a line has time, level and message in both forms`() throws {
    for (format, parts) in [
      (LogFormat.logfmt, [" level=error msg=\"a \\\"b\\\"\" name=x empty=\"\" line=\"1\\u000a2\""]),
      (.json, [#""level":"error","msg":"a \"b\"","name":"x","empty":"","line":"1\u000a2"}"#]),
    ] {
      let lines = Watched<[String]>([])
      let log = Log(format: format) { line in lines.change { $0.append(line) } }
      log.write(LogEntry(.error, "a \"b\"", [("name", "x"), ("empty", ""), ("line", "1\n2")]))
      let line = try #require(lines.value.first)
      for part in parts { #expect(line.hasSuffix(part)) }
      #expect(line.hasPrefix(format == .json ? "{\"time\":\"2" : "time=2"))
    }
  }
}
