// What the operator may set: by flags, or by the same names without dashes in a file, one setting a
// line. Flags win. All the settings stand in one table, from which parsing, --help and CONFIG GET
// come, so that none of them can forget one.

import LedgerServer
import LedgerStore
import LinuxIO
import TokenLedger

/// The settings of the daemon.
struct Settings {
  var data = "./ledger"
  /// Nil: `tokenledger.sock` in the data directory.
  var socket: String?
  var socketMode: UInt32 = 0o600
  var validDuration = ValidDuration.standard
  var maximumConnections = ServerLimits().maximumConnections
  var segmentBytes = 64 * 1024 * 1024
  var lowWaterBytes = 64 * 1024 * 1024
  var logLevel = ServerLog.Level.info
  var logFormat = ServerLog.Format.logfmt
  var clock = LedgerClock.system
  var grants: [RoleGrant] = []
  var deletionGuard: GuardThreshold? = .standard
  var leaseSeconds: Int64 = 120
  var keepFreshSeconds: Int64 = 0
  var keepAliveDays: Int64 = 0
  var compaction = CompactionSettings()
  var snapshotEventCount = ServerSettings().snapshotEventCount
  /// Nil: a credential of systemd, else `ledger.key` in the data directory.
  var keyFile: String?
  var refreshers = RefresherSettings()

  /// Where the socket is.
  var socketPath: String { socket ?? data + "/tokenledger.sock" }

  /// Where the ledger's keys are.
  var keys: KeySource {
    if let keyFile { return .file(keyFile) }
    let credentials = Environment.value(of: "CREDENTIALS_DIRECTORY")
    guard let path = credentials.map({ "\($0)/\(KeyFile.name)" }),
      (try? FileSystem.status(of: path)) != nil
    else { return .inDirectory }
    return .file(path)
  }

  /// These settings with what a running daemon takes over from `read`: the reloadable ones.
  func takingOver(_ read: Settings) -> Settings {
    var merged = self
    merged.validDuration = read.validDuration
    merged.maximumConnections = read.maximumConnections
    merged.grants = read.grants
    merged.deletionGuard = read.deletionGuard
    merged.leaseSeconds = read.leaseSeconds
    merged.keepFreshSeconds = read.keepFreshSeconds
    merged.keepAliveDays = read.keepAliveDays
    merged.compaction = read.compaction
    merged.snapshotEventCount = read.snapshotEventCount
    return merged
  }

  /// Whom the daemon keeps running; nil: nobody.
  var workers: WorkerProgram? { refreshers.workers(socket: socketPath, logFormat) }

  /// What the loop needs of it.
  var server: ServerSettings {
    var server = ServerSettings()
    server.validDuration = validDuration
    server.grants = grants
    server.deletionGuard = deletionGuard
    server.leaseMicroseconds = leaseSeconds * 1_000_000
    server.keepFreshMicroseconds = keepFreshSeconds * 1_000_000
    server.keepAliveMicroseconds = keepAliveDays * 86_400_000_000
    server.compaction = compaction
    server.snapshotEventCount = snapshotEventCount
    server.sso = refreshers.sso
    server.hasRefreshers = workers != nil
    server.limits.maximumConnections = maximumConnections
    server.programVersion = programVersion
    server.shown = Setting.allCases.compactMap { setting in
      setting.shown(self).map { (setting.rawValue, $0) }
    }
    return server
  }
}

/// One setting: its name, as a flag (`--name VALUE`) and in the file (`name VALUE`).
enum Setting: String, CaseIterable {
  case data, socket
  case socketMode = "socket-mode"
  case validDuration = "valid-duration"
  case maximumConnections = "max-connections"
  case segmentBytes = "segment-bytes"
  case lowWater = "low-water"
  case grant
  case deletionGuard = "deletion-guard"
  case lease
  case keepFresh = "keep-fresh"
  case keepAlive = "keep-alive"
  case keyFile = "key-file"
  case compactAfter = "compact-after"
  case compactGrace = "compact-grace"
  case compactRate = "compact-rate"
  case snapshotAfter = "snapshot-after"
  case refreshers
  case refresherProgram = "refresher-program"
  case clientID = "sso-client-id"
  case clientSecretFile = "sso-client-secret-file"
  case callbackURL = "sso-callback-url"
  case ssoServer = "sso-server"
  case authorizeURL = "sso-authorize-url"
  case tokenURL = "sso-token-url"
  case keysURL = "sso-jwks-url"
  case revokeURL = "sso-revoke-url"
  case audience = "sso-audience"
  case userAgent = "sso-user-agent"
  case clockSkew = "sso-clock-skew"
  case concurrency = "sso-concurrency"
  case alwaysCreate = "sso-always-create"
  case logLevel = "log-level"
  case logFormat = "log-format"
  case frozenClock = "frozen-clock"

