// What a client asks for, and what it knows of its tokens. Every writer has tokens of its own: the
// user is its number, the character tells the token apart from all others of the run, and name and
// secrets follow from the character, so that nothing found can be taken for something asked.
// A value: the auditor plays on a copy.

import CryptoPrimitives
import LedgerClient

/// One write of a client.
enum Operation: Equatable {
  case create(character: Int64)
  case grant(character: Int64, scope: String)
  case delete(character: Int64)

  var character: Int64 {
    switch self {
    case .create(let character), .grant(let character, _), .delete(let character): character
    }
  }
}

/// A token as its owner knows it.
struct OwnToken: Equatable {
  /// Nil until an acknowledgement or an audit told it.
  var id: Int64?
  var scopes: [String]
  var version: Int64

  /// Whether the token found is the one known; an id not known yet may be any.
  func matches(_ found: OwnToken) -> Bool {
    (id == nil || id == found.id) && scopes == found.scopes && version == found.version
  }
}

/// The tokens of one client.
struct Account {
  let user: Int
  /// Live tokens by character.
  var tokens: [Int64: OwnToken] = [:]
  /// Sent and not answered, in the order in which they were sent.
  var undecided: [Operation] = []
  /// The creations of the last turn, whose keys may be asked for again.
  var lastCreations: [Int64] = []
  /// Events that the log must have of this client.
  var eventCount: Int64 = 0
  var acknowledgedCount = 0
  /// Bytes of an access token.
  var secretSizeBytes = 40
  private var nextCharacter: Int64

  init(user: Int) {
    self.user = user
    nextCharacter = Int64(user) * 1_000_000_000 + 1
  }

  /// Carries a write out on what is known; the ledger answered with `value`, or is found to have.
  mutating func apply(_ operation: Operation, answer value: Int64? = nil) {
    eventCount += 1
    switch operation {
    case .create(let character):
      tokens[character] = OwnToken(
        id: value, scopes: Self.scopes(of: character), version: 1)
    case .grant(let character, let scope):
      guard var token = tokens[character] else { return }
      token.scopes = (token.scopes + [scope]).sorted()
      token.version += 1
      tokens[character] = token
    case .delete(let character): tokens[character] = nil
    }
  }

  mutating func newCharacter() -> Int64 {
    defer { nextCharacter += 1 }
    return nextCharacter
  }

  // MARK: What follows from the character

  static func scopes(of character: Int64) -> [String] { ["a.b", "scope.\(character % 7)"] }

  static func name(of character: Int64) -> String { "Pilot \(character)" }

  func secret(_ kind: String, of character: Int64) -> String {
    let text = "\(kind)-\(character)-"
    return text + String(repeating: "x", count: max(0, secretSizeBytes - text.utf8.count))
  }

  static func fingerprint(_ secret: String) -> String {
    Fingerprint(of: Array(secret.utf8).span).description
  }

  /// The words of a request; nil when the token's id is not known.
  func words(_ operation: Operation) -> [String]? {
    switch operation {
    case .create(let character):
      let scopes = Self.scopes(of: character)
      return [
        "TOKEN.CREATE", "CHARACTER", String(character), "NAME", Self.name(of: character), "OWNER",
        "owner-\(user)", "USER", String(user), "ACCESS", secret("at", of: character), "REFRESH",
        secret("rt", of: character), "KEY", "key-\(character)", "SCOPES", "LIST",
        String(scopes.count),
      ] + scopes
    case .grant(let character, let scope):
      return tokens[character]?.id.map { ["TOKEN.GRANT", String($0), "LIST", "1", scope] }
    case .delete(let character):
      return tokens[character]?.id.map { ["TOKEN.DELETE", String($0), "REASON", "left"] }
    }
  }
}
