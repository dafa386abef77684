// What the operator may set. All the flags stand in one table, from which parsing and --help come,
// so that none of them can forget one.
//
// Invariant: the client's secret is no flag, since everybody on the machine can read those. Owner:
// a value, made once at the start.

import LinuxIO
import SSO

/// The version of the program, as requests to the SSO name it.
let programVersion = "0.1.0"

/// The settings of the refresher.
struct Settings {
  var socket = ""
  var tokenURL = "https://login.eveonline.com/v2/oauth/token"
  var keysURL = "https://login.eveonline.com/oauth/jwks"
  var revokeURL = "https://login.eveonline.com/v2/oauth/revoke"
  var clientID = ""
  var secretFile: String?
  /// Nil for a public client.
  var secret: SecretText?
  var audience = AccessTokenRules().audience
  var userAgent = "tokenledger/\(programVersion)"
  var clockSkewSeconds: Int64 = 0
  var concurrency = 8
  /// How long the ledger may be away; 0: for ever.
  var giveUpSeconds: Int64 = 0
  var logFormat = LogFormat.logfmt
}

/// One setting, by the name of its flag (`--name VALUE` or `--name=VALUE`).
enum Setting: String, CaseIterable {
  case socket
  case tokenURL = "token-url"
  case keysURL = "jwks-url"
  case revokeURL = "revoke-url"
  case clientID = "client-id"
  case clientSecretFile = "client-secret-file"
  case audience
  case userAgent = "user-agent"
  case clockSkew = "clock-skew"
  case concurrency
  case giveUp = "give-up"
  case logFormat = "log-format"

  /// Whether there is nothing that holds without it.
  var isRequired: Bool { self == .socket || self == .clientID }

  /// What the value is, for --help.
  var placeholder: String {
    switch self {
    case .socket, .clientSecretFile: "PATH"
    case .tokenURL, .keysURL, .revokeURL: "URL"
    case .clientID: "ID"
    case .audience, .userAgent: "TEXT"
    case .clockSkew, .giveUp: "SECONDS"
    case .concurrency: "N"
    case .logFormat: "FORMAT"
    }
  }

  /// Sets it.
  ///
  /// - Throws: what would be right; the settings are unchanged.
  func set(_ value: String, in settings: inout Settings) throws(SettingsError) {
    switch self {
    case .socket:
      let isPath = (try? UnixAddress(path: value)) != nil
      settings.socket = try parsed(isPath ? value : nil, "the path of a socket")
    case .tokenURL: settings.tokenURL = try url(value)
    case .keysURL: settings.keysURL = try url(value)
    case .revokeURL: settings.revokeURL = try url(value)
    case .clientID:
      // A colon would end the id in the Authorization header: RFC 7617 §2.
      let id = try printable(value)
      settings.clientID = try parsed(id.contains(":") ? nil : id, "a text without a colon")
    case .clientSecretFile:
      settings.secretFile = try parsed(value.isEmpty ? nil : value, "a path")
    case .audience: settings.audience = try parsed(value.isEmpty ? nil : value, "a text")
    case .userAgent: settings.userAgent = try printable(value)
    case .clockSkew: settings.clockSkewSeconds = Int64(try number(value, in: 0...300))
    case .concurrency: settings.concurrency = try number(value, in: 1...256)
    case .giveUp: settings.giveUpSeconds = Int64(try number(value, in: 0...86_400))
    case .logFormat:
      settings.logFormat = try parsed(LogFormat(rawValue: value), "logfmt or json")
    }
  }

  private func url(_ value: String) throws(SettingsError) -> String {
    let text = try printable(value)
    let host = ["https://", "http://"].lazy.filter(text.hasPrefix).map { text.dropFirst($0.count) }
      .first
    let isComplete = host?.first.map { $0 != "/" } ?? false
    return try parsed(
      isComplete && !text.contains(" ") ? text : nil, "an address of http or https")
  }

  private func printable(_ value: String) throws(SettingsError) -> String {
    let isPrintable = !value.isEmpty && value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    return try parsed(isPrintable ? value : nil, "a text of printable ASCII characters")
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