  /// What the value is, for --help.
  var placeholder: String {
    switch self {
    case .data: "DIR"
    case .socket, .refresherProgram, .clientSecretFile, .keyFile: "PATH"
    case .socketMode: "OCTAL"
    case .validDuration, .lease, .keepFresh, .clockSkew: "SECONDS"
    case .keepAlive: "DAYS"
    case .compactGrace: "HOURS"
    case .compactRate: "BYTES"
    case .deletionGuard: "SHARE,COUNT,SECONDS|off"
    case .maximumConnections, .segmentBytes, .refreshers, .concurrency, .compactAfter,
      .snapshotAfter:
      "N"
    case .clientID: "ID"
    case .callbackURL, .ssoServer, .authorizeURL, .tokenURL, .keysURL, .revokeURL: "URL"
    case .audience, .userAgent: "TEXT"
    case .alwaysCreate: "on|off"
    case .lowWater: "BYTES"
    case .grant: "'ROLE uid|gid N'"
    case .logLevel: "LEVEL"
    case .logFormat: "FORMAT"
    case .frozenClock: "TIME"
    }
  }

  /// What it does, for --help.
  var help: String {
    switch self {
    case .data: "the ledger's directory, made if missing (./ledger)"
    case .socket: "the socket (DIR/tokenledger.sock)"
    case .socketMode: "who may connect (0600)"
    case .validDuration: "how long a token is valid after its creation or refresh (1170)"
    case .maximumConnections: "connections at a time (10000)"
    case .segmentBytes: "size at which the log starts a new file (67108864)"
    case .lowWater: "writes are refused before the disk has less room left, 0: off (67108864)"
    case .grant: "a role for a user or group; may be given again (the daemon's user is admin)"
    case .deletionGuard: "definite failures beyond which no token ends (0.5,10,3600)"
    case .lease: "how long a worker has for one refresh, 1 to 3600 (120)"
    case .keepFresh: "a token is refreshed unasked for so long after its last use, 0: never (0)"
    case .keepAlive: "a token is refreshed unasked when it is so old, 0: never (0)"
    case .keyFile: "the keys that seal secrets (systemd credential ledger.key, or DIR/ledger.key)"
    case .compactAfter: "dead secrets leave the log after so many new files, 0: never (16)"
    case .compactGrace: "a deleted token keeps its secrets for so long (168)"
    case .compactRate: "bytes a second that compaction reads and writes, 0: any (67108864)"
    case .snapshotAfter: "a snapshot is made after so many events, 0: never (1000000)"
    case .refreshers: "how many refreshers run once there is a client id, 0 to 64 (1)"
    case .refresherProgram: "the refreshers' program (tokenledger-refresher beside this one)"
    case .clientID: "the application's client id at the SSO; without it there is no SSO"
    case .clientSecretFile: "the file with its secret, for the refreshers; none: a public client"
    case .callbackURL: "where the SSO sends people back to; without it nobody logs in"
    case .ssoServer: "where the SSO is (https://login.eveonline.com)"
    case .authorizeURL: "where people are sent to log in (/v2/oauth/authorize/ there)"
    case .tokenURL: "where tokens are refreshed (/v2/oauth/token there)"
    case .keysURL: "where the SSO's keys are (/oauth/jwks there)"
    case .revokeURL: "where tokens are revoked (/v2/oauth/revoke there)"
    case .audience: "for whom access tokens are (EVE Online)"
    case .userAgent: "who asks, in requests to the SSO (tokenledger/VERSION)"
    case .clockSkew: "by how much the SSO's clock may differ, 0 to 300 (0)"
    case .concurrency: "jobs at a time of one refresher, 1 to 256 (8)"
    case .alwaysCreate: "on: a login never renews an equivalent token (off)"
    case .logLevel: "debug, info, warning or error (info)"
    case .logFormat: "logfmt or json (logfmt)"
    case .frozenClock: "the clock stands still at this time, RFC 3339 or unix seconds"
    }
  }

