// What the server knows of the SSO: enough to send somebody there.
// Invariant: the client's secret is not among it; only workers have that.
// A value, part of `ServerSettings`. schema/sso.md, "Logins".

/// The application, as the SSO knows it.
public struct SSOSettings: Equatable, Sendable {
  /// The client's id.
  public var clientID: String
  /// Where the SSO sends people back to.
  public var callbackURL: String
  /// Where people are sent.
  public var authorizeURL: String
  /// Whether the client has no secret, so that PKCE takes its place.
  public var isPublicClient: Bool
  /// Whether a login never renews an equivalent token.
  public var isAlwaysNew: Bool

  /// Puts the settings together.
  public init(
    clientID: String, callbackURL: String, authorizeURL: String, isPublicClient: Bool,
    isAlwaysNew: Bool
  ) {
    self.clientID = clientID
    self.callbackURL = callbackURL
    self.authorizeURL = authorizeURL
    self.isPublicClient = isPublicClient
    self.isAlwaysNew = isAlwaysNew
  }
}
