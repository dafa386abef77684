// The recorded answers of the real django-esi, as Tests/Fixtures/oracle-v1/FORMAT.md describes them.

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

  enum CodingKeys: String, CodingKey {
    case clock
    case validDuration = "valid_duration"
    case scopes, tokens, queries
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
  public let id: Int64
  public let characterID: Int64
  public let characterName: String
  public let ownerHash: String
  public let tokenType: String
  public let user: Int64?
  public let scopes: [String]
  public let created: String
  public let createdMicroseconds: Int64
  public let accessToken: String
  public let refreshToken: String?
  public let ssoVersion: UInt16
  public let expect: Expectation

  /// The token's own properties at the file's clock.
  public struct Expectation: Decodable, Sendable {
    public let canRefresh: Bool
    public let expired: Bool
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
  public let op: String
  public let scopes: OracleScopes?
  public let token: Int64?
  public let characterID: Int64?
  public let user: Int64?
  public let tokenType: String?
  public let ids: [Int64]?
  public let steps: [OracleQuery]?
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
  case text(String)
  case list([String])

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
