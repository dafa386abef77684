// What the daemon knows of the SSO: it speaks to no network itself, so all of this is for the
// refreshers, which it starts with these flags, and for sending people to a login.
// Invariant: the client's secret is never here, only the path of its file; the daemon does not
// open it. Owner: the settings.

import LedgerServer
import LinuxIO

/// The SSO, and who speaks to it.
struct RefresherSettings {
  /// How long a refresher stays when the daemon is gone, in seconds: long enough for a restart.
  static let giveUpSeconds = 30
  /// The variable that may hold the client's secret: the refreshers read it, the daemon does not.
  static let secretVariable = "TOKENLEDGER_CLIENT_SECRET"

  /// How many refreshers run, once there is a client id.
  var count = 1
  /// Nil: the file `tokenledger-refresher` beside the daemon's own.
  var program: String?
  /// Nil: there is no SSO, and nobody is started.
  var clientID: String?
  /// Nil: a public client, or one whose secret is in the refreshers' environment.
  var secretFile: String?
  /// Nil: nobody logs in here.
  var callbackURL: String?
  /// Where the SSO is; the four addresses that nobody gives are EVE's paths on it.
  var server = "https://login.eveonline.com"
  var givenAuthorizeURL: String?
  var givenTokenURL: String?
  var givenKeysURL: String?
  var givenRevokeURL: String?
  var audience = "EVE Online"
  var userAgent = "tokenledger/\(programVersion)"
  var clockSkewSeconds = 0
  var concurrency = 8
  var isAlwaysNew = false

  var authorizeURL: String { givenAuthorizeURL ?? server + "/v2/oauth/authorize/" }
  var tokenURL: String { givenTokenURL ?? server + "/v2/oauth/token" }
  var keysURL: String { givenKeysURL ?? server + "/oauth/jwks" }
  var revokeURL: String { givenRevokeURL ?? server + "/v2/oauth/revoke" }

  /// The program's file; nil where none is given and the kernel does not say what runs here.
  var programPath: String? {
    if let program { return program }
    return CurrentProcess.executablePath.map { path in
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      return folder + "tokenledger-refresher"
    }
  }

  /// Whom the server keeps running; nil: nobody.
  ///
  /// - Parameters:
  ///   - socket: the path of the daemon's socket.
  ///   - logFormat: how the daemon writes its own log.
  /// - Returns: the program and its flags.
  func workers(socket: String, _ logFormat: ServerLog.Format) -> WorkerProgram? {
    guard let clientID, count > 0, let programPath else { return nil }
    var arguments = [
      "--socket", socket, "--token-url", tokenURL, "--jwks-url", keysURL,
      "--revoke-url", revokeURL, "--client-id", clientID, "--audience", audience,
      "--user-agent", userAgent, "--clock-skew", String(clockSkewSeconds),
      "--concurrency", String(concurrency), "--log-format", logFormat.rawValue,
      "--give-up", String(Self.giveUpSeconds),
    ]
    if let secretFile { arguments += ["--client-secret-file", secretFile] }
    return WorkerProgram(path: programPath, arguments: arguments, count: count)
  }

  /// What the server needs for logins; nil: nobody logs in here.
  var sso: SSOSettings? {
    guard let clientID, let callbackURL else { return nil }
    return SSOSettings(
      clientID: clientID, callbackURL: callbackURL, authorizeURL: authorizeURL,
      isPublicClient: secretFile == nil && Environment.value(of: Self.secretVariable) == nil,
      isAlwaysNew: isAlwaysNew)
  }
}
