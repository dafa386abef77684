// What a web page asks before it shows itself, and what it is told: django-esi's decorators as
// decisions (schema/sso.md, "Guards"). Values only; the executor decides.
// Owner: the wait that makes the tokens valid.

import TokenLedger

/// A guard that waits for tokens to be made valid.
struct ViewGuard {
  /// Which guard.
  enum Kind {
    case tokensRequired, tokenRequired
  }

  let kind: Kind
  /// What was asked.
  let request: LoginRequest
  /// Whose tokens are looked at.
  let user: Text
  /// The token that was picked and is being looked at; nil: all of the user's are.
  var picked: TokenID?

  /// The selection of tokens to be made valid, as a request.
  var words: [[UInt8]] {
    var words = ["TOKENS.REQUIREVALID", "USER"].map { Array($0.utf8) }
    words += [user.utf8, Array("SCOPES".utf8), Array("LIST".utf8)]
    words.append(Array(String(request.scopes.count).utf8))
    words += request.scopes.map(\.utf8)
    guard let picked else { return words }
    return words + ["IDS", "1", String(picked.rawValue)].map { Array($0.utf8) }
  }
}

/// What a guard says.
enum GuardDecision {
  case tokens([TokenID])
  case token(TokenID)
  /// One of these is to be picked.
  case select([TokenID])
  case redirect(address: String, state: String)
  /// Somebody has to log in at the application first.
  case logIn
}

/// Where somebody is to be sent for a login, and what for.
///
/// The arguments of SSO.AUTHORIZE and of the guards.
struct LoginRequest {
  /// Bytes of a session's name.
  static let maximumSessionBytes = 255
  /// Bytes of the address to return to.
  static let maximumReturnBytes = 4096
  /// Bytes of a code.
  static let maximumCodeBytes = 4096
  /// Bytes of a state that is looked for; one of ours has 32.
  static let maximumStateBytes = 255

  var scopes: [Text] = []
  /// Whether the address says anything of scopes: not for an empty list.
  var namesScopes = true
  var session: Text?
  var user: Text?
  var returnAddress: Text?
  var isNew = false
  var isAdding = false
  var picked: TokenID?
  var timeoutMilliseconds: Int64?
}
