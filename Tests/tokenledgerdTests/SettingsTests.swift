// What the operator writes and what becomes of it: flags, the file, which of the two wins, what a
// running daemon takes over, and errors that name the place and never the value.

import LedgerServer
import LedgerStore
import LinuxIO
import TestSupport
import Testing
import TokenLedger

@testable import tokenledgerd

@Suite struct SettingsTests {
  /// The settings of a command line.
  private func settings(_ arguments: String...) throws -> Settings {
    guard case .serve(let source) = try Invocation(arguments) else {
      Issue.record("not a command line to serve by")
      return Settings()
    }
    return try source.settings()
  }

  /// What is wrong with a command line.
  private func error(_ arguments: [String]) -> SettingsError? {
    do throws(SettingsError) {
      guard case .serve(let source) = try Invocation(arguments) else { return nil }
      _ = try source.settings()
      return nil
    } catch {
      return error
    }
  }

  /// The settings that a file amounts to, or what is wrong with it.
  private func settings(inFile text: String) throws -> Result<Settings, SettingsError> {
    let directory = try TemporaryDirectory()
    let path = directory.file("settings")
    let file = try FileDescriptor.open(path, .readWrite, [.create])
    if !text.isEmpty { try file.writeAll(Array(text.utf8).span, at: 0) }
    do throws(SettingsError) {
      let settings = try SettingsSource(flags: [], file: path).settings()
      return .success(settings)
    } catch {
      guard case .inFile(let name, let line, let inner) = error else { return .failure(error) }
      #expect(name == path)
      return .failure(.inFile("", line: line, inner))
    }
  }

  // MARK: Flags

  @Test func `without flags there are the documented defaults`() throws {
    let settings = try settings()
    #expect(settings.data == "./ledger")
    #expect(settings.socketPath == "./ledger/tokenledger.sock")
    #expect(settings.socketMode == 0o600)
    #expect(settings.validDuration.microseconds == 1_170_000_000)
    #expect(settings.maximumConnections == 10_000)
    #expect(settings.grants.isEmpty)
  }