  /// Whether a running daemon takes it over from the file on SIGHUP.
  var isReloadable: Bool {
    switch self {
    case .validDuration, .maximumConnections, .grant, .deletionGuard, .lease, .keepFresh,
      .keepAlive, .compactAfter, .compactGrace, .compactRate, .snapshotAfter:
      true
    case .data, .socket, .socketMode, .segmentBytes, .lowWater, .logLevel, .logFormat, .frozenClock,
      .refreshers, .refresherProgram, .clientID, .clientSecretFile, .callbackURL, .ssoServer,
      .authorizeURL, .tokenURL, .keysURL, .revokeURL, .audience, .userAgent, .clockSkew,
      .concurrency, .alwaysCreate, .keyFile:
      false
    }
  }

  /// Sets it.
  ///
  /// - Throws: what would be right; the settings are unchanged.
  func set(_ value: String, in settings: inout Settings) throws(SettingsError) {
    switch self {
    case .data: settings.data = try nonEmpty(value)
    case .socket: settings.socket = try nonEmpty(value)
    case .socketMode: settings.socketMode = try mode(value)
    case .validDuration:
      settings.validDuration = try parsed(
        Int64(value).flatMap(ValidDuration.init(seconds:)),
        "whole seconds from 0 to \(ValidDuration.maximumSeconds)")
    case .maximumConnections:
      settings.maximumConnections = try number(value, in: 1...1_000_000)
    case .segmentBytes:
      settings.segmentBytes = try number(value, in: 4096...(1 << 30))
    case .lowWater:
      settings.lowWaterBytes = try number(value, in: 0...(1 << 50))
    case .grant: settings.grants.append(try parsed(RoleGrant(value), RoleGrant.form))
    case .deletionGuard:
      settings.deletionGuard =
        value == "off" ? nil : try parsed(GuardThreshold(value), GuardThreshold.form)
    case .lease: settings.leaseSeconds = Int64(try number(value, in: 1...3600))
    case .keepFresh: settings.keepFreshSeconds = Int64(try number(value, in: 0...31_536_000))
    case .keepAlive: settings.keepAliveDays = Int64(try number(value, in: 0...3650))
    case .keyFile: settings.keyFile = try nonEmpty(value)
    case .compactAfter:
      settings.compaction.segmentCount = try number(value, in: 0...1_000_000)
    case .compactGrace:
      let hours = try number(value, in: 0...876_000)
      settings.compaction.graceMilliseconds = Int64(hours) * 3_600_000
    case .compactRate:
      settings.compaction.bytesPerSecond = try number(value, in: 0...(1 << 40))
    case .snapshotAfter:
      settings.snapshotEventCount = UInt64(try number(value, in: 0...1_000_000_000))
    case .refreshers: settings.refreshers.count = try number(value, in: 0...64)
    case .refresherProgram: settings.refreshers.program = try nonEmpty(value)
    case .clientID:
      // A colon would end the id in the Authorization header: RFC 7617 §2.
      settings.refreshers.clientID = try printable(
        value.contains(":") ? "" : value, "printable ASCII characters without a colon")
    case .clientSecretFile: settings.refreshers.secretFile = try nonEmpty(value)
    case .callbackURL: settings.refreshers.callbackURL = try address(value)
    case .ssoServer:
      let address = try address(value)
      settings.refreshers.server = address.hasSuffix("/") ? String(address.dropLast()) : address
    case .authorizeURL: settings.refreshers.givenAuthorizeURL = try address(value)
    case .tokenURL: settings.refreshers.givenTokenURL = try address(value)
    case .keysURL: settings.refreshers.givenKeysURL = try address(value)
    case .revokeURL: settings.refreshers.givenRevokeURL = try address(value)
    case .audience: settings.refreshers.audience = try printable(value, Self.text)
    case .userAgent: settings.refreshers.userAgent = try printable(value, Self.text)
    case .clockSkew: settings.refreshers.clockSkewSeconds = try number(value, in: 0...300)
    case .concurrency: settings.refreshers.concurrency = try number(value, in: 1...256)
    case .alwaysCreate:
      settings.refreshers.isAlwaysNew = try parsed(["on": true, "off": false][value], "on or off")
    case .logLevel:
      settings.logLevel = try parsed(
        ServerLog.Level.allCases.first { "\($0)" == value }, "debug, info, warning or error")
    case .logFormat:
      settings.logFormat = try parsed(ServerLog.Format(rawValue: value), "logfmt or json")
    case .frozenClock:
      settings.clock = .frozen(
        try parsed(UnixTime(value), "a time: RFC 3339 or unix seconds"))
    }
  }

