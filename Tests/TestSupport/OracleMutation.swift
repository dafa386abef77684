// The mutations of the recorded cases: operations that change tokens, what the SSO answered to
// them, and what came out. Tests/Fixtures/oracle-v1/FORMAT.md, "Mutations" and "SSO scripts".

/// What an SSO without memory answers to each refresh token.
public struct OracleScript: Decodable, Sendable {
  /// By which mutations name it.
  public let name: String
  /// The outcome for a refresh token that is not listed.
  public let standard: String
  /// Refresh tokens by outcome.
  public let outcomes: [String: [String]]

  /// The outcome for a refresh token.
  public func outcome(of refreshToken: String) -> String {
    outcomes.first { $0.value.contains(refreshToken) }?.key ?? standard
  }

  enum CodingKeys: String, CodingKey {
    case name, outcomes
    case standard = "default"
  }
}

/// An operation that changes tokens, and what it came to.
public struct OracleMutation: Decodable, Sendable {
  /// What is done.
  public let op: String
  /// The steps of a chain; the last one changes tokens.
  public let steps: [OracleQuery]?
  /// The token that it is about.
  public let token: Int64?
  /// The character of `get_valid_token`.
  public let characterID: Int64?
  /// The scopes of `get_valid_token`.
  public let scopes: OracleScopes?
  /// The fraction of `cleanup_token_subset`.
  public let fraction: Int64?
  /// "Now" for this mutation only.
  public let clock: Int64?
  /// The script's name.
  public let sso: String
  /// Set where the answer is an accident of django-esi rather than a rule.
  public let quirk: String?
  /// What came out.
  public let expect: Expectation

  /// What a mutation came to.
  public struct Expectation: Decodable, Sendable {
    /// Ids given back, ascending; nil if there are none or it raised.
    ///
    /// That of a token that a login made is nil.
    public let returned: [Int64?]?
    /// The access token that was given.
    public let accessToken: String?
    /// The error's class.
    public let raised: String?
    /// The refreshes that were tried, in their order.
    public let attempts: [Attempt]
    /// The ids that are left.
    public let surviving: [Int64]
    /// The tokens that are left and have other values.
    public let changed: [Change]

    enum CodingKeys: String, CodingKey {
      case returned, raised, attempts, surviving, changed
      case accessToken = "access_token"
    }

    /// Reads what came out.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      let ids = try values.decodeIfPresent([RecordedID].self, forKey: .returned)
      returned = ids?.map(\.number)
      accessToken = try values.decodeIfPresent(String.self, forKey: .accessToken)
      raised = try values.decodeIfPresent(String.self, forKey: .raised)
      attempts = try values.decode([Attempt].self, forKey: .attempts)
      surviving = try values.decode([RecordedID].self, forKey: .surviving).compactMap(\.number)
      changed = try values.decode([Change].self, forKey: .changed)
    }
  }

  /// A token's number, or `"new"`.
  private struct RecordedID: Decodable {
    let number: Int64?

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      number = try? value.decode(Int64.self)
    }
  }

  /// One refresh that was tried: `[id, outcome]`.
  public struct Attempt: Decodable, Sendable {
    /// The token.
    public let id: Int64
    /// `refreshed`, or the error's class.
    public let outcome: String

    /// Reads the pair.
    public init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      id = try values.decode(Int64.self)
      outcome = try values.decode(String.self)
    }
  }

  /// The new values of a token; those that are absent did not change.
  public struct Change: Decodable, Sendable {
    /// The token.
    public let id: Int64
    /// The access token.
    public let accessToken: String?
    /// The refresh token; text, empty text or nil.
    public let refreshToken: String?
    /// The time of the refresh, in microseconds since 1970.
    public let createdMicroseconds: Int64?
    /// 1 or 2.
    public let ssoVersion: Int64?

    enum CodingKeys: String, CodingKey {
      case id
      case accessToken = "access_token"
      case refreshToken = "refresh_token"
      case createdMicroseconds = "created_us"
      case ssoVersion = "sso_version"
    }
  }

  enum CodingKeys: String, CodingKey {
    case op, steps, token, scopes, fraction, clock, sso, quirk, expect
    case characterID = "character_id"
  }
}
