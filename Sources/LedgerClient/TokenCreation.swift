// What a program says about a token that is to be made.
//
// The two tokens are hidden, so a creation may be printed. Owner: the caller. Command: TOKEN.CREATE
// in schema/protocol.md.

/// The arguments of `TOKEN.CREATE`.
public struct TokenCreation: Equatable, Sendable {
  /// The character that the token acts for.
  public var characterID: Int64

  /// The character's name.
  public var characterName: String

  /// Who owns the character, as the SSO names them.
  public var ownerHash: String

  /// What the token acts for: `character`, which nil means too, or `corporation`.
  public var tokenType: String?

  /// The user of the application, or nil for a token that belongs to nobody.
  public var user: String?

  /// The access token, or nil if there is none yet.
  public var accessToken: HiddenText?

  /// The refresh token, or nil for a token that cannot be refreshed.
  public var refreshToken: HiddenText?

  /// What the token permits; nil is nothing.
  public var scopes: RemoteScopes?

  /// The time of the login in microseconds since 1970, UTC; nil is the ledger's present.
  public var createdMicroseconds: Int64?

  /// The id to take, for imports; nil lets the ledger choose.
  public var id: Int64?

  /// The SSO's version; nil is the ledger's default.
  public var ssoVersion: Int64?

  /// A key by which the ledger knows a repeated request, and creates once.
  public var idempotencyKey: String?

  /// Why, for the audit.
  public var reason: String?

  /// Describes a token with what every token has.
  public init(characterID: Int64, characterName: String, ownerHash: String) {
    self.characterID = characterID
    self.characterName = characterName
    self.ownerHash = ownerHash
  }

  /// The command and its arguments.
  var arguments: [String] {
    var arguments = ["TOKEN.CREATE", "CHARACTER", String(characterID)]
    arguments += ["NAME", characterName, "OWNER", ownerHash]
    arguments.append("TYPE", tokenType)
    arguments.append("USER", user)
    arguments.append("ACCESS", accessToken?.text)
    arguments.append("REFRESH", refreshToken?.text)
    if let scopes { arguments += ["SCOPES"] + scopes.arguments }
    arguments.append("CREATED", createdMicroseconds.map(Self.seconds))
    arguments.append("ID", id.map { String($0) })
    arguments.append("SSOVERSION", ssoVersion.map { String($0) })
    arguments.append("KEY", idempotencyKey)
    arguments.append("REASON", reason)
    return arguments
  }

  /// The secrets among the arguments.
  var secrets: [HiddenText] { [accessToken, refreshToken].compactMap(\.self) }

  /// A time as unix seconds with six decimals: 1_500_000 is `1.500000`.
  static func seconds(microseconds: Int64) -> String {
    let (seconds, rest) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    let decimals = String(String(1_000_000 + rest).dropFirst())
    return (microseconds < 0 ? "-" : "") + String(seconds) + "." + decimals
  }
}

extension [String] {
  /// Appends a keyword and its value, if there is one.
  mutating func append(_ keyword: String, _ value: String?) {
    if let value { self += [keyword, value] }
  }
}