  /// The value for CONFIG GET; nil where there is none.
  func shown(_ settings: Settings) -> String? {
    switch self {
    case .data: return settings.data
    case .socket: return settings.socketPath
    case .socketMode: return FilePermissions(rawValue: settings.socketMode).description
    case .validDuration: return String(settings.validDuration.microseconds / 1_000_000)
    case .maximumConnections: return String(settings.maximumConnections)
    case .segmentBytes: return String(settings.segmentBytes)
    case .lowWater: return String(settings.lowWaterBytes)
    case .grant: return settings.grants.map(\.text).joined(separator: ", ")
    case .deletionGuard: return settings.deletionGuard?.text ?? "off"
    case .lease: return String(settings.leaseSeconds)
    case .keepFresh: return String(settings.keepFreshSeconds)
    case .keepAlive: return String(settings.keepAliveDays)
    case .keyFile: return settings.keyFile
    case .compactAfter: return String(settings.compaction.segmentCount)
    case .compactGrace: return String(settings.compaction.graceMilliseconds / 3_600_000)
    case .compactRate: return String(settings.compaction.bytesPerSecond)
    case .snapshotAfter: return String(settings.snapshotEventCount)
    case .refreshers: return String(settings.refreshers.count)
    case .refresherProgram: return settings.refreshers.programPath
    case .clientID: return settings.refreshers.clientID
    case .clientSecretFile: return settings.refreshers.secretFile
    case .callbackURL: return settings.refreshers.callbackURL
    case .ssoServer: return settings.refreshers.server
    case .authorizeURL: return settings.refreshers.authorizeURL
    case .tokenURL: return settings.refreshers.tokenURL
    case .keysURL: return settings.refreshers.keysURL
    case .revokeURL: return settings.refreshers.revokeURL
    case .audience: return settings.refreshers.audience
    case .userAgent: return settings.refreshers.userAgent
    case .clockSkew: return String(settings.refreshers.clockSkewSeconds)
    case .concurrency: return String(settings.refreshers.concurrency)
    case .alwaysCreate: return settings.refreshers.isAlwaysNew ? "on" : "off"
    case .logLevel: return "\(settings.logLevel)"
    case .logFormat: return settings.logFormat.rawValue
    case .frozenClock:
      if case .frozen(let moment) = settings.clock { return moment.rfc3339 }
      return nil
    }
  }

  private func nonEmpty(_ value: String) throws(SettingsError) -> String {
    try parsed(value.isEmpty ? nil : value, "a path")
  }

  private func mode(_ value: String) throws(SettingsError) -> UInt32 {
    let mode = UInt32(value, radix: 8)
    return try parsed(mode.flatMap { $0 <= 0o777 ? $0 : nil }, "an octal mode such as 0660")
  }

  private static let text = "a text of printable ASCII characters"

  private func address(_ value: String) throws(SettingsError) -> String {
    let expected = "an address of http or https"
    let text = try printable(value, expected)
    let host = ["https://", "http://"].first(where: text.hasPrefix).map { text.dropFirst($0.count) }
    let isComplete = host?.first.map { $0 != "/" } ?? false
    return try parsed(isComplete && !text.contains(" ") ? text : nil, expected)
  }

  private func printable(
    _ value: String, _ expected: String
  ) throws(SettingsError) -> String {
    let isPrintable = !value.isEmpty && value.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    return try parsed(isPrintable ? value : nil, expected)
  }

  private func number(_ value: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
    let number = Int(value).flatMap { range.contains($0) ? $0 : nil }
    return try parsed(number, "a number from \(range.lowerBound) to \(range.upperBound)")
  }

  private func parsed<Value>(
    _ value: Value?, _ expected: String
  ) throws(SettingsError) -> Value {
    guard let value else { throw .invalid(name: rawValue, expected: expected) }
    return value
  }
}