  @Test func `a value follows its flag after a space or an equals sign`() throws {
    let settings = try settings(
      "--data", "/d", "--socket=/s=1", "--socket-mode", "0660", "--valid-duration=0",
      "--grant", "reader gid 33", "--grant=admin uid 7", "--frozen-clock", "1714564800.25",
      "--log-format=json", "--log-level", "debug", "--max-connections", "1",
      "--segment-bytes=4096", "--low-water=4294967296")
    #expect(settings.lowWaterBytes == 4_294_967_296)
    #expect(settings.data == "/d" && settings.socketPath == "/s=1")
    #expect(settings.socketMode == 0o660)
    #expect(settings.validDuration.microseconds == 0)
    #expect(
      settings.grants == [
        RoleGrant(role: .reader, subject: .group(GroupID(rawValue: 33))),
        RoleGrant(role: .admin, subject: .user(UserID(rawValue: 7))),
      ])
    #expect(settings.clock.now.microseconds == 1_714_564_800_250_000)
    #expect(settings.logFormat == .json && settings.logLevel == .debug)
    #expect(settings.maximumConnections == 1 && settings.segmentBytes == 4096)
  }

  @Test(arguments: [
    (["--nope"], "unknown flag --nope; see --help"),
    (["--nope=secret"], "unknown flag --nope; see --help"),
    (["data"], "unknown flag data; see --help"),
    (["--"], "unknown flag --; see --help"),
    (["--data"], "--data needs a value; see --help"),
    (["--config"], "--config needs a value; see --help"),
    (["--data="], "data must be a path"),
    (["--socket-mode", "0888"], "socket-mode must be an octal mode such as 0660"),
    (["--socket-mode", "1777"], "socket-mode must be an octal mode such as 0660"),
    (["--max-connections", "0"], "max-connections must be a number from 1 to 1000000"),
    (["--max-connections", "1000001"], "max-connections must be a number from 1 to 1000000"),
    (["--lease", "0"], "lease must be a number from 1 to 3600"),
    (["--lease", "3601"], "lease must be a number from 1 to 3600"),
    (["--refreshers", "65"], "refreshers must be a number from 0 to 64"),
    (
      ["--sso-client-id", "a:b"], "sso-client-id must be printable ASCII characters without a colon"
    ),
    (["--sso-token-url", "ftp://x"], "sso-token-url must be an address of http or https"),
    (["--sso-callback-url", "https:///"], "sso-callback-url must be an address of http or https"),
    (["--sso-jwks-url", "http://a b"], "sso-jwks-url must be an address of http or https"),
    (["--sso-user-agent", ""], "sso-user-agent must be a text of printable ASCII characters"),
    (["--sso-clock-skew", "301"], "sso-clock-skew must be a number from 0 to 300"),
    (["--sso-concurrency", "0"], "sso-concurrency must be a number from 1 to 256"),
    (["--sso-always-create", "yes"], "sso-always-create must be on or off"),
    (["--low-water", "-1"], "low-water must be a number from 0 to 1125899906842624"),
    (["--segment-bytes", "4095"], "segment-bytes must be a number from 4096 to 1073741824"),
    (["--log-level", "INFO"], "log-level must be debug, info, warning or error"),
    (["--log-format", "xml"], "log-format must be logfmt or json"),
    (["--frozen-clock", "noon"], "frozen-clock must be a time: RFC 3339 or unix seconds"),
    (["--config", "/nonexistent/file"], "/nonexistent/file: "),
  ])
  func `a wrong flag is named, with what would be right`(arguments: [String], text: String) {
    #expect(error(arguments)?.text.hasPrefix(text) == true, "\(error(arguments)?.text ?? "none")")
  }

  @Test(arguments: [
    "", "reader", "reader uid", "reader uid x", "reader uid -1", "reader uid 4294967296",
    "none uid 1", "root uid 1", "reader user 1", "reader uid 1 2", "READER uid 1",
  ])
  func `a grant is a role, uid or gid, and a number`(text: String) {
    #expect(RoleGrant(text) == nil)
    #expect(error(["--grant", text]) == .invalid(name: "grant", expected: RoleGrant.form))
  }

  @Test(arguments: ["", "on", "0.5,10", "1.1,10,3600", "0.5,-1,3600", "0.5,10,59", "0.5,10,604801"])
  func `the guard is off, or a share, a count and seconds`(text: String) {
    #expect(
      error(["--deletion-guard", text])
        == .invalid(name: "deletion-guard", expected: GuardThreshold.form))
  }

  @Test func `the guard and the lease reach the server, and are shown as they are written`() throws
  {
    let found = try settings("--deletion-guard", "0.25,3,600", "--lease", "60").server
    #expect(found.deletionGuard == GuardThreshold(share: 0.25, count: 3, windowSeconds: 600))
    #expect(found.leaseMicroseconds == 60_000_000)
    let shown = Dictionary(uniqueKeysWithValues: found.shown)
    #expect(shown["deletion-guard"] == "0.25,3,600")
    #expect(shown["lease"] == "60")
    #expect(try settings("--deletion-guard", "off").server.deletionGuard == nil)
    #expect(try settings().server.deletionGuard == .standard)
  }

  @Test func `a grant is shown as it can be written`() throws {
    for role in Role.allCases where role != .none {
      for subject in ["uid", "gid"] {
        let text = "\(role) \(subject) 4294967295"
        #expect(RoleGrant(text)?.text == text)
      }
    }
    #expect(RoleGrant("  reader \t uid  7 ")?.text == "reader uid 7")
  }

  @Test func `help and version win over everything behind them`() throws {
    for flag in ["--help", "-h"] {
      guard case .help = try Invocation([flag, "--nope"]) else {
        Issue.record("no help for \(flag)")
        return
      }
    }
    guard case .version = try Invocation(["--data", "x", "--version"]) else {
      Issue.record("no version")
      return
    }
    for setting in Setting.allCases {
      #expect(Invocation.helpText.contains("--\(setting.rawValue) "))
    }
  }

  // MARK: The file

  @Test(arguments: ["\n", "\r\n"])
  func `a file has a setting a line, comments and blanks`(lineEnd: String) throws {
    let lines = [
      "# a comment", "", "   ", "data /d", "socket-mode   0640  # aligned",
      "\tmax-connections\t5\t",
      "grant reader gid 33", "grant  admin  uid  7", "valid-duration 60#no blank before",
    ]
    let settings = try settings(inFile: lines.joined(separator: lineEnd)).get()
    #expect(settings.data == "/d")
    #expect(settings.socketMode == 0o640)
    #expect(settings.maximumConnections == 5)
    #expect(settings.grants.map(\.text) == ["reader gid 33", "admin uid 7"])
    #expect(settings.validDuration.microseconds == 60_000_000)
  }

  @Test(arguments: [
    ("nope 1", SettingsError.unknownName("nope")), ("data", .missingValue("data")),
    ("data   # none", .missingValue("data")), ("config other", .nestedFile),
    ("--data x", .unknownName("--data")), ("DATA x", .unknownName("DATA")),
    (
      "max-connections many",
      .invalid(name: "max-connections", expected: "a number from 1 to 1000000")
    ),
  ])
  func `what is wrong in a file is named with its line`(line: String, error: SettingsError) throws {
    for lineEnd in ["\n", "\r\n"] {
      let text = ["# first", "", line, "data later"].joined(separator: lineEnd)
      guard case .failure(let found) = try settings(inFile: text) else {
        Issue.record("accepted: \(line)")
        return
      }
      #expect(found == .inFile("", line: 3, error))
      #expect(found.text.contains("line 3: \(error.text)"))
    }
  }

  @Test func `a file of a mebibyte is read, a larger one is refused`() throws {
    let limit = SettingsSource.maximumFileBytes
    let comment = "#" + String(repeating: "x", count: limit - 1)
    _ = try settings(inFile: comment).get()
    guard case .failure(.fileTooLarge(_, limit)) = try settings(inFile: comment + "x") else {
      Issue.record("a file of \(limit + 1) bytes was accepted")
      return
    }
  }

  @Test func `flags win over the file, and grants of both hold`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("settings")
    let file = try FileDescriptor.open(path, .readWrite, [.create])
    let text = "data /file\nmax-connections 5\ngrant reader uid 1\n"
    try file.writeAll(Array(text.utf8).span, at: 0)
    let found = try settings("--data", "/flag", "--config", path, "--grant", "user uid 2")
    #expect(found.data == "/flag" && found.maximumConnections == 5)
    #expect(found.grants.map(\.text) == ["reader uid 1", "user uid 2"])
  }

  // MARK: What the server sees

  @Test func `CONFIG GET shows every setting that has a value, and the server gets its own`() throws
  {
    let found = try settings("--max-connections", "7", "--grant", "reader gid 33").server
    #expect(found.limits.maximumConnections == 7)
    #expect(found.grants.count == 1)
    let shown = Dictionary(uniqueKeysWithValues: found.shown)
    let unset = [
      "frozen-clock", "sso-client-id", "sso-client-secret-file", "sso-callback-url",
      "key-file",
    ]
    #expect(Set(shown.keys) == Set(Setting.allCases.map(\.rawValue)).subtracting(unset))
    #expect(shown["max-connections"] == "7" && shown["socket-mode"] == "0600")
    #expect(shown["grant"] == "reader gid 33")
    let frozen = try settings("--frozen-clock", "2024-05-01T12:00:00Z").server
    #expect(
      Dictionary(uniqueKeysWithValues: frozen.shown)["frozen-clock"]
        == "2024-05-01T12:00:00.000000Z")
  }

  @Test func `what is shown can be given again and means the same`() throws {
    let found = try settings(
      "--data", "/d", "--socket-mode", "0660", "--grant", "reader gid 33", "--key-file", "/k",
      "--frozen-clock", "1714564800.25", "--sso-client-id", "c", "--sso-client-secret-file", "/f",
      "--sso-callback-url", "https://c", "--sso-always-create", "on")
    for setting in Setting.allCases {
      let shown = try #require(setting.shown(found))
      var again = found
      again.grants = []
      try setting.set(shown, in: &again)
      #expect(setting.shown(again) == shown)
    }
  }

  @Test func `a running daemon takes over what is reloadable, and keeps the rest`() throws {
    let running = try settings("--frozen-clock", "1")
    let read = try settings(
      "--data", "/d", "--socket", "/s", "--socket-mode", "0660", "--valid-duration", "1",
      "--max-connections", "2", "--segment-bytes", "4096", "--low-water", "0",
      "--grant", "reader uid 3", "--log-level", "debug", "--log-format", "json", "--frozen-clock",
      "5", "--deletion-guard", "off", "--lease", "7", "--keep-fresh", "8", "--keep-alive", "9",
      "--key-file", "/k", "--compact-after", "3", "--compact-grace", "4", "--compact-rate", "5",
      "--snapshot-after", "6", "--refreshers", "2", "--refresher-program",
      "/p", "--sso-client-id", "c", "--sso-client-secret-file", "/f", "--sso-callback-url",
      "http://c", "--sso-server", "http://s", "--sso-authorize-url", "http://a", "--sso-token-url",
      "http://t",
      "--sso-jwks-url", "http://k", "--sso-revoke-url", "http://r", "--sso-audience", "a",
      "--sso-user-agent", "u", "--sso-clock-skew", "1", "--sso-concurrency", "2",
      "--sso-always-create", "on")
    let merged = running.takingOver(read)
    for setting in Setting.allCases {
      #expect(setting.shown(running) != setting.shown(read))
      let expected = setting.isReloadable ? read : running
      #expect(setting.shown(merged) == setting.shown(expected), "\(setting)")
    }
  }

  @Test func `no error repeats a value`() {
    // What takes any text has no error to repeat it in; a control character is none.
    let anyText: [Setting] = [
      .data, .socket, .refresherProgram, .clientSecretFile, .keyFile,
    ]
    for setting in Setting.allCases where !anyText.contains(setting) {
      let text = error(["--\(setting.rawValue)", "pl4nted\u{7}"])?.text
      #expect(text?.contains("pl4nted") == false, "\(setting)")
    }
    #expect(error(["--pl4nted=pl5nted"])?.text.contains("pl5nted") == false)
  }
}
