// The recorded answers of the real django-esi, as Tests/Fixtures/oracle-v1/FORMAT.md describes
// them: populations of tokens, questions about them, and what came out.

public import Foundation

/// A population of tokens and questions about it, with the answers that django-esi gave.
public struct OracleCase: Decodable, Sendable {
  /// The file that it came from.
  public var name = ""
  /// "Now" for the whole file, seconds since 1970.
  public let clock: Int64
  /// Seconds that a token stays valid.
  public let validDuration: Int64
  /// Every scope name that the database knew.
  public let scopes: [String]?
  /// The population.
  public let tokens: [OracleToken]
  /// Questions that change nothing.
  public let queries: [OracleQuery]
  /// What the SSO answers, used by mutations.
  public let ssoScripts: [OracleScript]?
  /// Operations that change tokens; each starts from the population.
  public let mutations: [OracleMutation]?

  enum CodingKeys: String, CodingKey {
    case clock
    case validDuration = "valid_duration"
    case scopes, tokens, queries, mutations
    case ssoScripts = "sso_scripts"
  }

  /// Every recorded case, and the one of the dumpdata file.
  public static func all() throws -> [OracleCase] {
    let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.oracle.path)
    return try names.filter { $0.hasPrefix("case-") || $0 == "django-esi-dumpdata.expect.json" }
      .sorted().map(load)
  }

  /// The case in the file `name`.
  public static func load(_ name: String) throws -> OracleCase {
    let data = try Data(contentsOf: Fixtures.oracle.appendingPathComponent(name))
    var loaded = try JSONDecoder().decode(OracleCase.self, from: data)
    loaded.name = name
    return loaded
  }
}

/// One token of a population.
public struct OracleToken: Decodable, Sendable {
  /// The token's number.
  public let id: Int64
  /// Whose token it is.
  public let characterID: Int64
  /// The character's name.
  public let characterName: String
  /// The mark of the owner's account.
  public let ownerHash: String
  /// `character` or `corporation`.
  public let tokenType: String
  /// The user's id; nil for none.
  public let user: Int64?
  /// Distinct names, in no order.
  public let scopes: [String]
  /// When it was created, as RFC 3339.
  public let created: String
  /// The same in microseconds since 1970.
  public let createdMicroseconds: Int64
  /// The access token.
  public let accessToken: String
  /// Text, empty text or nil.
  public let refreshToken: String?
  /// 1 or 2.
  public let ssoVersion: UInt16
  /// What django-esi said of it.
  public let expect: Expectation

  /// The token's own properties at the file's clock.
  public struct Expectation: Decodable, Sendable {
    /// Whether there is a usable refresh token.
    public let canRefresh: Bool
    /// Whether it expires strictly before now.
    public let expired: Bool
    /// When it expires, in microseconds since 1970.
    public let expiresMicroseconds: Int64

    enum CodingKeys: String, CodingKey {
      case canRefresh = "can_refresh"
      case expired
      case expiresMicroseconds = "expires_us"
    }
  }

  enum CodingKeys: String, CodingKey {
    case id, user, scopes, created, expect
    case characterID = "character_id"
    case characterName = "character_name"
    case ownerHash = "owner_hash"
    case tokenType = "token_type"
    case createdMicroseconds = "created_us"
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
    case ssoVersion = "sso_version"
  }
}

/// One question, or one step of a chain.
public struct OracleQuery: Decodable, Sendable {
  /// What is asked.
  public let op: String
  /// The scope argument.
  public let scopes: OracleScopes?
  /// The reference of `equivalent_to`.
  public let token: Int64?
  /// A character's number.
  public let characterID: Int64?
  /// A user's id; nil asks for tokens without user.
  public let user: Int64?
  /// `character` or `corporation`.
  public let tokenType: String?
  /// The ids of `filter_ids`.
  public let ids: [Int64]?
  /// The steps of a chain.
  public let steps: [OracleQuery]?
  /// "Now" for this query only.
  public let clock: Int64?
  /// Set where the answer is an accident of django-esi rather than a rule.
  public let quirk: String?
  /// Ascending ids.
  public let expect: [Int64]?

  enum CodingKeys: String, CodingKey {
    case op, scopes, token, user, ids, steps, clock, quirk, expect
    case characterID = "character_id"
    case tokenType = "token_type"
  }
}

/// A scope argument: a string or a list of strings; null is nil.
public enum OracleScopes: Decodable, Sendable {
  /// One string, to be split.
  case text(String)
  /// A list, taken as it is unless it holds one string.
  case list([String])

  /// Reads a string or a list of strings.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try container.decode([String].self))
    }
  }
}

/// Where the fixtures are.
public enum Fixtures {
  /// `Tests/Fixtures`.
  public static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")
  /// The recorded cases.
  public static let oracle = directory.appendingPathComponent("oracle-v1")
  /// The top of the repository.
  public static let repository = directory.deletingLastPathComponent().deletingLastPathComponent()
}
