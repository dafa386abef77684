// How a job ended, as a worker tells the ledger.
//
// The secrets are hidden, so a report may be printed. Owner: the worker. Commands:
// schema/protocol.md, REFRESH.DONE, REFRESH.FAIL and SSO.DONE.

/// What became of a refresh token.
public enum RefreshTokenReport: Equatable, Sendable {
  /// The SSO said nothing of it.
  case unchanged
  /// There is none any more.
  case removed
  /// There is another one, which may be empty.
  case replaced(HiddenText)

  /// The words of an outcome; nothing for one that is unchanged.
  var arguments: [String] {
    switch self {
    case .unchanged: []
    case .removed: ["NOREFRESH"]
    case .replaced(let token): ["REFRESH", token.text]
    }
  }

  /// The new refresh token, if there is one.
  var secret: HiddenText? {
    guard case .replaced(let token) = self else { return nil }
    return token
  }
}

/// Why a job failed.
public struct JobFailure: Equatable, Sendable {
  /// What the ledger does about it.
  public enum Class: String, Sendable, CaseIterable {
    /// The refresh token, or the code, is worth nothing.
    case definite
    /// The SSO does not let this client in.
    case configuration
    /// The answer was of no use.
    case incomplete
    /// There was no answer.
    case unavailable
  }

  /// What the ledger does about it.
  public let failureClass: Class
  /// What exactly it was, for the token's history.
  public let code: String

  /// Names both.
  public init(_ failureClass: Class, code: String) {
    self.failureClass = failureClass
    self.code = code
  }

  /// The words of an outcome.
  var arguments: [String] { ["CLASS", failureClass.rawValue, "CODE", code] }
}

/// Who has logged in, and the tokens for it.
public struct LoginReport: Equatable, Sendable {
  /// The access token.
  public var access: HiddenText
  /// The refresh token, which may be empty, or nil if there is none.
  public var refresh: HiddenText?
  /// The character.
  public var characterID: Int64
  /// The character's name.
  public var name: String
  /// Who owns the character, as the SSO names them.
  public var ownerHash: String
  /// What the token acts for, as `character`.
  public var tokenType: String
  /// What the token permits; names are taken as they are.
  public var scopes: [String]

  /// Names all parts.
  public init(
    access: HiddenText, refresh: HiddenText?, characterID: Int64, name: String, ownerHash: String,
    tokenType: String, scopes: [String]
  ) {
    self.access = access
    self.refresh = refresh
    self.characterID = characterID
    self.name = name
    self.ownerHash = ownerHash
    self.tokenType = tokenType
    self.scopes = scopes
  }

  /// The words of an outcome.
  var arguments: [String] {
    var arguments = ["ACCESS", access.text]
    arguments += refresh.map { ["REFRESH", $0.text] } ?? ["NOREFRESH"]
    arguments += ["CHARACTER", String(characterID), "NAME", name, "OWNER", ownerHash]
    arguments += ["TYPE", tokenType]
    if !scopes.isEmpty { arguments += ["SCOPES", "LIST", String(scopes.count)] + scopes }
    return arguments
  }

  /// The secrets among the words.
  var secrets: [HiddenText] { [access, refresh].compactMap(\.self) }
}
